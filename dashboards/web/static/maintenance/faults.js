/** Which faults belong together, how grave they are, and what hangs on them. Pure. */

import { TONES } from "../lib/marks.js";

/** @typedef {import("../lib/types.js").Maintenance} Maintenance */
/** @typedef {import("../lib/types.js").Fault} Fault */
/** @typedef {{fault: Fault, under: Fault[]}} Cause */

/** Faults that say why a camera is lost. */
const WHY_LOST = new Set(["wrong_password", "worker_crashing"]);
const SEVERITIES = /** @type {const} */ (["critical", "serious", "warning"]);

/** How a fault is marked; one that is over is good. @param {Fault} fault */
export function toneOf(fault) {
  return fault.state === "closed" ? "good" : TONES[fault.severity];
}

/**
 * One cause a line. Folded under another are: what the cloud has put beneath it; a camera that was lost while its edge box is offline, or for a reason
 * that has a fault of its own; and what was wrong with the picture of a camera that gives none any more.
 *
 * @param {Maintenance} all
 * @returns {Cause[]} Open ones: the gravest first, within that the oldest.
 */
export function causes(all) {
  const open = all.faults.filter((fault) => fault.state !== "closed").sort(byUrgency);
  const boxOf = new Map(all.cameras.map((camera) => [camera.id, camera.agent.id]));
  /** @param {Fault} fault @returns {Fault} */
  const rootOf = (fault) => {
    const told = open.find((other) => other.id === fault.suppressed_by);
    const above = told ?? open.find((other) => isCauseOf(other, fault, boxOf));
    return above === undefined ? fault : rootOf(above);
  };
  /** @type {Map<Fault, Fault[]>} */
  const under = new Map();
  for (const fault of open) {
    const root = rootOf(fault);
    const folded = under.get(root) ?? [];
    under.set(root, root === fault ? folded : [...folded, fault]);
  }
  return open.filter((fault) => under.has(fault)).map((fault) => ({ fault, under: under.get(fault) ?? [] }));
}

/** @param {Fault} other @param {Fault} fault @param {Map<string, string>} boxOf */
function isCauseOf(other, fault, boxOf) {
  if (fault.subject.type !== "camera") return false;
  if (fault.kind === "camera_lost") {
    if (other.kind === "agent_offline") return other.subject.id === boxOf.get(fault.subject.id);
    return WHY_LOST.has(other.kind) && isSameDevice(other, fault);
  }
  // While there is no picture, nobody can say what is wrong with it.
  return fault.of_picture && other.kind === "camera_lost" && isSameDevice(other, fault);
}

/** @param {Fault} one @param {Fault} other */
function isSameDevice(one, other) {
  return one.subject.type === other.subject.type && one.subject.id === other.subject.id;
}

/** @param {Fault} a @param {Fault} b */
function byUrgency(a, b) {
  return SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || Date.parse(a.since) - Date.parse(b.since);
}

/** Open faults of one device, the gravest first. @param {Maintenance} all @param {Fault["subject"]["type"]} type @param {string} id */
export function faultsOf(all, type, id) {
  return all.faults.filter((fault) => fault.state !== "closed" && fault.subject.type === type && fault.subject.id === id).sort(byUrgency);
}

/** Whether a camera watches: it streams, and what it shows can be relied on. @param {Maintenance} all @param {import("../lib/types.js").Camera} camera */
export function isWatching(all, camera) {
  return camera.state === "streaming" && !faultsOf(all, "camera", camera.id).some((fault) => fault.blinding);
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
  const watched = new Set(all.cameras.filter((camera) => isWatching(all, camera)).flatMap((camera) => camera.facades.map((facade) => facade.id)));
  const facades = [...touched.values()];
  return {
    blind: facades.filter((facade) => !watched.has(facade.id)),
    watched: facades.filter((facade) => watched.has(facade.id)),
  };
}
