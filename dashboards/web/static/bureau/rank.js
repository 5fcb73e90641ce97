/** Which estate and which facade needs a look first, as of now. Pure. */

/** @typedef {import("../lib/types.js").Estate} Estate */
/** @typedef {import("../lib/types.js").Facade} Facade */

const STATES = /** @type {const} */ (["blind", "unknown", "watched"]);

/** @param {Estate} estate */
export function unknownNow(estate) {
  return estate.facades.filter((facade) => facade.now === "unknown").length;
}

/** Worst first: blind facades, then unknown ones, then the smallest watched share. @param {Estate[]} estates */
export function ranked(estates) {
  return [...estates].sort(
    (a, b) =>
      b.facades_blind_now - a.facades_blind_now ||
      unknownNow(b) - unknownNow(a) ||
      (a.watched_share ?? -1) - (b.watched_share ?? -1) ||
      a.id.localeCompare(b.id),
  );
}

/** @param {Facade[]} facades */
export function rankedFacades(facades) {
  return [...facades].sort(
    (a, b) => STATES.indexOf(a.now) - STATES.indexOf(b.now) || (a.watched_share ?? -1) - (b.watched_share ?? -1) || a.id.localeCompare(b.id),
  );
}
