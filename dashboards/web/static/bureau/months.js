/** A month of all estates: its figures beside the month before, estates and facades ranked, and what has changed. */

import { Problem, request } from "../lib/api.js";
import { dayOf, dayTime, percent } from "../lib/format.js";
import { nameOf } from "../lib/i18n.js";
import { html, nothing, repeat } from "../lib/lit.js";
import { mark, sign } from "../lib/marks.js";
import { whyName } from "../words/coverage.js";
import { say } from "../words/oversight.js";
import { unknownNow } from "./rank.js";

/** @typedef {import("../lib/types.js").Estate} Estate */
/** @typedef {import("../lib/types.js").Month} Month */
/** @typedef {import("../lib/types.js").MonthStanding} Standing */
/** @typedef {import("../lib/types.js").MonthEstate} MonthEstate */
/** @typedef {import("../lib/types.js").MonthFacade} MonthFacade */
/** @typedef {import("../lib/types.js").MonthShift} Shift */
/** @typedef {import("../lib/lit.js").Fragment} Fragment */

const AGAIN_MS = 60_000;
const DAY_S = 86_400;
const SHIFTS = 6;
const WIDEST_PX = 36;

/** @param {() => void} redraw */
export function months(redraw) {
  /** @type {{month: Month | null, asked: string, problem: Problem | null, read: number, isReading: boolean}} */
  const at = { month: null, asked: "", problem: null, read: -Infinity, isReading: false };

  async function read() {
    const asked = at.asked;
    at.isReading = true;
    try {
      const month = await request("GET", `/api/bureau/months${asked ? `?month=${asked}` : ""}`);
      if (asked === at.asked) Object.assign(at, { month, problem: null, read: performance.now() });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      at.problem = error;
    }
    at.isReading = false;
    redraw();
  }

  /** With each snapshot of the page; months change slowly. */
  function follow() {
    if (!at.isReading && performance.now() - at.read > AGAIN_MS) void read();
  }

  /** @param {string} month */
  function ask(month) {
    at.asked = month;
    void read();
  }

  return { follow, ask, get month() { return at.month; }, get problem() { return at.problem; } };
}

/** The month that is shown, and its files. @param {Month} month @param {(month: string) => void} ask */
export function monthLine(month, ask) {
  const times = month.estates.flatMap((estate) => (estate.counted_at ? [estate.counted_at] : []));
  const oldest = times.length ? times.reduce((a, b) => (a < b ? a : b)) : null;
  const all = month.months.includes(month.month) ? month.months : [month.month, ...month.months];
  const query = `?month=${month.month}`;
  return html`<div class="month-line">
    <label>${say("month")}<select data-testid="month" @change=${(/** @type {Event} */ event) => ask(/** @type {HTMLSelectElement} */ (event.target).value)}>
      ${all.map((one) => html`<option value=${one} ?selected=${one === month.month}>${one}</option>`)}</select></label>
    <span class="fine">${oldest ? say("counted_until", { time: dayTime(oldest) }) : say("not_counted")}</span>
    <span class="month-files"><a class="button" data-testid="xlsx" href=${`/api/bureau/months/export${query}&format=xlsx`} download>${say("export_xlsx")}</a>
      <a class="button" data-testid="pdf" href=${`/api/bureau/months/export${query}&format=pdf`} download>PDF</a>
      <a class="button" data-testid="csv" href=${`/api/bureau/months/export${query}&format=csv`} download>${say("export_csv")}</a></span>
  </div>`;
}

