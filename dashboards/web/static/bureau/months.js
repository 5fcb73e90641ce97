/** A month: its figures beside the month before, what has changed, and its files. */

import { Problem, request } from "../lib/api.js";
import { dayOf, dayTime, percent, percentOrDash } from "../lib/format.js";
import { nameOf } from "../lib/i18n.js";
import { html, nothing } from "../lib/lit.js";
import { currentUser } from "../lib/shell.js";
import { whyName } from "../words/coverage.js";
import { say } from "../words/oversight.js";
import { toEstate, toFacade } from "./steps.js";

/** @typedef {import("../lib/types.js").Month} Month */
/** @typedef {import("../lib/types.js").MonthStanding} Standing */
/** @typedef {import("../lib/types.js").MonthShift} Shift */
/** @typedef {import("../lib/lit.js").Fragment} Fragment */
/** @typedef {import("./steps.js").BureauAddress} BureauAddress */

const AGAIN_MS = 60_000;
const SHIFTS = 6;
const ASKED = /** @type {const} */ (["month", "by", "reverse", "of", "estate", "building"]);
const ORDERED = /** @type {const} */ (["by", "reverse"]);

/** @param {BureauAddress} address @param {() => void} redraw */
export function months(address, redraw) {
  /** @type {{month: Month | null, asked: string | null, problem: Problem | null, read: number, isReading: boolean}} */
  const at = { month: null, asked: null, problem: null, read: -Infinity, isReading: false };

  async function read() {
    const asked = String(questions(address, ASKED));
    Object.assign(at, { asked, isReading: true });
    try {
      const month = await request("GET", `/api/bureau/months?${asked}`);
      if (asked === at.asked) Object.assign(at, { month, problem: null, read: performance.now() });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (asked === at.asked) at.problem = error;
    }
    if (asked === at.asked) at.isReading = false;
    redraw();
  }

  /** With each snapshot of the page, and with each step: months change slowly. */
  function follow() {
    const isOther = at.asked !== String(questions(address, ASKED));
    if (isOther || (!at.isReading && performance.now() - at.read > AGAIN_MS)) void read();
  }

  return { follow, get month() { return at.month; }, get problem() { return at.problem; } };
}

/** What the address says of these, as a query. @param {BureauAddress} address @param {readonly (keyof BureauAddress["at"])[]} keys */
function questions(address, keys) {
  return new URLSearchParams(keys.flatMap((key) => (address.at[key] ? [[key, address.at[key]]] : [])));
}

/** The month that is shown, and its files. @param {Month} month @param {BureauAddress} address */
export function monthLine(month, address) {
  const all = month.months.includes(month.month) ? month.months : [month.month, ...month.months];
  /** @param {string} format */
  const file = (format) => `/api/bureau/months/export?month=${month.month}&format=${format}&${questions(address, ORDERED)}`;
  /** @param {Event} event */
  const choose = (event) => address.go({ month: /** @type {HTMLSelectElement} */ (event.target).value });
  return html`<div class="month-line">
    <label>${say("month")}<select data-testid="month" @change=${choose}>
      ${all.map((one) => html`<option value=${one} ?selected=${one === month.month}>${one}</option>`)}</select></label>
    <span class="fine">${month.counted_until ? say("counted_until", { time: dayTime(month.counted_until) }) : say("not_counted")}</span>
    <span class="month-files"><a class="button" data-testid="xlsx" href=${file("xlsx")} download>${say("export_xlsx")}</a>
      <a class="button" data-testid="pdf" href=${file("pdf")} download>PDF</a>
      <a class="button" data-testid="csv" href=${file("csv")} download>${say("export_csv")}</a></span>
  </div>`;
}

