/** Beside the plan: the numbers of what is chosen, and each facade with its blind cells. */

import { dayTime } from "../lib/format.js";
import { nameOf } from "../lib/i18n.js";
import { html, nothing } from "../lib/lit.js";
import { mark } from "../lib/marks.js";
import { say } from "../words/plan.js";

/**
 * @typedef {import("./draft.js").Plan} Plan
 * @typedef {import("./draft.js").Chosen} Chosen
 * @typedef {{changed: () => void, takeAway: () => void, pose: (() => void) | null}} Doing
 * @typedef {"x_m" | "y_m" | "z_m" | "yaw_deg" | "pitch_deg" | "roll_deg" | "focal_mm" | "fov_deg" | "floors" | "storey_height_m" | "height_m" | "radius_m" | "thickness_m"} Key
 */

/** What is chosen, with its numbers. @param {Plan} plan @param {Chosen | null} chosen @param {Doing} doing */
export function chosenPanel(plan, chosen, doing) {
  if (chosen === null) return html`<p class="fine">${say("choose")}</p>`;
  if (chosen.of === "camera") return cameraPanel(plan, chosen.number, doing);
  const thing = chosen.of === "building" ? plan.buildings[chosen.number] : plan.occluders[chosen.number];
  if (thing === undefined) return nothing;
  const isBuilding = chosen.of === "building";
  /** @type {Key[]} */
  const keys = isBuilding ? ["floors", "storey_height_m"] : "radius_m" in thing ? ["height_m", "radius_m"] : ["height_m", "thickness_m"];
  const isUsed = isBuilding && plan.facades.some((facade) => facade.left_m !== null && onIt(/** @type {import("./draft.js").Building} */ (thing), facade.left_m));
  const what = isBuilding ? `${say("building")} ${"id" in thing ? thing.id : ""}` : say(/** @type {"tree" | "wall"} */ ("kind" in thing ? thing.kind : "wall"));
  return html`<h3>${what}</h3>
    <div class="numbers">${keys.map((key) => number(/** @type {Record<string, unknown>} */ (thing), key, doing))}</div>
    ${isUsed ? nothing : html`<button type="button" @click=${doing.takeAway}>${say("take_away")}</button>`}`;
}

/** @param {Plan} plan @param {number} place @param {Doing} doing */
function cameraPanel(plan, place, doing) {
  const camera = plan.cameras[place];
  if (camera === undefined) return nothing;
  const { mount, lens } = camera;
  const seen = Object.entries(camera.watches);
  return html`<h3 data-testid="chosen">${nameOf(camera.name)}</h3>
    ${camera.doubted_since === null ? nothing : html`<p class="doubt">${mark("high")} ${say("doubted", { at: dayTime(camera.doubted_since) })}</p>`}
    ${mount === null || lens === null
      ? html`<p class="fine">${say("not_modelled")}</p>`
      : html`<div class="numbers">
          ${/** @type {const} */ (["x_m", "y_m", "z_m", "yaw_deg", "pitch_deg", "roll_deg"]).map((key) => number(mount, key, doing))}
          ${number(/** @type {Record<string, unknown>} */ (lens), lens.focal_mm === null ? "fov_deg" : "focal_mm", doing)}
        </div>`}
    <p class="fine">${seen.length === 0 ? say("watches_nothing") : html`${say("watches")} ${seen.map(([facade, count]) => html`<span class="seen">${nameOf(plan.facades.find((one) => one.id === facade)?.name ?? { zh: facade, en: facade })} ${say("cells", { n: count })}</span>`)}`}</p>
    ${lens === null ? nothing : html`<button type="button" ?disabled=${doing.pose === null} title=${doing.pose === null ? say("pose_after_saving") : nothing} @click=${doing.pose ?? nothing}>${say("pose")}</button>`}`;
}

/** A number that may be changed. @param {Record<string, unknown>} of @param {Key} key @param {Doing} doing */
function number(of, key, doing) {
  const set = (/** @type {Event} */ event) => {
    const typed = /** @type {HTMLInputElement} */ (event.target).valueAsNumber;
    if (!Number.isFinite(typed)) return;
    of[key] = typed;
    doing.changed();
  };
  return html`<label>${say(key)}<input type="number" step="any" name=${key} .value=${String(of[key])} @change=${set} /></label>`;
}

/** Whether a facade begins at one of a building's corners or edges, about. @param {import("./draft.js").Building} building @param {import("./draft.js").Place} place */
function onIt(building, place) {
  return building.footprint.some((corner, number) => {
    const next = building.footprint[(number + 1) % building.footprint.length] ?? corner;
    const [east, north] = [next[0] - corner[0], next[1] - corner[1]];
    const share = Math.min(Math.max(((place[0] - corner[0]) * east + (place[1] - corner[1]) * north) / (east * east + north * north), 0), 1);
    return Math.hypot(corner[0] + share * east - place[0], corner[1] + share * north - place[1]) < 1.5;
  });
}

/** @param {Plan} plan @param {Map<string, number>} before Blind cells of each facade in the version before. */
export function facadeTable(plan, before) {
  const rows = [...plan.facades].sort((one, other) => (other.blind ?? -1) - (one.blind ?? -1));
  return html`<table class="facade-table">
    <thead><tr><th scope="col">${say("facades")}</th><th scope="col">${say("blind")}</th></tr></thead>
    <tbody>${rows.map((facade) => {
      const old = before.get(facade.id);
      const moved = old !== undefined && old !== facade.blind;
      return html`<tr data-blind-of=${facade.id}><th scope="row">${nameOf(facade.name)}</th>
        <td>${facade.cells === null ? say("facade_unmodelled") : html`${moved ? html`<b>${say("blind_moved", { before: old, after: facade.blind ?? 0 })}</b>` : facade.blind} <span class="fine">/ ${facade.cells}</span>`}</td></tr>`;
    })}</tbody>
  </table>`;
}
