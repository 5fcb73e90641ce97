/** The form for an order that a person makes: a finding, a complaint, an inspection, a blind spot. */

import { fieldsOf } from "../lib/form.js";
import { nameOf } from "../lib/i18n.js";
import { html } from "../lib/lit.js";
import { say } from "../words/orders.js";

/** @typedef {import("../lib/types.js").Grounds} Grounds */
/** @typedef {Record<string, string | number | null>} Opening */

const SOURCES = /** @type {const} */ (["patrol", "complaint", "inspection", "blind_spot"]);
const SEVERITIES = /** @type {const} */ (["warning", "serious", "critical"]);

/** @param {Grounds[]} places @param {(opening: Opening, picture: File | null) => void} save @param {() => void} leave @param {boolean} busy */
export function openingForm(places, save, leave, busy) {
  /** @param {SubmitEvent} event */
  const submit = (event) => {
    const field = fieldsOf(event);
    const text = (/** @type {string} */ name) => field(name).trim();
    const number = (/** @type {string} */ name) => (text(name) === "" ? null : Number(text(name)));
    const [estate, facade] = text("place").split("/");
    const place = placeOf(/** @type {HTMLFormElement} */ (event.target));
    place.setCustomValidity(text("source") === "blind_spot" && !facade ? say("blind_spot_where") : "");
    if (!place.reportValidity()) return;
    const picture = new FormData(/** @type {HTMLFormElement} */ (event.target)).get("picture");
    const opening = {
      source: text("source"), severity: text("severity"), title: text("title"), detail: text("detail"), reference: text("reference"),
      estate: estate ?? "", facade: facade || null, floor: facade ? number("floor") : null, bay: facade ? number("bay") : null,
    };
    save(opening, picture instanceof File && picture.size > 0 ? picture : null);
  };
  return html`<form class="opening" data-testid="opening" @submit=${submit} @change=${(/** @type {Event} */ event) => placeOf(/** @type {HTMLFormElement} */ (event.currentTarget)).setCustomValidity("")}>
    <h2>${say("new_order")}</h2>
    <p class="fine">${say("new_hint")}</p>
    <div class="pair">
      <label>${say("source")}<select name="source" data-testid="new-source">${SOURCES.map((source) => html`<option value=${source}>${say(source)}</option>`)}</select></label>
      <label>${say("severity")}<select name="severity" data-testid="new-severity">${SEVERITIES.map((severity) => html`<option value=${severity} ?selected=${severity === "serious"}>${say(severity)}</option>`)}</select></label>
    </div>
    <label>${say("title")}<input name="title" required maxlength="120" placeholder=${say("title_example")} data-testid="new-title" /></label>
    <label>${say("place")}<select name="place" data-testid="new-place">${places.map((estate) => html`
      <option value=${`${estate.id}/`}>${say("whole_estate", { name: nameOf(estate.name) })}</option>
      ${estate.facades.map((facade) => html`<option value=${`${estate.id}/${facade.id}`}>${nameOf(estate.name)} · ${nameOf(facade.name)}</option>`)}`)}
    </select></label>
    <div class="pair">
      <label>${say("floor_is")}<input name="floor" type="number" min="1" max="200" inputmode="numeric" data-testid="new-floor" /></label>
      <label>${say("bay_is")}<input name="bay" type="number" min="1" max="200" inputmode="numeric" /></label>
    </div>
    <label>${say("detail")}<textarea name="detail" rows="3" maxlength="2000"></textarea></label>
    <label>${say("reference")}<input name="reference" maxlength="64" placeholder=${say("reference_example")} /></label>
    <label>${say("photo_before")}<input name="picture" type="file" accept="image/jpeg,image/png" data-testid="new-picture" /></label>
    <div class="pair">
      <button type="submit" class="primary" data-testid="save" ?disabled=${busy}>${say("save")}</button>
      <button type="button" @click=${leave}>${say("back")}</button>
    </div>
  </form>`;
}

/** @param {HTMLFormElement} form */
function placeOf(form) {
  return /** @type {HTMLSelectElement} */ (form.elements.namedItem("place"));
}
