/** A fault that is set aside: nobody is reminded of it until then; the device goes on being at fault. */

import { fieldsOf } from "../lib/form.js";
import { moment } from "../lib/format.js";
import { html } from "../lib/lit.js";
import { say as sayLife, sayMinutes, SHELVE_MINUTES } from "../words/alarms.js";
import { say } from "../words/maintenance.js";

/** @typedef {import("../lib/types.js").Fault} Fault */
/** @typedef {(fault: Fault, action: "shelve" | "unshelve", body: unknown) => void} Shelve */

/** @param {Fault} fault @param {Shelve} shelve */
export function shelf(fault, shelve) {
  if (fault.shelved_until !== null) {
    return html`<p class="shelf fine" data-testid="shelf">${say("shelved_until", { time: moment(fault.shelved_until) })}${sayLife("joined")}${fault.shelve_reason ?? ""}
      <button type="button" class="quiet" data-testid="unshelve" @click=${() => shelve(fault, "unshelve", {})}>${sayLife("unshelve")}</button></p>`;
  }
  /** @param {SubmitEvent} event */
  const submit = (event) => {
    const field = fieldsOf(event);
    shelve(fault, "shelve", { minutes: Number(field("minutes")), reason: field("reason") });
  };
  return html`<details class="shelf"><summary class="fine" data-testid="shelve">${sayLife("shelve")}</summary>
    <form @submit=${submit}>
      <select name="minutes" aria-label=${sayLife("ask_shelve")}>${SHELVE_MINUTES.map((minutes) => html`<option value=${minutes}>${sayMinutes(minutes)}</option>`)}</select>
      <input type="text" name="reason" maxlength="500" required pattern=".*\\S.*" placeholder=${say("shelve_why")} data-testid="shelve-reason" />
      <button type="submit" data-testid="shelve-send">${sayLife("save")}</button>
    </form>
  </details>`;
}
