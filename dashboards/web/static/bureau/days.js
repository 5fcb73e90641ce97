/** The days of a facade: a square each, and beneath it which floors were watched. */

import { dayOf, percent, percentOrDash, span } from "../lib/format.js";
import { html, nothing, svg } from "../lib/lit.js";
import { say } from "../words/coverage.js";

/** @typedef {import("../lib/types.js").FacadeHistory} FacadeHistory */

const CELL = 10;
const LABEL_EVERY = 5;
/** Of what cameras can watch: less than this is a gap, and less than that a bad day. */
const GOOD = 0.995;
const BAD = 0.9;
/** Shades of the floors by day: up to this share missing. */
const SHADES = [0.005, 0.1, 0.3, 0.6, 1];

/** @param {FacadeHistory} history */
export function facadeDays(history) {
  const most = 1 - history.never / history.cells;
  return html`<section class="days" data-testid="days">
    <h4 class="section">${say("days")}</h4>
    <p class="days-said">${history.kept_share === null ? nothing : html`<b>${say("kept", { share: percent(history.kept_share) })}</b>`}
      <span class="fine">${history.longest ? say("longest", { ...history.longest, span: span(history.longest.seconds) }) : nothing}</span>
      <span class="fine">${history.never ? say("never_n", { n: history.never }) : nothing}</span></p>
    <div class="days-strip" role="list">${history.days.map(({ at, share }) => {
      const tone = dayTone(share, most);
      const told = share === null ? say("day_none", { day: dayOf(at) }) : say("day_share", { day: dayOf(at), share: percent(share) });
      return html`<i class="day-cell ${tone}" role="listitem" title=${told} aria-label=${told}></i>`;
    })}</div>
    <div class="days-labels" aria-hidden="true">${history.days.map(({ at }, i) => html`<span>${isLabelled(i, history.days.length) ? dayOf(at) : nothing}</span>`)}</div>
    <ul class="legend"><li><i class="day-cell good"></i>${say("day_good")}</li><li><i class="day-cell part"></i>${say("day_part")}</li><li><i class="day-cell bad"></i>${say("day_bad")}</li></ul>
    <h4 class="section">${say("heat")}</h4>
    ${heat(history)}
  </section>`;
}

/** Every fifth day, and none that would not fit at the end. @param {number} i @param {number} all */
function isLabelled(i, all) {
  return i % LABEL_EVERY === 0 && i < all - 2;
}

/** @param {number | null} share @param {number} most What a day can reach at all, 0…1. */
function dayTone(share, most) {
  if (share === null) return "none";
  const kept = most > 0 ? share / most : 1;
  return kept >= GOOD ? "good" : kept >= BAD ? "part" : "bad";
}

/** @param {FacadeHistory} history */
function heat({ days, floors }) {
  const rows = floors.length;
  return html`<svg class="heat" viewBox="0 0 ${days.length * CELL} ${rows * 4}" preserveAspectRatio="none" role="img" aria-label=${say("heat")}>
    ${days.map((day, column) => day.rows.map((share, row) => svg`<rect class="shade-${shade(share)}" x=${column * CELL} y=${(rows - 1 - row) * 4}
      width=${CELL - 1} height="3.4"><title>${`${dayOf(day.at)} · ${say("floor", { n: floors[row] ?? 0 })} · ${percentOrDash(share)}`}</title></rect>`))}
  </svg>`;
}

/** @param {number | null} share */
function shade(share) {
  return share === null ? "none" : SHADES.findIndex((missing) => 1 - share <= missing);
}
