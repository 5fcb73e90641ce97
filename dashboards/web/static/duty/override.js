/** Somebody else for a while, or nobody. */

import { beside, fieldsOf } from "../lib/form.js";
import { personOf } from "../lib/i18n.js";
import { html } from "../lib/lit.js";
import { say } from "../words/duty.js";
import { arranging, dialogue } from "./sheet.js";

/** @typedef {import("../lib/types.js").OnCall} OnCall */
/** @typedef {import("../lib/types.js").People} People */
/** @typedef {import("./sheet.js").Sheet} Sheet */
/** @typedef {{role: string, person: string | null, begins_at: string, ends_at: string}} NewOverride */

const HOUR_MS = 3_600_000;

/** What an input of day and time takes, in the browser's own zone. @param {number} at */
function local(at) {
  return new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/**
 * @param {Sheet} sheet
 * @param {OnCall} role
 * @param {number} since When the form was opened: what it offers must not move under the hand.
 * @param {string[]} members Who may stand in: all of the estate who can be on call.
 * @param {People} people
 * @param {(made: NewOverride) => void} save
 */
export function overrideSheet(sheet, role, since, members, people, save) {
  /** @param {SubmitEvent} event */
  const submit = (event) => {
    const field = fieldsOf(event);
    const at = (/** @type {string} */ name) => new Date(field(name)).toISOString();
    save({ role: role.role, person: field("person") || null, begins_at: at("begins_at"), ends_at: at("ends_at") });
  };
  const hour = Math.ceil(since / HOUR_MS) * HOUR_MS;
  const fields = html`<p class="fine">${say("override_hint")}</p>
    <label>${say("instead")}<select name="person" data-testid="instead">
      ${members.map((person) => html`<option value=${person}>${personOf(people, person)}</option>`)}
      <option value="">${say("nobody_on_purpose")}</option></select>${beside(sheet.problem, "person", say("wrong_person"))}</label>
    <div class="pair">
      <label>${say("from")}<input name="begins_at" type="datetime-local" required value=${local(hour)} />${beside(sheet.problem, "begins_at", say("wrong_time"))}</label>
      <label>${say("to_time")}<input name="ends_at" type="datetime-local" required value=${local(hour + 8 * HOUR_MS)} />${beside(sheet.problem, "ends_at", say("wrong_ends"))}</label>
    </div>`;
  return dialogue(sheet, say("override_of", { role: say(`role_${role.role}`) }), arranging(sheet, fields, submit));
}

