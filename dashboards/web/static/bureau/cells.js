/** What a cell is, in one word that the map draws; and sentences about what is wrong with a facade. Pure. */

import { listOf, nameOf } from "../lib/i18n.js";
import { say, whysOf } from "../words/coverage.js";

/** @typedef {import("../lib/types.js").FacadeCells} FacadeCells */
/** @typedef {"fine_5" | "fine_10" | "fine_20" | "fine_more" | "lost" | "never" | "coarse" | "excused"} CellTone */

/** In the order of the legend. */
export const TONES = /** @type {const} */ (["fine_5", "fine_10", "fine_20", "fine_more", "lost", "never", "coarse", "excused"]);
const COARSE = new Set(["too_coarse", "too_steep"]);

/** @param {FacadeCells} facade @param {number} cell @returns {CellTone} */
export function toneOf(facade, cell) {
  if (facade.watched[cell]) return fineness(facade.smallest_cm[cell] ?? Infinity);
  if (facade.excused[cell]) return "excused";
  if (facade.within[cell]) return "lost";
  return COARSE.has(reasonOf(facade, cell)) ? "coarse" : "never";
}

/**
 * What a cell is called in an address: floor, bay, and where a plan divides these further, which part of them from 1.
 *
 * @param {FacadeCells} facade
 * @param {number} cell
 */
export function cellName(facade, cell) {
  const { floor, bay } = placeOf(facade, cell);
  const alike = partsOf(facade, floor, bay);
  return alike.length === 1 ? `${floor}-${bay}` : `${floor}-${bay}-${alike.indexOf(cell) + 1}`;
}

/** The cell that is called so; the first where none is. @param {FacadeCells} facade @param {string} name */
export function cellCalled(facade, name) {
  const [floor, bay, part] = name.split("-").map(Number);
  return partsOf(facade, floor, bay)[(part ?? 1) - 1] ?? 0;
}

/** @param {FacadeCells} facade @param {number | undefined} floor @param {number | undefined} bay */
function partsOf(facade, floor, bay) {
  return facade.watched.flatMap((_, cell) => {
    const place = placeOf(facade, cell);
    return place.floor === floor && place.bay === bay ? [cell] : [];
  });
}

/** Where a cell is. @param {FacadeCells} facade @param {number} cell */
export function placeOf({ floors, bays }, cell) {
  return { floor: floors[Math.floor(cell / bays.length)] ?? 0, bay: bays[cell % bays.length] ?? 0 };
}

/** Why no camera would watch it even if all worked. @param {FacadeCells} facade @param {number} cell */
export function reasonOf(facade, cell) {
  return facade.reasons[facade.reason[cell] ?? 0] ?? "out_of_view";
}

/** @param {number} cm @returns {CellTone} */
function fineness(cm) {
  // Densities are told with one decimal: what is needed exactly may read 10.04.
  if (cm <= 5.05) return "fine_5";
  if (cm <= 10.05) return "fine_10";
  return cm <= 20.05 ? "fine_20" : "fine_more";
}

/**
 * Sentences about what a person must know first.
 *
 * @param {FacadeCells} facade
 * @returns {{tone: import("../lib/marks.js").Tone, line: string}[]}
 */
export function sentences(facade) {
  /** @type {{tone: import("../lib/marks.js").Tone, line: string}[]} */
  const all = [
    { tone: "critical", line: lostSentence(facade) },
    { tone: "high", line: coarseSentence(facade, "too_steep") },
    { tone: "high", line: coarseSentence(facade, "too_coarse") },
  ];
  return all.filter(({ line }) => line !== "");
}

/** @param {FacadeCells} facade */
function lostSentence(facade) {
  if (facade.lost === 0) return "";
  const watched = facade.reasons.indexOf("watched");
  const down = facade.cameras.filter((one) => !one.up && one.reason.some((reason, cell) => reason === watched && !facade.watched[cell]));
  return say("lost_line", { n: facade.lost, cameras: listOf(down.map((one) => say("camera_down", { camera: nameOf(one.name), why: whysOf(one) }))) });
}

/** Floors at which cameras look and cannot resolve. @param {FacadeCells} facade @param {"too_steep" | "too_coarse"} why */
function coarseSentence(facade, why) {
  const cells = facade.reason.flatMap((_, cell) => (!facade.within[cell] && reasonOf(facade, cell) === why ? [cell] : []));
  if (cells.length === 0) return "";
  const floors = cells.map((cell) => placeOf(facade, cell).floor);
  /** @param {"px_per_m" | "elevation_deg"} figure */
  const most = (figure) => Math.max(...cells.map((cell) => facade.cameras[facade.best[cell] ?? -1]?.[figure][cell] ?? 0));
  return say(why === "too_steep" ? "steep_line" : "coarse_line", {
    floors: ranges(floors),
    angle: most("elevation_deg"),
    px: Math.round(most("px_per_m")),
    cm: facade.object_cm,
    needed: Math.round((100 * facade.spans_px) / facade.object_cm),
  });
}

/** `3–5、9` @param {number[]} numbers */
function ranges(numbers) {
  const sorted = [...new Set(numbers)].sort((a, b) => a - b);
  /** @type {[number, number][]} */
  const found = [];
  for (const number of sorted) {
    const last = found.at(-1);
    if (last && number === last[1] + 1) last[1] = number;
    else found.push([number, number]);
  }
  return listOf(found.map(([first, last]) => (first === last ? String(first) : `${first}–${last}`)));
}
