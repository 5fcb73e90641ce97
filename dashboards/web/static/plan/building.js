/** A building's numbers, and which of its walls are watched. */

import { nameOf } from "../lib/i18n.js";
import { html, nothing } from "../lib/lit.js";
import { say } from "../words/plan.js";
import { facadesOf } from "./draft.js";
import { edgesOf, rename, setFloors, unwatch, watch, watchAll } from "./facades.js";
import { choice, names, number, text } from "./numbers.js";

/**
 * @typedef {import("./draft.js").Plan} Plan
 * @typedef {import("./draft.js").Building} Building
 * @typedef {import("./draft.js").Facade} Facade
 */

const NONE = "";
const NEW = "+";

/** @param {Plan} plan @param {Building} building @param {import("./panel.js").Doing} doing */
export function buildingPanel(plan, building, doing) {
  const then = (/** @type {() => void} */ change) => {
    change();
    doing.changed();
  };
  const { roof } = /** @type {{roof?: {kind: string, rise_m: number}}} */ (building);
  /** @param {"first_storey_height_m" | "height_m" | "ground_m"} key @param {number | null} without */
  const optional = (key, without) => {
    const set = (/** @type {number | null} */ value) => then(() => (building[key] = value));
    return number(say(key === "height_m" ? "walls_m" : key), /** @type {number | null} */ (building[key] ?? without), set, { name: key, clear: () => set(without) });
  };
  const own = facadesOf(plan, building);
  const unplaced = plan.facades.filter((facade) => facade.wall === null);
  return html`<h3>${say("building")} ${building.id}</h3>
    <div class="numbers">
      ${doing.known.has(building.id) ? nothing : text(say("building_id"), building.id, (value) => then(() => rename(plan, building, value)), { name: "building_id", isId: true })}
      ${number(say("floors"), building.floors, (value) => then(() => setFloors(plan, building, Math.round(value))), { name: "floors", min: 1, step: "1" })}
      ${number(say("storey_height_m"), building.storey_height_m, (value) => then(() => (building.storey_height_m = value)), { name: "storey_height_m" })}
      ${number(say("balcony_depth_m"), /** @type {number} */ (building.balcony_depth_m ?? 1.5), (value) => then(() => (building.balcony_depth_m = value)), { name: "balcony_depth_m", min: 0 })}
      ${choice(say("roof"), roof?.kind ?? "flat", [["flat", say("roof_flat")], ["pitched", say("roof_pitched")]], (kind) => then(() => (building.roof = { kind, rise_m: roof?.rise_m ?? 0 })))}
      ${number(say("rise_m"), roof?.rise_m ?? 0, (value) => then(() => (building.roof = { kind: roof?.kind ?? "flat", rise_m: value })), { name: "rise_m", min: 0 })}
    </div>
    <details><summary class="fine">${say("more_numbers")}</summary><div class="numbers">${optional("first_storey_height_m", null)}${optional("height_m", null)}${optional("ground_m", 0)}</div></details>
    <h3>${say("walls")}</h3>
    <p class="fine">${say("walls_hint")}</p>
    <ol class="walls">${edgesOf(building).map((edge) => {
      const facade = own.find((one) => one.wall?.edge === edge.number);
      const set = (/** @type {string} */ value) =>
        then(() => {
          if (facade) unwatch(plan, facade);
          if (value !== NONE) watch(plan, building, edge, unplaced.find((one) => one.id === value));
        });
      /** @type {[string, string][]} */
      const choices = facade
        ? [[facade.id, nameOf(facade.name)], [NONE, say("unwatched")]]
        : [[NONE, say("unwatched")], [NEW, say("new_facade")], ...unplaced.map((one) => /** @type {[string, string]} */ ([one.id, nameOf(one.name)]))];
      return html`<li data-edge=${edge.number}>
        ${choice(say("edge_of", { n: edge.number, side: nameOf({ zh: edge.zh, en: edge.en }), length: edge.length_m.toFixed(1) }), facade?.id ?? NONE, choices, set)}
        ${facade ? facadeFields(facade, edge.length_m, then) : nothing}
      </li>`;
    })}</ol>
    ${own.filter((facade) => facade.wall?.edge === null).map((facade) => html`<p class="fine">${say("wall_between", { facade: nameOf(facade.name) })}</p>`)}
    <div class="actions">
      ${own.length === 0 ? html`<button type="button" @click=${() => then(() => watchAll(plan, building))}>${say("watch_all")}</button>` : nothing}
      <button type="button" @click=${doing.takeAway}>${say("take_away_building")}</button>
    </div>`;
}

/** @param {Facade} facade @param {number} length_m @param {(change: () => void) => void} then */
function facadeFields(facade, length_m, then) {
  return html`<div class="numbers">
    ${number(say("bay_m", { n: facade.bays }), Math.round((length_m / facade.bays) * 100) / 100, (value) => then(() => (facade.bays = Math.max(Math.round(length_m / Math.max(value, 0.1)), 1))), { name: "bay_m", min: 0.5 })}
    ${number(say("facade_floors"), facade.floors, (value) => then(() => (facade.floors = Math.round(value))), { name: "facade_floors", min: 1, step: "1" })}
  </div>
  <details><summary class="fine">${say("names_and_id", { id: facade.id })}</summary><div class="numbers">
    ${facade.isNew ? text(say("facade_id"), facade.id, (value) => then(() => (facade.id = value)), { name: "facade_id", isId: true }) : nothing}
    ${names(facade, then)}
  </div></details>`;
}
