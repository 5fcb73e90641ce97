/** The way down: estate, building, facade, cell, camera. What lies below a step is left when that is taken anew. */

import { addressOf } from "../lib/address.js";
import { nameOf } from "../lib/i18n.js";
import { html } from "../lib/lit.js";
import { say as sayCells } from "../words/coverage.js";
import { say } from "../words/oversight.js";

/** @typedef {import("../lib/types.js").Name} Name */
/** @typedef {ReturnType<typeof bureauAddress>} BureauAddress */

const KEYS = /** @type {const} */ (["month", "by", "reverse", "of", "view", "estate", "building", "facade", "cell", "camera"]);

/** @param {(before: Record<typeof KEYS[number], string>) => void} onTurn */
export function bureauAddress(onTurn) {
  return addressOf(KEYS, onTurn);
}

/** @param {string} estate */
export function toEstate(estate) {
  return toBuilding(estate, "");
}

/** @param {string} estate @param {string} building */
export function toBuilding(estate, building) {
  return { estate, building, facade: "", cell: "", camera: "" };
}

/** With its cells. @param {string} estate @param {string} building @param {string} facade */
export function toFacade(estate, building, facade) {
  return { ...toBuilding(estate, building), facade, view: "" };
}

/**
 * Where one is, each step above it a link.
 *
 * @param {BureauAddress} address
 * @param {{estate: Name | null, building: Name | null, facade: Name | null, camera: Name | null}} called
 */
export function trail(address, called) {
  const { estate, building, facade, cell, camera } = address.at;
  const [floor = "", bay = ""] = cell.split("-");
  /** @type {[string, Parameters<BureauAddress["link"]>[0], string][]} */
  const steps = [["all", toEstate(""), say("all_estates")]];
  if (called.estate) steps.push(["estate", toEstate(estate), nameOf(called.estate)]);
  if (building && called.building) steps.push(["building", toBuilding(estate, building), nameOf(called.building)]);
  if (facade && called.facade) steps.push(["facade", toFacade(estate, building, facade), nameOf(called.facade)]);
  if (cell) steps.push(["cell", { camera: "" }, sayCells("cell", { floor, bay })]);
  if (camera) steps.push(["camera", {}, called.camera ? nameOf(called.camera) : camera]);
  return html`<nav class="trail" aria-label=${say("trail")} data-testid="trail"><ol>${steps.map(([step, change, name], i) => html`<li data-step=${step}>
    ${i === steps.length - 1 ? html`<span aria-current="page">${name}</span>` : address.link(change, name)}</li>`)}</ol></nav>`;
}
