/** A picture that a click shows as large as it is. */

import { html } from "./lit.js";
import { say } from "../words/common.js";

/** @param {string} address @param {string} label What it shows. */
export function enlargeable(address, label) {
  /** @param {Event} event */
  const enlarge = (event) => /** @type {HTMLDialogElement} */ (/** @type {Element} */ (event.currentTarget).nextElementSibling).showModal();
  /** @param {Event} event */
  const close = (event) => /** @type {HTMLDialogElement} */ (event.currentTarget).close();
  return html`<button type="button" class="link" title=${say("enlarge")} data-testid="thumbnail" @click=${enlarge}><img src=${address} alt=${label} loading="lazy" /></button>
    <dialog class="large" data-testid="large" aria-label=${label} @click=${close}><img src=${address} alt=${label} loading="lazy" /><p>${label} · ${say("close_picture")}</p></dialog>`;
}
