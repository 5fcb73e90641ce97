/** Beside the plan: the numbers of what is chosen, and each facade with its blind cells. */

import { nameOf } from "../lib/i18n.js";
import { html, nothing } from "../lib/lit.js";
import { say } from "../words/plan.js";
import { buildingPanel } from "./building.js";
import { cameraPanel } from "./camera.js";
import { number } from "./numbers.js";

/**
 * @typedef {import("./draft.js").Plan} Plan
 * @typedef {import("./draft.js").Chosen} Chosen
 * @typedef {{changed: () => void, takeAway: () => void, pose: (() => void) | null, choose: (chosen: Chosen) => void,
 *   middle: import("./draft.js").Place, known: Set<string>}} Doing
 *   middle: of what is shown. known: buildings that are entered, whose ids stay.
 */

/** What is chosen, with its numbers. @param {Plan} plan @param {Chosen | null} chosen @param {Doing} doing */
export function chosenPanel(plan, chosen, doing) {
  if (chosen === null) return html`<p class="fine">${say("choose")}</p>${offPlan(plan, doing)}`;
  if (chosen.of === "camera") {
    const camera = plan.cameras[chosen.number];
    return camera ? cameraPanel(plan, camera, doing) : nothing;
  }
  if (chosen.of === "building") {
    const building = plan.buildings[chosen.number];
    return building ? buildingPanel(plan, building, doing) : nothing;
  }
  const thing = plan.occluders[chosen.number];
  if (thing === undefined) return nothing;
  /** @type {["height_m", "radius_m" | "thickness_m"]} */
  const keys = thing.kind === "tree" ? ["height_m", "radius_m"] : ["height_m", "thickness_m"];
  const numbers = /** @type {Record<string, number>} */ (/** @type {unknown} */ (thing));
  return html`<h3>${say(thing.kind)}</h3>
    <div class="numbers">${keys.map((key) => {
      const set = (/** @type {number} */ value) => {
        numbers[key] = value;
        doing.changed();
      };
      return number(say(key), numbers[key] ?? null, set, { name: key });
    })}</div>
    <button type="button" @click=${doing.takeAway}>${say("take_away")}</button>`;
}

/** Cameras that cannot be clicked on the plan. @param {Plan} plan @param {Doing} doing */
function offPlan({ cameras }, doing) {
  const off = cameras.flatMap((camera, number) => (camera.mount === null ? [{ camera, number }] : []));
  if (off.length === 0) return nothing;
  return html`<h3>${say("off_plan")}</h3>
    <div class="actions">${off.map(({ camera, number }) => html`<button type="button" @click=${() => doing.choose({ of: "camera", number })}>${nameOf(camera.name)}</button>`)}</div>`;
}

/** @param {Plan} plan @param {Map<string, number>} before Blind cells of each facade in the version before. */
export function facadeTable(plan, before) {
  const rows = [...plan.facades].sort((one, other) => (other.blind ?? -1) - (one.blind ?? -1));
  if (rows.length === 0) return html`<p class="fine">${say("no_facades")}</p>`;
  return html`<table class="facade-table">
    <thead><tr><th scope="col">${say("facades")}</th><th scope="col">${say("blind")}</th></tr></thead>
    <tbody>${rows.map((facade) => {
      const old = before.get(facade.id);
      const moved = old !== undefined && old !== facade.blind;
      return html`<tr data-blind-of=${facade.id}><th scope="row">${nameOf(facade.name)}</th>
        <td>${facade.cells === null ? say(facade.wall === null ? "facade_unmodelled" : "facade_unsaved") : html`${moved ? html`<b>${say("blind_moved", { before: old, after: facade.blind ?? 0 })}</b>` : facade.blind} <span class="fine">/ ${facade.cells}</span>`}</td></tr>`;
    })}</tbody>
  </table>`;
}
