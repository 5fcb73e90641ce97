/** Cameras that were moved and count for nothing until somebody has said where they look; and the form that says so. Pure. */

import { fieldsOf, focusWhenShown } from "../lib/form.js";
import { moment } from "../lib/format.js";
import { nameOf } from "../lib/i18n.js";
import { html, nothing, ref } from "../lib/lit.js";
import { sign } from "../lib/marks.js";
import { say } from "../words/coverage.js";

/** @typedef {import("../lib/types.js").Doubted} Doubted */

/**
 * @param {Doubted[]} doubts
 * @param {string | null} asked The camera whose form is open.
 * @param {((camera: string | null) => void) | null} ask Null for who may not confirm.
 * @param {(camera: string, reason: string) => void} confirm
 */
export function doubtList(doubts, asked, ask, confirm) {
  if (doubts.length === 0) return nothing;
  return html`<section class="doubts" data-testid="doubts"><h2 class="section">${say("doubts")}</h2><ul>${doubts.map((doubt) => html`<li data-doubt=${doubt.id}>
    ${sign("high", say("doubt_line", { camera: nameOf(doubt.name), time: moment(doubt.since) }))}
    ${ask === null ? nothing : asked === doubt.id ? form(doubt.id, ask, confirm)
      : html`<button type="button" class="link" @click=${() => ask(doubt.id)}>${say("confirm")}</button>`}</li>`)}</ul></section>`;
}

/** @param {string} camera @param {(camera: string | null) => void} ask @param {(camera: string, reason: string) => void} confirm */
function form(camera, ask, confirm) {
  return html`<form class="confirm-pose" @submit=${(/** @type {SubmitEvent} */ event) => confirm(camera, fieldsOf(event)("reason"))}>
    <input name="reason" required maxlength="2000" aria-label=${say("confirm_why")} placeholder=${say("confirm_why")} ${ref(focusWhenShown)} />
    <button type="submit" class="primary">${say("confirm_do")}</button>
    <button type="button" class="quiet" @click=${() => ask(null)}>${say("confirm_no")}</button>
  </form>`;
}
