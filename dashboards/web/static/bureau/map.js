/** A facade as a grid of cells, as from outside: blue where it is watched, red where it is not; and one cell's facts. */

import { moment, percent, span } from "../lib/format.js";
import { nameOf } from "../lib/i18n.js";
import { html, nothing } from "../lib/lit.js";
import { sign } from "../lib/marks.js";
import { say, whysOf } from "../words/coverage.js";
import { placeOf, sentences, toneOf, TONES } from "./cells.js";

/** @typedef {import("../lib/types.js").FacadeCells} FacadeCells */
/** @typedef {import("../lib/types.js").FacadeHistory} FacadeHistory */

/**
 * choose: isStep: the browser's way back leads to the cell before. camera: a link to what stands behind it.
 *
 * @typedef {{choose: (cell: number, isStep: boolean) => void, point: (cell: number | null) => void,
 *   camera: (camera: string, name: import("../lib/lit.js").Fragment, cell: number) => import("../lib/lit.js").Fragment}} To
 */

/** A floor's number stands beside every so many rows. */
const LABEL_EVERY = 4;
/** What lasts from the beginning of what is asked for began before it, for all that is known. */
const WHOLE_S = 60;

/**
 * @param {FacadeCells} facade
 * @param {FacadeHistory | null} history
 * @param {{chosen: number, pointed: number | null}} at The cell that is chosen, and that which is pointed at: its facts are shown.
 * @param {To} to
 */
export function facadeMap(facade, history, at, to) {
  const tones = facade.watched.map((_, cell) => toneOf(facade, cell));
  const there = new Set(tones);
  return html`<div class="cells-said">${sentences(facade).map(({ tone, line }) => html`<p>${sign(tone, line)}</p>`)}</div>
    <div class="cells-body">
      <div class="cells-frame">${grid(facade, tones, at.chosen, to)}</div>
      ${facts(facade, history, at.pointed ?? at.chosen, to)}
    </div>
    <ul class="legend cells-legend">${TONES.filter((tone) => there.has(tone) || tone === "fine_5" || tone === "fine_10").map(
      (tone) => html`<li><i class="cell ${tone}"></i>${say(tone)}</li>`,
    )}</ul>`;
}

/** @param {FacadeCells} facade @param {import("./cells.js").CellTone[]} tones @param {number} chosen @param {To} to */
function grid(facade, tones, chosen, to) {
  const columns = facade.bays.length;
  const rows = facade.floors.map((_, i) => facade.floors.length - 1 - i);
  /** @param {KeyboardEvent} event */
  const move = (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: columns, ArrowDown: -columns }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const column = chosen % columns;
    if ((by === -1 && column === 0) || (by === 1 && column === columns - 1)) return;
    const next = chosen + by;
    if (next < 0 || next >= tones.length) return;
    to.choose(next, false);
    requestAnimationFrame(() => /** @type {HTMLElement | null} */ (document.querySelector(`.cells [data-cell="${next}"]`))?.focus());
  };
  /** @param {Event} event */
  const cellOf = (event) => /** @type {HTMLElement} */ (event.target).dataset.cell;
  /** @param {Event} event */
  const choose = (event) => {
    const cell = cellOf(event);
    if (cell !== undefined) to.choose(Number(cell), true);
  };
  /** @param {Event} event */
  const point = (event) => {
    const cell = cellOf(event);
    if (cell !== undefined) to.point(Number(cell));
  };
  return html`<div class="cells" role="grid" aria-label=${say("map")} .style=${`--columns: ${columns}; --rows: ${rows.length}`}
      @keydown=${move} @click=${choose} @pointerover=${point} @pointerleave=${() => to.point(null)}>
    ${rows.map((row) => html`<div class="cells-row" role="row">
      <span class="cells-floor" role="rowheader">${isLabelled(facade, row) ? say("floor", { n: facade.floors[row] ?? 0 }) : nothing}</span>
      ${facade.bays.map((bay, column) => {
        const cell = row * columns + column;
        const tone = /** @type {import("./cells.js").CellTone} */ (tones[cell]);
        return html`<i class="cell ${tone}" role="gridcell" data-cell=${cell} data-tone=${tone} data-watched=${facade.watched[cell] ?? 0}
          tabindex=${cell === chosen ? 0 : -1} aria-selected=${cell === chosen ? "true" : "false"}
          aria-label=${`${say("cell", { floor: facade.floors[row] ?? 0, bay })} · ${say(tone)}`}></i>`;
      })}</div>`)}
  </div>`;
}

