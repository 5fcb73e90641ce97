/** Forms: what was typed when one is sent, what is said beside a field that does not fit, and the focus of one that is shown. */

import { currentLanguage } from "./i18n.js";
import { html, nothing } from "./lit.js";

/** A form's fields as texts. @param {SubmitEvent} event @returns {(name: string) => string} */
export function fieldsOf(event) {
  event.preventDefault();
  const fields = new FormData(/** @type {HTMLFormElement} */ (event.target));
  return (name) => String(fields.get(name) ?? "");
}

/**
 * Gives the focus to what `ref` tells of: lit tells of an element before it stands in the page, where it cannot have it yet.
 *
 * @param {Element | undefined} element
 */
export function focusWhenShown(element) {
  if (element instanceof HTMLElement) queueMicrotask(() => element.focus());
}

/** Opens the dialogue that `ref` tells of, over the page. @param {Element | undefined} element */
export function openWhenShown(element) {
  if (element instanceof HTMLDialogElement) queueMicrotask(() => element.isConnected && !element.open && element.showModal());
}

/**
 * What is wrong with a field, beside it: our words, and in its own language the server's, which may name more.
 *
 * @param {import("./api.js").Problem | null} problem
 * @param {string} field
 * @param {string} words
 */
export function beside(problem, field, words) {
  if (problem === null || !(field in problem.fields)) return nothing;
  problem.placed.add(field);
  const more = currentLanguage() === "en" ? html`<span class="fine">${problem.fields[field]}</span>` : nothing;
  return html`<span class="wrong" role="alert" data-wrong=${field}>${words}${more}</span>`;
}
