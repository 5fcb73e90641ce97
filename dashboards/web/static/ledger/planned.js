/** Maintenance that was announced, and the form that announces one. */

import { fieldsOf } from "../lib/form.js";
import { dayTime } from "../lib/format.js";
import { nameOf, personOf } from "../lib/i18n.js";
import { html, nothing } from "../lib/lit.js";
import { sign } from "../lib/marks.js";
import { currentUser } from "../lib/shell.js";
import { say } from "../words/ledger.js";

/** @typedef {import("../lib/types.js").Ledger} Ledger */
/** @typedef {{camera: string | null, begins_at: string, ends_at: string, reason: string}} Announcing */

/** Who may announce it; the server says the same. */
const MAY = new Set(["maintenance", "manager"]);
const HOUR_MS = 3_600_000;

/** @param {Ledger} ledger @param {(planned: Announcing) => void} save @param {boolean} busy */
export function plannedPanel(ledger, save, busy) {
  const names = new Map(ledger.cameras.map((camera) => [camera.id, nameOf(camera.name)]));
  return html`<section class="panel" data-testid="planned">
    <h3>${say("planned")}</h3>
    ${ledger.planned.length === 0 ? html`<p class="fine">${say("planned_none")}</p>` : nothing}
    <ul class="planned">${ledger.planned.map((one) => html`<li>
      <strong>${one.reason}</strong>
      <span>${one.camera ? (names.get(one.camera) ?? one.camera) : say("planned_all")} · ${say("from_to", { from: dayTime(one.begins_at), to: dayTime(one.ends_at) })}</span>
      <span class="fine">${say("planned_line", { who: personOf(ledger.people, one.entered_by), time: dayTime(one.entered_at) })}</span>
      ${sign(one.counts ? "good" : "high", say(one.counts ? "planned_counts" : "planned_late"))}</li>`)}</ul>
    ${MAY.has(currentUser().role) ? form(ledger, save, busy) : nothing}
  </section>`;
}

/** @param {Ledger} ledger @param {(planned: Announcing) => void} save @param {boolean} busy */
function form(ledger, save, busy) {
  /** @param {SubmitEvent} event */
  const submit = (event) => {
    const field = fieldsOf(event);
    const begin = new Date(field("begin"));
    const end = new Date(begin.getTime() + Number(field("hours")) * HOUR_MS);
    save({ camera: field("camera") || null, begins_at: begin.toISOString(), ends_at: end.toISOString(), reason: field("reason").trim() });
    /** @type {HTMLFormElement} */ (event.target).reset();
  };
  return html`<details class="more"><summary>${say("planned_new")}</summary>
    <form class="inline" @submit=${submit}>
      <div class="pair">
        <label>${say("planned_begin")}<input type="datetime-local" name="begin" required data-testid="planned-begin" /></label>
        <label>${say("planned_hours")}<input type="number" name="hours" min="1" max="336" value="2" required /></label>
      </div>
      <label>${say("planned_camera")}<select name="camera"><option value="">${say("planned_all")}</option>
        ${ledger.cameras.map((camera) => html`<option value=${camera.id}>${nameOf(camera.name)}</option>`)}</select></label>
      <label>${say("planned_reason")}<input name="reason" required maxlength="500" data-testid="planned-reason" /></label>
      <button type="submit" data-testid="planned-save" ?disabled=${busy}>${say("planned_save")}</button>
    </form></details>`;
}
