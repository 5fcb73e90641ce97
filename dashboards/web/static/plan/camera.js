/** A camera's numbers: where it hangs, where it looks, which lens before which sensor; and a planned one, new. */

import { dayTime } from "../lib/format.js";
import { nameOf } from "../lib/i18n.js";
import { html, nothing } from "../lib/lit.js";
import { mark } from "../lib/marks.js";
import { say } from "../words/plan.js";
import { bearing, free } from "./draft.js";
import { choice, names, number, text } from "./numbers.js";

/**
 * @typedef {import("./draft.js").Plan} Plan
 * @typedef {import("./draft.js").Camera} Camera
 * @typedef {import("./draft.js").Place} Place
 */

const OTHER = "";
/** Where a camera hangs that was just put on the plan: on a pole, looking up at what stands next to it. */
const POLE_M = 6;
const UP_DEG = 20;

/** A camera that is planned. @param {Plan} plan @param {Place} place */
export function addCamera(plan, place) {
  const id = free((n) => `${plan.estate.id}-cam-${n}`, plan.cameras.map((camera) => camera.id));
  const number = id.slice(`${plan.estate.id}-cam-`.length);
  const agent = plan.boxes.at(-1)?.id ?? `${plan.estate.id}-box-1`;
  plan.cameras.push({
    id,
    name: { zh: `摄像机 ${number}`, en: `Camera ${number}` },
    agent,
    planned: true,
    isNew: true,
    ...onPole(plan, place),
    masks: [],
    watches: {},
    doubted_since: null,
  });
}

/** As one hangs that was just put on the plan. @param {Plan} plan @param {Place} place */
function onPole(plan, [x_m, y_m]) {
  const mount = { x_m, y_m, z_m: POLE_M, yaw_deg: toward(plan, [x_m, y_m]), pitch_deg: UP_DEG, roll_deg: 0 };
  return { mount, half_deg: null, ...lensOf(plan, plan.offers[0]?.id ?? OTHER) };
}

/** The way to the building next to a place. @param {Plan} plan @param {Place} place */
function toward({ buildings }, place) {
  const middles = buildings.map(({ footprint }) => /** @type {Place} */ ([0, 1].map((axis) => footprint.reduce((sum, corner) => sum + (corner[axis] ?? 0), 0) / footprint.length)));
  const far = (/** @type {Place} */ [x, y]) => Math.hypot(x - place[0], y - place[1]);
  const [next] = middles.sort((one, other) => far(one) - far(other));
  return next ? Math.round(bearing(place, next)) : 0;
}

/** @param {Plan} plan @param {string} offer */
function lensOf(plan, offer) {
  const found = plan.offers.find((one) => one.id === offer);
  return structuredClone({ lens: found?.lens ?? { focal_mm: 6, sensor_mm: /** @type {[number, number]} */ ([7.68, 4.32]), fov_deg: null }, resolution: found?.resolution ?? /** @type {[number, number]} */ ([3840, 2160]) });
}

/** Half the angle that its picture is broad, degrees; of one that the server has not told of, without distortion. @param {Camera} camera */
export function halfOf({ half_deg, lens, mount, resolution }) {
  if (half_deg !== null) return half_deg;
  const onSide = mount !== null && Math.abs(Math.abs(mount.roll_deg) - 90) < 45;
  if (!lens) return 30;
  const [width, height] = lens.sensor_mm ?? resolution ?? [16, 9];
  const tan = lens.focal_mm && lens.sensor_mm ? width / 2 / lens.focal_mm : Math.tan(((lens.fov_deg ?? 60) * Math.PI) / 360);
  return (Math.atan(onSide ? (tan * height) / width : tan) * 180) / Math.PI;
}

