/** Where a thing came from, in words, as far as a calibrated camera tells. Pure. */

import { say } from "../words/desk.js";

/** @typedef {import("../lib/types.js").Place} Place */
/** @typedef {import("../lib/types.js").Estimate} Estimate */

/** "± 1", or nothing where one floor is certain: the farther end counts. @param {Place} place */
function spreadOf({ floor, floor_low, floor_high }) {
  const most = Math.max(floor - floor_low, floor_high - floor);
  return most > 0 ? ` ± ${most}` : "";
}

/** In full, for the facts. @param {Place} place */
export function placeInFull(place) {
  const values = { floor: place.floor, spread: spreadOf(place), flat: place.flat };
  return say(place.from_above ? "floor_from_above" : "floor_of", values);
}

/** In short, for the queue and the title. @param {Place} place @param {boolean} doubted of a camera that had been moved */
export function placeInShort(place, doubted) {
  const values = { floor: place.floor, spread: spreadOf(place), flat: place.flat };
  return say(place.from_above ? "floor_short_above" : "floor_short", values) + (doubted ? say("pose_doubted_short") : "");
}

/** How sure both are. @param {Place} place */
export function placeSureness(place) {
  return say("floor_sure", { floor: percent(place.floor_probability), flat: percent(place.flat_probability) });
}

/** A measured value with its interval. @param {"metres" | "metres_s" | "joules_kg"} unit @param {Estimate} estimate */
export function measured(unit, { value, low, high }) {
  const digits = high - low < 3 ? 1 : 0;
  return say(unit, { value: value.toFixed(digits), low: low.toFixed(digits), high: high.toFixed(digits) });
}

/** Never 100: nothing here is certain. @param {number} share */
function percent(share) {
  return Math.min(99, Math.round(share * 100));
}
