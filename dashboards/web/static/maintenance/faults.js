/** Which faults belong together, and how many things hang on them. Pure. */

/** @typedef {import("../lib/types.js").Maintenance} Maintenance */
/** @typedef {import("../lib/types.js").Fault} Fault */
/** @typedef {{fault: Fault, under: Fault[]}} Cause */

/**
 * One cause a line: a camera that was lost while its edge box is offline is folded under the box.
 *
 * @param {Maintenance} all
 * @returns {Cause[]} Open ones first, newest first within.
 */
export function causes(all) {
  const boxOf = new Map(all.cameras.map((camera) => [camera.id, camera.agent.id]));
  const open = all.faults.filter((fault) => fault.state !== "closed");
  const boxes = open.filter((fault) => fault.kind === "agent_offline");
  /** @param {Fault} fault */
  const isFolded = (fault) => fault.kind === "camera_lost" && boxes.some((box) => box.subject.id === boxOf.get(fault.subject.id));
  return open
    .filter((fault) => !isFolded(fault))
    .map((fault) => ({
      fault,
      under: fault.kind === "agent_offline" ? open.filter((one) => isFolded(one) && boxOf.get(one.subject.id) === fault.subject.id) : [],
    }));
}

/**
 * The facades that a fault touches: those that nobody watches now, and those that another camera still watches.
 *
 * @param {Cause} cause
 * @param {Maintenance} all
 * @returns {{blind: import("../lib/types.js").Named[], watched: import("../lib/types.js").Named[]}}
 */
export function facadesOf({ fault, under }, all) {
  const touched = new Map([fault, ...under].flatMap((one) => one.facades).map((facade) => [facade.id, facade]));
  const watched = new Set(
    all.cameras.filter((camera) => camera.state === "streaming").flatMap((camera) => camera.facades.map((facade) => facade.id)),
  );
  const facades = [...touched.values()];
  return {
    blind: facades.filter((facade) => !watched.has(facade.id)),
    watched: facades.filter((facade) => watched.has(facade.id)),
  };
}