/** @param {Plan} plan @param {Camera} camera @param {import("./panel.js").Doing} doing */
export function cameraPanel(plan, camera, doing) {
  const then = (/** @type {() => void} */ change) => {
    change();
    doing.changed();
  };
  const seen = Object.entries(camera.watches);
  return html`<h3 data-testid="chosen">${nameOf(camera.name)} ${camera.planned ? html`<span class="planned">${say("planned")}</span>` : nothing}</h3>
    ${camera.doubted_since === null ? nothing : html`<p class="doubt">${mark("high")} ${say("doubted", { at: dayTime(camera.doubted_since) })}</p>`}
    ${camera.isNew ? identity(plan, camera, then) : nothing}
    ${camera.mount === null ? html`<p class="fine">${say("not_modelled")}</p>` : hung(plan, camera, then)}
    ${camera.isNew ? nothing : html`<p class="fine">${seen.length === 0 ? say("watches_nothing") : html`${say("watches")} ${seen.map(([facade, count]) => html`<span class="seen">${nameOf(plan.facades.find((one) => one.id === facade)?.name ?? { zh: facade, en: facade })} ${say("cells", { n: count })}</span>`)}`}</p>`}
    <div class="actions">
      ${camera.lens === null || camera.isNew ? nothing : html`<button type="button" ?disabled=${doing.pose === null} title=${doing.pose === null ? say("pose_after_saving") : nothing} @click=${doing.pose ?? nothing}>${say("pose")}</button>`}
      ${camera.mount === null
        ? html`<button type="button" @click=${() => then(() => Object.assign(camera, onPole(plan, doing.middle)))}>${say("hang")}</button>`
        : html`<button type="button" @click=${doing.takeAway}>${say(camera.isNew ? "take_away" : "take_down")}</button>`}
    </div>`;
}

/** Who a new camera is. @param {Plan} plan @param {Camera} camera @param {(change: () => void) => void} then */
function identity(plan, camera, then) {
  const boxes = new Map(plan.boxes.map((box) => [box.id, nameOf(box.name)]));
  for (const { agent } of plan.cameras) if (!boxes.has(agent)) boxes.set(agent, agent);
  const fresh = free((n) => `${plan.estate.id}-box-${n}`, boxes.keys());
  boxes.set(fresh, say("new_box", { id: fresh }));
  return html`<p class="fine">${say("planned_hint")}</p>
    <div class="numbers">
      ${text(say("camera_id"), camera.id, (value) => then(() => (camera.id = value)), { name: "camera_id", isId: true })}
      ${choice(say("box"), camera.agent, [...boxes], (value) => then(() => (camera.agent = value)))}
      ${names(camera, then)}
    </div>`;
}

/** @param {Plan} plan @param {Camera} camera @param {(change: () => void) => void} then */
function hung(plan, camera, then) {
  const { mount, lens, resolution } = camera;
  if (mount === null || lens === null || resolution === null) return nothing;
  const optics = (/** @type {() => void} */ change) =>
    then(() => {
      change();
      camera.half_deg = null;
    });
  const sensor = lens.sensor_mm;
  const offer = plan.offers.find((one) => one.lens.focal_mm === lens.focal_mm && one.lens.fov_deg === lens.fov_deg && String(one.lens.sensor_mm) === String(sensor) && String(one.resolution) === String(resolution));
  return html`<div class="numbers">
    ${/** @type {const} */ (["x_m", "y_m", "z_m", "yaw_deg", "pitch_deg", "roll_deg"]).map((key) => number(say(key), mount[key], (value) => optics(() => (mount[key] = value)), { name: key }))}
    ${choice(say("lens"), offer?.id ?? OTHER, [...(offer ? [] : [/** @type {[string, string]} */ ([OTHER, say("lens_other")])]), ...plan.offers.map((one) => /** @type {[string, string]} */ ([one.id, one.id]))], (value) => optics(() => Object.assign(camera, lensOf(plan, value))))}
    ${lens.focal_mm === null
      ? number(say("fov_deg"), lens.fov_deg, (value) => optics(() => (lens.fov_deg = value)), { name: "fov_deg" })
      : number(say("focal_mm"), lens.focal_mm, (value) => optics(() => (lens.focal_mm = value)), { name: "focal_mm" })}
    ${sensor ? [0, 1].map((side) => number(say(side === 0 ? "sensor_width" : "sensor_height"), sensor[side] ?? null, (value) => optics(() => (sensor[side] = value)))) : nothing}
    ${[0, 1].map((side) => number(say(side === 0 ? "width_px" : "height_px"), resolution[side] ?? null, (value) => optics(() => (resolution[side] = Math.round(value))), { step: "1" }))}
  </div>`;
}
