/** Which walls of a building are watched: its edges, and the facades on them. */

import { facadesOf, free } from "./draft.js";

/**
 * @typedef {import("./draft.js").Plan} Plan
 * @typedef {import("./draft.js").Building} Building
 * @typedef {import("./draft.js").Facade} Facade
 * @typedef {import("./draft.js").Place} Place
 * @typedef {{number: number, left: Place, right: Place, length_m: number, zh: string, en: string}} Edge
 *   number: from its corner n to the next, from 1. left, right: seen from outside. zh, en: where it looks.
 */

/** About so broad is a bay, and shorter edges are none. As in `outline.py`. */
const BAY_M = 3.6;
const QUARTERS = /** @type {const} */ ([["北", "north"], ["东", "east"], ["南", "south"], ["西", "west"]]);

/** Edges of a footprint, as it was drawn. @param {Building} building @returns {Edge[]} */
export function edgesOf({ footprint }) {
  const turns = footprint.reduce((sum, [x, y], number) => {
    const [next_x, next_y] = footprint[(number + 1) % footprint.length] ?? [x, y];
    return sum + x * next_y - next_x * y;
  }, 0);
  return footprint.map((corner, number) => {
    const next = footprint[(number + 1) % footprint.length] ?? corner;
    // Counter-clockwise around a footprint, outside sees the first corner to the left of the next.
    const [left, right] = turns > 0 ? [corner, next] : [next, corner];
    const [east, north] = [right[0] - left[0], right[1] - left[1]];
    const quarter = ((Math.round((Math.atan2(north, -east) * 180) / Math.PI / 90) % 4) + 4) % 4;
    const [zh, en] = QUARTERS[/** @type {0 | 1 | 2 | 3} */ (quarter)];
    return { number: number + 1, left, right, length_m: Math.hypot(east, north), zh, en };
  });
}

/** Both ends of a facade on the plan; null, where nobody has said where it stands. @param {Plan} plan @param {Facade} facade @returns {[Place, Place] | null} */
export function endsOf(plan, { wall }) {
  if (wall === null) return null;
  if (wall.left && wall.right) return [wall.left, wall.right];
  const building = plan.buildings.find((one) => one.id === wall.building);
  const edge = building && edgesOf(building)[(wall.edge ?? 0) - 1];
  return edge ? [edge.left, edge.right] : null;
}

/** Marks a wall as watched: by a new facade, or by one that is registered and stands nowhere yet. @param {Plan} plan @param {Building} building @param {Edge} edge @param {Facade} [known] */
export function watch(plan, building, edge, known) {
  const wall = { building: building.id, edge: edge.number, left: null, right: null };
  if (known) {
    Object.assign(known, { wall, floors: Math.min(known.floors, building.floors) });
    return;
  }
  const label = facadesOf(plan, building)[0]?.building ?? building.id;
  const id = free((n) => `${plan.estate.id}-${building.id}-${edge.en}${n === 1 ? "" : `-${n}`}`, plan.facades.map((one) => one.id));
  const again = /-(\d+)$/.exec(id.slice(`${plan.estate.id}-${building.id}-${edge.en}`.length))?.[0] ?? "";
  plan.facades.push({
    id,
    name: { zh: `${label} ${edge.zh}立面${again}`, en: `${label} ${edge.en}${again}` },
    building: label,
    floors: building.floors,
    bays: Math.max(Math.round(edge.length_m / BAY_M), 1),
    below: null,
    wall,
    isNew: true,
    cells: null,
    blind: null,
  });
}

/** Marks every wall that is longer than a bay. @param {Plan} plan @param {Building} building */
export function watchAll(plan, building) {
  for (const edge of edgesOf(building)) if (edge.length_m > BAY_M) watch(plan, building, edge);
}

/** One that is registered stays so, with its history, and stands nowhere. @param {Plan} plan @param {Facade} facade */
export function unwatch(plan, facade) {
  if (facade.isNew) plan.facades.splice(plan.facades.indexOf(facade), 1);
  else Object.assign(facade, { wall: null, cells: null, blind: null });
}

/** A building's floors change, and with them its facades that went all the way up. @param {Plan} plan @param {Building} building @param {number} floors */
export function setFloors(plan, building, floors) {
  for (const facade of facadesOf(plan, building)) {
    if (facade.floors === building.floors || facade.floors > floors) facade.floors = floors;
  }
  building.floors = floors;
}

/** Another id for a building, on its facades as well. @param {Plan} plan @param {Building} building @param {string} id */
export function rename(plan, building, id) {
  for (const facade of facadesOf(plan, building)) if (facade.wall) facade.wall.building = id;
  building.id = id;
}

/** Takes a building away, with its facades. @param {Plan} plan @param {number} number */
export function takeBuilding(plan, number) {
  const [building] = plan.buildings.splice(number, 1);
  for (const facade of building ? facadesOf(plan, building) : []) unwatch(plan, facade);
}