/** The lowest row of a floor that has its number shown. @param {FacadeCells} facade @param {number} row */
function isLabelled(facade, row) {
  const floor = facade.floors[row] ?? 0;
  const isLowest = row === 0 || facade.floors[row - 1] !== floor;
  const top = facade.floors.at(-1) ?? 0;
  return isLowest && (floor === top || (floor % LABEL_EVERY === 1 && top - floor >= 2));
}

/** @param {FacadeCells} facade @param {FacadeHistory | null} history @param {number} cell @param {To} to */
function facts(facade, history, cell, to) {
  const tone = toneOf(facade, cell);
  const isWatched = Boolean(facade.watched[cell]);
  const cm = facade.smallest_cm[cell];
  const views = facade.cameras.filter((view) => (view.reason[cell] ?? 0) > 0);
  return html`<aside class="cell-facts" data-testid="cell-facts" aria-live="polite">
    <h4><i class="cell ${tone}"></i>${say("cell", placeOf(facade, cell))}</h4>
    <p>${sign(isWatched ? "good" : "critical", say(tone))}</p>
    ${cm === null || cm === undefined ? nothing : html`<p>${say(isWatched ? "smallest" : facade.within[cell] ? "smallest_well" : "smallest_only", { cm })}</p>`}
    ${isWatched ? nothing : html`<p class="fine">${blindFor(facade, history, cell)}</p>`}
    ${streak(history, cell)}
    <h5 class="section">${say("views")}</h5>
    ${views.length === 0 ? html`<p class="fine">${say("nobody")}</p>` : html`<ul class="cell-views">${views.map((view) => viewLine(facade, view, cell, to))}</ul>`}
  </aside>`;
}

/** @param {FacadeCells} facade @param {import("../lib/types.js").CoverageView} view @param {number} cell @param {To} to */
function viewLine(facade, view, cell, to) {
  const reason = facade.reasons[view.reason[cell] ?? 0] ?? "out_of_view";
  const watches = reason === "watched";
  const told = watches ? (view.up ? say("watches") : say("down", { why: whysOf(view) })) : say(/** @type {"too_steep"} */ (reason));
  const px = view.px_per_m[cell];
  const deg = view.elevation_deg[cell];
  const [cm, far] = [view.smallest_cm[cell], view.distance_m[cell]];
  const figures = [
    px ? say("px", { px: Math.round(px) }) : "",
    cm === null || cm === undefined ? "" : say("from_cm", { cm }),
    deg === null || deg === undefined ? "" : say(deg < 0 ? "downwards" : "up", { deg: Math.abs(deg) }),
    far === null || far === undefined ? "" : say("away", { m: far }),
  ];
  return html`<li data-view-of=${view.id}>${to.camera(view.id, sign(watches && view.up ? "good" : watches ? "critical" : "high", nameOf(view.name)), cell)}
    <span>${told}${watches && !view.up && view.since ? ` · ${say("since", { time: moment(view.since) })}` : ""}</span>
    <span class="fine">${figures.filter(Boolean).join(" · ")}</span></li>`;
}

/** @param {FacadeCells} facade @param {FacadeHistory | null} history @param {number} cell */
function blindFor(facade, history, cell) {
  const seconds = facade.blind_for_s[cell] ?? history?.blind_for_s[cell];
  if (!seconds) return nothing;
  const known_s = history === null ? Infinity : (Date.parse(history.now) - Date.parse(history.modelled_from)) / 1000;
  return say(seconds >= known_s - WHOLE_S ? "blind_long" : "blind_for", { span: span(seconds) });
}

/** @param {FacadeHistory | null} history @param {number} cell */
function streak(history, cell) {
  const share = history?.shares[cell];
  const longest = history?.longest_blind_s[cell];
  if (share === null || share === undefined) return nothing;
  return html`<p class="fine">${say("best_share", { share: percent(share) })}${longest ? ` · ${say("streak", { span: span(longest) })}` : ""}</p>`;
}
