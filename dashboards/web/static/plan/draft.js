/** The plan as it is being drawn: a copy of what holds, what is chosen in it, and how things move and turn. */

/**
 * @typedef {import("../lib/types.js").Named} Named
 * @typedef {[x: number, y: number]} Place
 * @typedef {{x_m: number, y_m: number, z_m: number, yaw_deg: number, pitch_deg: number, roll_deg: number}} Mount
 * @typedef {{focal_mm: number | null, sensor_mm: [number, number] | null, fov_deg: number | null, distortion: number[], centre: Place}} Lens
 * @typedef {{id: string, footprint: Place[], floors: number, storey_height_m: number, [more: string]: unknown}} Building
 * @typedef {{kind: "tree", at: Place, radius_m: number, height_m: number, [more: string]: unknown}} Tree
 * @typedef {{kind: "wall", line: Place[], height_m: number, thickness_m: number, [more: string]: unknown}} Wall
 * @typedef {Named & {mount: Mount | null, lens: Lens | null, resolution: [number, number] | null, masks: Place[][],
 *   half_deg: number | null, watches: Record<string, number>, doubted_since: string | null}} Camera
 * @typedef {Named & {building: string, floors: number, bays: number, left_m: Place | null, right_m: Place | null,
 *   cells: number | null, blind: number | null}} Facade
 * @typedef {{now: string, estate: Named, version: number, entered_at: string | null, entered_by: string | null,
 *   buildings: Building[], occluders: (Tree | Wall)[], facades: Facade[], cameras: Camera[], cells: number, blind: number}} Plan
 * @typedef {{of: "camera" | "building" | "occluder", number: number}} Chosen
 */

/** What is drawn is kept to a centimetre. @param {number} value */
export const rounded = (value) => Math.round(value * 100) / 100;

/** @param {Plan} plan @returns {Plan} */
export const copied = (plan) => structuredClone(plan);

/** Moves a thing. @param {Plan} plan @param {Chosen} chosen @param {number} east @param {number} north */
export function move(plan, chosen, east, north) {
  /** @param {Place} place @returns {Place} */
  const moved = ([x, y]) => [rounded(x + east), rounded(y + north)];
  if (chosen.of === "camera") {
    const mount = plan.cameras[chosen.number]?.mount;
    if (mount) [mount.x_m, mount.y_m] = moved([mount.x_m, mount.y_m]);
  } else if (chosen.of === "building") {
    const building = plan.buildings[chosen.number];
    if (building) building.footprint = building.footprint.map(moved);
  } else {
    const thing = plan.occluders[chosen.number];
    if (thing?.kind === "tree") thing.at = moved(thing.at);
    else if (thing) thing.line = thing.line.map(moved);
  }
}

/** Turns a camera to a yaw. @param {Plan} plan @param {Chosen} chosen @param {number} yaw_deg */
export function turn(plan, chosen, yaw_deg) {
  const mount = chosen.of === "camera" ? plan.cameras[chosen.number]?.mount : null;
  if (mount) mount.yaw_deg = Math.round((((yaw_deg % 360) + 360) % 360) * 10) / 10;
}

/** What the server is sent: everything that stands, and the cameras that hang otherwise than before. @param {Plan} plan @param {Plan} before @param {string} reason */
export function drawingOf(plan, before, reason) {
  const hung = plan.cameras.filter((camera, number) => {
    const old = before.cameras[number];
    return camera.mount && camera.lens && camera.resolution && JSON.stringify([camera.mount, camera.lens]) !== JSON.stringify([old?.mount, old?.lens]);
  });
  return {
    replaces: before.version,
    reason,
    buildings: plan.buildings,
    occluders: plan.occluders,
    cameras: Object.fromEntries(hung.map(({ id, mount, lens, resolution, masks }) => [id, { mount, lens, resolution, masks }])),
  };
}

/** An id that no building has yet. @param {Plan} plan */
export function freeId(plan) {
  const taken = new Set(plan.buildings.map((building) => building.id));
  let number = plan.buildings.length + 1;
  while (taken.has(`new-${number}`)) number += 1;
  return `new-${number}`;
}
