/** Signs that are told apart by shape, word and colour, so that no one of the three is needed to read them. */

import { html, svg } from "./lit.js";

/** @typedef {"critical" | "high" | "notice" | "good" | "unknown" | "idle"} Tone */

/** How grave a fault or a work order is. @type {Record<import("./types.js").Fault["severity"], Tone>} */
export const TONES = { critical: "critical", serious: "high", warning: "notice" };

const SHAPES = {
  critical: svg`<path d="M8 1.5 15 14H1z" />`,
  high: svg`<path d="M8 1 15 8 8 15 1 8z" />`,
  notice: svg`<circle cx="8" cy="8" r="6" />`,
  good: svg`<path d="M2 8.5 6.2 13 14 4" fill="none" stroke="currentColor" stroke-width="2.6" />`,
  unknown: svg`<circle cx="8" cy="8" r="5.6" fill="none" stroke="currentColor" stroke-width="2.2" stroke-dasharray="3 2.4" />`,
  idle: svg`<circle cx="8" cy="8" r="3.5" />`,
};

/** Signs of the clip's controls. */
const CONTROLS = {
  play: svg`<path d="M4 2.5 13 8l-9 5.5z" />`,
  pause: svg`<path d="M3.5 2.5h3v11h-3zM9.5 2.5h3v11h-3z" />`,
  back: svg`<path d="M11 3v10L4.5 8zM2.5 3h1.6v10H2.5z" />`,
  on: svg`<path d="M5 3v10l6.5-5zM11.9 3h1.6v10h-1.6z" />`,
};

/** @param {keyof typeof CONTROLS} name */
export function control(name) {
  return html`<svg class="control" viewBox="0 0 16 16" aria-hidden="true">${CONTROLS[name]}</svg>`;
}

/** @param {Tone} tone */
export function mark(tone) {
  return html`<svg class="mark ${tone}" viewBox="0 0 16 16" aria-hidden="true">${SHAPES[tone]}</svg>`;
}

/**
 * A sign with its word.
 *
 * @param {Tone} tone
 * @param {string} word
 */
export function sign(tone, word) {
  return html`<span class="sign ${tone}">${mark(tone)}<span>${word}</span></span>`;
}
