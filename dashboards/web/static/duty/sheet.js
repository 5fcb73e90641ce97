/** A form over the page, of somebody who arranges: sends, says beside the fields what does not fit, closes when it is done. */

import { unplaced } from "../channels/list.js";
import { openWhenShown } from "../lib/form.js";
import { html, ref } from "../lib/lit.js";
import { say } from "../words/duty.js";

/** @typedef {import("../lib/api.js").Problem} Problem */
/** @typedef {import("../lib/lit.js").Fragment} Fragment */
/** @typedef {{problem: Problem | null, busy: boolean, leave: () => void, redraw: () => void}} Sheet */

/** @param {Sheet} sheet @param {string} title @param {Fragment} content */
export function dialogue({ leave }, title, content) {
  return html`<dialog class="sheet wide" ${ref(openWhenShown)} @close=${leave}><h2>${title}</h2>${content}</dialog>`;
}

/** @param {Sheet} sheet @param {Fragment} fields @param {(event: SubmitEvent) => void} save */
export function arranging({ problem, busy, leave }, fields, save) {
  return html`<form @submit=${save} data-testid="arranging">
    ${fields} ${unplaced(problem)}
    <div class="actions"><button type="button" @click=${leave}>${say("cancel")}</button><button type="submit" class="primary" ?disabled=${busy} data-testid="save">${say("save")}</button></div>
  </form>`;
}
