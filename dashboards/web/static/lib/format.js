/** Instants, ages, shares and sizes as people read them: local time with seconds, tabular, in the language chosen. */

import { serverNow } from "./clock.js";
import { currentLanguage } from "./i18n.js";

/** @param {number} n @param {number} width */
const pad = (n, width = 2) => String(n).padStart(width, "0");

/**
 * Local time of day, `03:12:39`.
 *
 * @param {string | number} instant
 * @param {0 | 1 | 2 | 3} [decimals] Of the second; cut, not rounded, so that no second is invented.
 */
export function clockTime(instant, decimals = 0) {
  const at = new Date(instant);
  const whole = `${pad(at.getHours())}:${pad(at.getMinutes())}:${pad(at.getSeconds())}`;
  return decimals === 0 ? whole : `${whole}.${pad(at.getMilliseconds(), 3).slice(0, decimals)}`;
}

/** Local date and time; the date is left out for today. @param {string | number} instant */
export function moment(instant) {
  const at = new Date(instant);
  const isToday = at.toDateString() === new Date(serverNow()).toDateString();
  return isToday ? clockTime(instant) : `${dayOf(instant)} ${clockTime(instant)}`;
}

/** Date and time to the minute, for the ends of a span. @param {string | number} instant */
export function dayTime(instant) {
  return `${dayOf(instant)} ${clockTime(instant).slice(0, 5)}`;
}

/** Month and day; the year where it is another. @param {string | number} instant */
export function dayOf(instant) {
  const at = new Date(instant);
  const isThisYear = at.getFullYear() === new Date(serverNow()).getFullYear();
  if (currentLanguage() === "zh") return `${isThisYear ? "" : `${at.getFullYear()} 年 `}${at.getMonth() + 1} 月 ${at.getDate()} 日`;
  return at.toLocaleDateString("en-GB", { day: "numeric", month: "short", ...(isThisYear ? {} : { year: "numeric" }) });
}

/**
 * How long ago, in server time: `8 秒前`.
 *
 * @param {string} instant
 */
export function age(instant) {
  const text = span((serverNow() - Date.parse(instant)) / 1000);
  return currentLanguage() === "zh" ? `${text}前` : `${text} ago`;
}

/**
 * A duration in its largest sensible unit, `41 分`.
 *
 * @param {number} seconds
 */
export function span(seconds) {
  const zh = currentLanguage() === "zh";
  const s = Math.max(0, seconds);
  if (s < 60) return `${Math.floor(s)} ${zh ? "秒" : "s"}`;
  if (s < 3600) return `${Math.floor(s / 60)} ${zh ? "分" : "min"}`;
  if (s < 86_400) return `${Math.floor(s / 3600)} ${zh ? "小时" : "h"}`;
  return `${Math.floor(s / 86_400)} ${zh ? "天" : "d"}`;
}

/**
 * A share as a percentage; what is not whole never reads 100 % and what is not nothing never reads 0 %.
 *
 * @param {number} share 0…1
 */
export function percent(share) {
  const value = share * 100;
  if (value > 99.9 && value < 100) return "99.9%";
  if (value > 0 && value < 0.1) return "< 0.1%";
  return value === 100 || value === 0 ? `${value}%` : `${value.toFixed(1)}%`;
}

/** A share as a percentage, a dash where there is nothing to take it of. @param {number | null} share 0…1 */
export function percentOrDash(share) {
  return share === null ? "–" : percent(share);
}

/** @param {number} bytes */
export function size(bytes) {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(0)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** A signed offset, `+12 ms`. @param {number} seconds */
export function offset(seconds) {
  const sign = seconds < 0 ? "−" : "+";
  const magnitude = Math.abs(seconds);
  return magnitude < 1 ? `${sign}${Math.round(magnitude * 1000)} ms` : `${sign}${magnitude.toFixed(2)} s`;
}

/** @type {Record<string, string>} Where the sign that people know is not the code. */
const UNITS = { 1: "", Cel: "℃", deg: "°" };
const BYTES = ["B", "kB", "MB", "GB", "TB"];

/**
 * A measured figure as exact as people read it, and its unit.
 *
 * @param {number} value
 * @param {string} code UCUM; its notes in braces are words already.
 * @returns {[figure: string, unit: string]}
 */
export function quantity(value, code) {
  if (code === "By" && value >= 1000) {
    const power = Math.min(Math.floor(Math.log10(value) / 3), BYTES.length - 1);
    return [rounded(value / 1000 ** power), BYTES[power] ?? ""];
  }
  return [rounded(value), UNITS[code] ?? code.replace(/\{(\w+)\}/g, "$1")];
}

/** @param {number} value */
function rounded(value) {
  const magnitude = Math.abs(value);
  const digits = magnitude >= 100 ? 0 : magnitude >= 1 ? 1 : 3;
  return value.toLocaleString("en-US", { maximumFractionDigits: digits, useGrouping: magnitude >= 10_000 });
}
