/** How people call the fields of a drawing that the server takes no. */

import { say } from "../words/plan.js";

/** Fields that stand beside the plan by this name. */
const KEYS = /** @type {const} */ (["floors", "storey_height_m", "balcony_depth_m", "rise_m", "height_m", "ground_m", "first_storey_height_m", "radius_m", "thickness_m", "x_m", "y_m", "z_m", "yaw_deg", "pitch_deg", "roll_deg", "focal_mm", "fov_deg", "lon_deg", "lat_deg", "reason"]);

/** @param {Record<string, unknown>} sent What was sent. @returns {(field: string) => string} */
export const calledIn = (sent) => (field) => {
  const steps = field.split(".");
  const last = steps.at(-1) ?? "";
  const key = KEYS.find((one) => one === last);
  const number = Number(steps[1]);
  const thing = /** @type {any} */ (sent[steps[0] ?? ""])?.[Number.isNaN(number) ? (steps[1] ?? "") : number];
  const kind = { buildings: say("building"), facades: say("facade"), cameras: say("camera"), added: say("camera"), occluders: thing?.kind === "tree" ? say("tree") : say("wall") }[steps[0] ?? ""];
  const what = kind === undefined ? "" : `${kind} ${thing?.id ?? (Number.isNaN(number) ? (steps[1] ?? "") : number + 1)}`;
  return [what, key ? say(key) : last === "id" ? say("id") : ""].filter(Boolean).join(" ");
};