/** @param {Month} month */
export function monthTotals(month) {
  const { before, after } = month.total;
  const target = (/** @type {"availability" | "picture"} */ key) => percent(month.targets[key] ?? 1);
  return html`<section class="totals">
    ${card("watched", say("kpi_watched"), percentOrDash(watched(after)), points(watched(before), watched(after), true))}
    ${card("availability", say("kpi_availability", { target: target("availability") }), percentOrDash(after.availability.value), points(before.availability.value, after.availability.value, true))}
    ${card("picture", say("kpi_picture", { target: target("picture") }), percentOrDash(after.picture.value), points(before.picture.value, after.picture.value, true))}
    ${card("long", say("kpi_long", { days: month.long_blind_days }), after.cells ? say("n_cells", { n: after.long_blind_cells }) : "–", before.cells ? change(after.long_blind_cells - before.long_blind_cells, false) : nothing)}
    ${card("overdue", say("kpi_overdue"), say("n_items", { n: after.overdue }), change(after.overdue - before.overdue, false))}
  </section>`;
}

/** @param {string} key @param {string} label @param {string} value @param {Fragment} aside */
function card(key, label, value, aside) {
  return html`<div class="total" data-total=${key}><span class="fine">${label}</span><b>${value}</b><span class="fine">${aside}</span></div>`;
}

/** @param {Standing} one */
function watched(one) {
  return one.blind.value === null ? null : 1 - one.blind.value;
}

/** In points of a hundred. @param {number | null} before @param {number | null} after @param {boolean} isMoreBetter */
function points(before, after, isMoreBetter) {
  return before === null || after === null ? nothing : change(Math.round((after - before) * 1000) / 10, isMoreBetter);
}

/** Which way, how much, and whether that is good. @param {number} by @param {boolean} isMoreBetter */
function change(by, isMoreBetter) {
  if (by === 0) return nothing;
  const n = String(Math.abs(by));
  const tone = by > 0 === isMoreBetter ? "good" : "critical";
  return html`<span class="change ${tone}" title=${say(by > 0 ? "up" : "down", { n })}><span aria-hidden="true">${by > 0 ? "▲" : "▼"}</span> ${n}</span>`;
}

/** What has changed, a sentence each. @param {Month} month @param {BureauAddress} address */
export function monthShifts(month, address) {
  const isFirst = month.total.before.availability.value === null && month.total.before.blind.value === null;
  const told = month.shifts.slice(0, SHIFTS);
  return html`<section class="panel shifts" data-testid="shifts"><h3>${say("shifts")}</h3>
    ${isFirst ? html`<p class="fine">${say("no_before")}</p>` : told.length === 0 ? html`<p class="fine">${say("no_shifts")}</p>`
      : html`<ul>${told.map((shift) => html`<li>${address.link(place(shift), sentence(shift))}</li>`)}</ul>`}
  </section>`;
}

/** @param {Shift} shift */
function place({ estate, building, facade }) {
  return facade === null ? toEstate(estate.id) : toFacade(estate.id, building ?? "", facade.id);
}

/** @param {Shift} shift */
function sentence(shift) {
  const [old, now] = [shift.before ?? 0, shift.after ?? 0];
  const estate = nameOf(shift.estate.name);
  const parts = { estate, before: percent(old), after: percent(now) };
  if (shift.kind === "blind_cells") {
    const values = { estate, facade: shift.facade ? nameOf(shift.facade.name) : "", before: old, after: now };
    return say(now > old ? "shift_cells_more" : "shift_cells_fewer", values) + (shift.cause ? ` ${because(shift.cause)}` : "");
  }
  if (shift.kind === "blind") return say(now > old ? "shift_blind_more" : "shift_blind_less", parts);
  return say(`shift_${shift.kind}`, parts);
}

/** @param {NonNullable<Shift["cause"]>} cause */
function because(cause) {
  const camera = cause.camera_name ? nameOf(cause.camera_name) : cause.camera;
  return say("shift_cause", { camera, day: dayOf(cause.since), why: whyName(cause.why) });
}

export function monthMeaning() {
  const isSeenByBureau = currentUser().role === "manager";
  return html`<section class="panel meaning"><h3>${say("how_title")}</h3><p>${say("how")}</p>
    ${isSeenByBureau ? html`<p data-testid="as-bureau">${say("as_bureau")}</p>` : nothing}</section>`;
}
