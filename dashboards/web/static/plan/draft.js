/** The plan as it is being drawn: a copy of what holds, what is chosen in it, and how things move and turn. */

/**
 * @typedef {import("../lib/types.js").Named} Named
 * @typedef {[x: number, y: number]} Place
 * @typedef {{x_m: number, y_m: number, z_m: number, yaw_deg: number, pitch_deg: number, roll_deg: number}} Mount
 * @typedef {{focal_mm: number | null, sensor_mm: [number, number] | null, fov_deg: number | null, distortion?: number[], centre?: Place}} Lens
 * @typedef {{id: string, footprint: Place[], floors: number, storey_height_m: number, [more: string]: unknown}} Building
 * @typedef {{kind: "tree", at: Place, radius_m: number, height_m: number, [more: string]: unknown}} Tree
 * @typedef {{kind: "wall", line: Place[], height_m: number, thickness_m: number, [more: string]: unknown}} Wall
 * @typedef {{building: string, edge: number | null, left: Place | null, right: Place | null}} Side Which wall a facade is.
 * @typedef {Named & {agent: string, planned: boolean, isNew?: boolean, mount: Mount | null, lens: Lens | null, resolution: [number, number] | null,
 *   masks: Place[][], half_deg: number | null, watches: Record<string, number>, doubted_since: string | null}} Camera
 * @typedef {Named & {building: string, floors: number, bays: number, below: unknown, wall: Side | null, isNew?: boolean,
 *   cells: number | null, blind: number | null}} Facade
 * @typedef {{lon_deg: number, lat_deg: number}} Origin
 * @typedef {{now: string, estate: Named, version: number, entered_at: string | null, entered_by: string | null, origin: Origin | null,
 *   buildings: Building[], occluders: (Tree | Wall)[], facades: Facade[], cameras: Camera[], boxes: Named[],
 *   offers: {id: string, lens: Lens, resolution: [number, number]}[], allowed?: unknown,
 *   cells: number, blind: number}} Plan
 * @typedef {{of: "camera" | "building" | "occluder", number: number}} Chosen
 */

/** What is drawn is kept to a centimetre. @param {number} value */
export const rounded = (value) => Math.round(value * 100) / 100;

/** @param {Plan} plan @returns {Plan} */
export const copied = (plan) => structuredClone(plan);

/** @param {Place} place @param {number} east @param {number} north @returns {Place} */
const moved = ([x, y], east, north) => [rounded(x + east), rounded(y + north)];

/** Which way another place lies, 0…360° from north over east. @param {Place} from @param {Place} to */
export const bearing = ([x, y], [east, north]) => ((Math.atan2(east - x, north - y) * 180) / Math.PI + 360) % 360;

/** Moves a thing, a building with the ends of its facades. @param {Plan} plan @param {Chosen} chosen @param {number} east @param {number} north */
export function move(plan, chosen, east, north) {
  const shift = (/** @type {Place} */ place) => moved(place, east, north);
  if (chosen.of === "camera") {
    const mount = plan.cameras[chosen.number]?.mount;
    if (mount) [mount.x_m, mount.y_m] = shift([mount.x_m, mount.y_m]);
  } else if (chosen.of === "building") {
    const building = plan.buildings[chosen.number];
    if (!building) return;
    building.footprint = building.footprint.map(shift);
    for (const { wall } of facadesOf(plan, building)) {
      if (wall?.left && wall.right) [wall.left, wall.right] = [shift(wall.left), shift(wall.right)];
    }
  } else {
    const thing = plan.occluders[chosen.number];
    if (thing?.kind === "tree") thing.at = shift(thing.at);
    else if (thing) thing.line = thing.line.map(shift);
  }
}

/** Turns a camera to a yaw. @param {Plan} plan @param {Chosen} chosen @param {number} yaw_deg */
export function turn(plan, chosen, yaw_deg) {
  const mount = chosen.of === "camera" ? plan.cameras[chosen.number]?.mount : null;
  if (mount) mount.yaw_deg = Math.round((((yaw_deg % 360) + 360) % 360) * 10) / 10;
}

/** Which facades are walls of a building. @param {Plan} plan @param {Building} building */
export const facadesOf = (plan, building) => plan.facades.filter((facade) => facade.wall?.building === building.id);

/** What the server is sent: everything that stands, and the cameras that hang otherwise than before. @param {Plan} plan @param {Plan} before @param {string} reason */
export function drawingOf(plan, before, reason) {
  const old = new Map(before.cameras.map((camera) => [camera.id, camera]));
  /** @param {Camera} camera */
  const hung = ({ mount, lens, resolution, masks }) => (mount && lens && resolution ? { mount, lens, resolution, masks } : null);
  const parts = (/** @type {Camera | undefined} */ camera) => JSON.stringify([camera?.mount, camera?.lens, camera?.resolution]);
  const known = plan.cameras.filter((camera) => old.has(camera.id) && parts(camera) !== parts(old.get(camera.id)));
  const added = plan.cameras.filter((camera) => !old.has(camera.id));
  return {
    replaces: before.version,
    reason,
    origin: plan.origin,
    allowed: plan.allowed ?? null,
    buildings: plan.buildings,
    occluders: plan.occluders,
    facades: plan.facades.map(({ id, name, building, floors, bays, below, wall }) => ({ id, name, building, floors, bays, below, wall })),
    cameras: Object.fromEntries(known.map((camera) => [camera.id, hung(camera)])),
    added: added.map((camera) => ({ id: camera.id, name: camera.name, agent: camera.agent, ...hung(camera) })),
  };
}

/** The first of `stem` with a number behind it that nothing has yet. @param {(number: number) => string} called @param {Iterable<string>} taken */
export function free(called, taken) {
  const known = new Set(taken);
  let number = 1;
  while (known.has(called(number))) number += 1;
  return called(number);
}
