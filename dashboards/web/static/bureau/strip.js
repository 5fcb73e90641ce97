/** A day as 96 quarter hours: how tall tells how much was watched; blind shouts, before service is hatched. */

import { clockTime, percent } from "../lib/format.js";
import { html, nothing, svg } from "../lib/lit.js";
import { say } from "../words/bureau.js";

/** @typedef {import("../lib/types.js").Quarter} Quarter */

const CELL = 10;
const HIGH = 28;
const QUARTER_MS = 15 * 60_000;
/** A quarter hour counts as watched throughout from here: the minute under way is always short of a few seconds. */
const FULL = 0.98;
const BLIND = 0.02;
/** Beyond this part of the day a label would not fit. */
const LAST_LABEL = 0.88;

/** How a quarter hour is shown. @param {number | null} share */
export function toneOf(share) {
  if (share === null) return "unknown";
  if (share >= FULL) return "full";
  return share <= BLIND ? "blind" : "part";
}

/** @param {Quarter[]} strip @param {string} label */
export function dayStrip(strip, label) {
  const width = strip.length * CELL;
  return html`<div class="day-strip">
    <svg class="strip" viewBox="0 0 ${width} ${HIGH}" preserveAspectRatio="none" role="img" aria-label=${label}>
      ${strip.map((quarter, i) => cell(quarter, i))}
    </svg>
    <div class="hours" aria-hidden="true">${strip.map((quarter, i) => hour(quarter, i / strip.length))}</div>
  </div>`;
}

/** @param {Quarter} quarter @param {number} i */
function cell({ at, watched_share }, i) {
  const tone = toneOf(watched_share);
  const from = clockTime(at).slice(0, 5);
  const to = clockTime(Date.parse(at) + QUARTER_MS).slice(0, 5);
  const told = watched_share === null ? say("strip_cell_unknown", { from, to }) : say("strip_cell", { from, to, share: percent(watched_share) });
  const high = tone === "part" ? Math.max(4, (watched_share ?? 0) * HIGH) : HIGH;
  return svg`<g><title>${told}</title>
    ${tone === "part" ? svg`<rect class="quarter ground" x=${i * CELL} y="0" width=${CELL - 1.5} height=${HIGH} />` : nothing}
    <rect class="quarter ${tone}" x=${i * CELL} y=${HIGH - high} width=${CELL - 1.5} height=${high} rx="1.5" />
    ${tone === "unknown" ? svg`<path class="hatch" d="M${i * CELL + 1} ${HIGH - 2} L${i * CELL + CELL - 2.5} ${HIGH - 12} M${i * CELL + 1} 14 L${i * CELL + CELL - 2.5} 4" />` : nothing}
  </g>`;
}

/** @param {Quarter} quarter @param {number} share Where it stands in the day, 0…1. */
function hour({ at }, share) {
  const local = new Date(at);
  if (share > LAST_LABEL || local.getMinutes() !== 0 || local.getHours() % 4 !== 0) return nothing;
  return html`<span .style=${`left: ${share * 100}%`}>${clockTime(at).slice(0, 5)}</span>`;
}