/** @param {Month} month */
export function monthTotals(month) {
  const { before, after } = month.total;
  const target = (/** @type {"availability" | "picture"} */ key) => percent(month.targets[key] ?? 1);
  return html`<section class="totals">
    ${card("watched", say("kpi_watched"), share(watched(after)), points(watched(before), watched(after), true))}
    ${card("availability", say("kpi_availability", { target: target("availability") }), share(after.availability.value), points(before.availability.value, after.availability.value, true))}
    ${card("picture", say("kpi_picture", { target: target("picture") }), share(after.picture.value), points(before.picture.value, after.picture.value, true))}
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

/** @param {number | null} value */
function share(value) {
  return value === null ? "–" : percent(value);
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

/**
 * Estates, the worst first; an opened one with its facades below it.
 *
 * @param {Month} month
 * @param {Map<string, Estate>} now Estates as they are now.
 * @param {string | null} chosen
 * @param {boolean} isOpen
 * @param {{estate: (id: string) => void, facade: (id: string) => void}} choose
 */
export function ranking(month, now, chosen, isOpen, choose) {
  const worst = Math.max(0.01, ...month.estates.flatMap((one) => [one, ...one.facades]).map((one) => one.after.blind.value ?? 0));
  return html`<section class="panel ranking"><div class="scroll">
    <table>
      <thead><tr><th scope="col">${say("estate")}</th>${/** @type {const} */ (["blind", "availability", "picture", "overdue", "oldest"]).map((key) => html`<th scope="col">${say(key)}</th>`)}</tr></thead>
      ${repeat(month.estates, (one) => one.id, (one) => html`<tbody>
        ${estateRow(one, now.get(one.id), worst, { isChosen: one.id === chosen, isOpen: isOpen && one.id === chosen }, choose.estate)}
        ${isOpen && one.id === chosen ? one.facades.map((facade) => facadeRow(facade, worst, choose.facade)) : nothing}
      </tbody>`)}
    </table></div>
  </section>`;
}

/** @param {MonthEstate} one @param {Estate | undefined} now @param {number} worst @param {{isChosen: boolean, isOpen: boolean}} is @param {(id: string) => void} choose */
function estateRow(one, now, worst, is, choose) {
  return html`<tr aria-current=${is.isChosen ? "true" : nothing} data-estate=${one.id}>
    <th scope="row"><button type="button" class="link" aria-expanded=${String(is.isOpen)} @click=${() => choose(one.id)}>${nameOf(one.name)}</button>
      ${now ? html`<span class="fine">${nowLine(now)}</span>` : nothing}
      ${one.after.unmodelled && one.after.unmodelled < one.after.facades ? html`<span class="fine">${say("unmodelled_n", { n: one.after.unmodelled })}</span>` : nothing}</th>
    ${figures(one.after, worst)}
  </tr>`;
}

/** @param {MonthFacade} one @param {number} worst @param {(id: string) => void} choose */
function facadeRow(one, worst, choose) {
  return html`<tr class="of-estate" data-ranked=${one.id}>
    <th scope="row">${one.after.unmodelled ? nameOf(one.name) : html`<button type="button" class="link" title=${say("show_facade")} @click=${() => choose(one.id)}>${nameOf(one.name)}</button>`}</th>
    ${figures(one.after, worst)}
  </tr>`;
}

/** @param {Standing} one @param {number} worst */
function figures(one, worst) {
  const blind = one.blind.value;
  const wide = `inline-size: ${Math.max(4, ((blind ?? 0) / worst) * WIDEST_PX)}px`;
  return html`<td>${blind === null ? sign("unknown", say("unknown")) : html`<span class="blind-bar" .style=${wide} aria-hidden="true"></span> ${percent(blind)}`}</td>
    <td>${share(one.availability.value)}</td><td>${share(one.picture.value)}</td>
    <td class=${one.overdue ? "late" : ""}>${one.overdue}</td><td>${age(one)}</td>`;
}

/** @param {Standing} one */
function age(one) {
  if (one.cells === 0 || one.oldest_blind_s === 0) return "–";
  return one.oldest_blind_s < DAY_S ? say("under_a_day") : say("days", { n: Math.floor(one.oldest_blind_s / DAY_S) });
}

/** @param {Estate} now */
function nowLine(now) {
  const all = now.facades_total;
  if (now.facades_blind_now) return html`${mark("critical")} ${say("blind_now_n", { n: now.facades_blind_now, all })}`;
  const unknown = unknownNow(now);
  if (unknown) return html`${mark("unknown")} ${say("unknown_now_n", { n: unknown, all })}`;
  return all ? html`${mark("good")} ${say("all_now", { all })}` : nothing;
}

/** What has changed, a sentence each. @param {Month} month */
export function monthShifts(month) {
  const isFirst = month.total.before.availability.value === null && month.total.before.blind.value === null;
  const told = month.shifts.slice(0, SHIFTS);
  return html`<section class="panel shifts" data-testid="shifts"><h3>${say("shifts")}</h3>
    ${isFirst ? html`<p class="fine">${say("no_before")}</p>` : told.length === 0 ? html`<p class="fine">${say("no_shifts")}</p>` : html`<ul>${told.map((shift) => html`<li>${sentence(shift)}</li>`)}</ul>`}
  </section>`;
}

/** @param {Shift} shift */
function sentence(shift) {
  const [old, now] = [shift.before ?? 0, shift.after ?? 0];
  const estate = nameOf(shift.estate);
  const parts = { estate, before: percent(old), after: percent(now) };
  if (shift.kind === "blind_cells") {
    const values = { estate, facade: shift.facade ? nameOf(shift.facade) : "", before: old, after: now };
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
  return html`<section class="panel meaning"><h3>${say("how_title")}</h3><p>${say("how")}</p></section>`;
}
