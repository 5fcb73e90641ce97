/** Fields beside the plan: numbers and texts of what is chosen, that may be changed. */

import { html, live, nothing } from "../lib/lit.js";
import { say } from "../words/plan.js";

/**
 * A number; without one it stays as it was.
 *
 * @param {string} label
 * @param {number | null} value
 * @param {(value: number) => void} set
 * @param {{name?: string, min?: number, step?: string, clear?: () => void}} [more] clear: it may be left out.
 */
export function number(label, value, set, { name, min, step = "any", clear } = {}) {
  const change = (/** @type {Event} */ event) => {
    const field = /** @type {HTMLInputElement} */ (event.target);
    if (Number.isFinite(field.valueAsNumber)) set(field.valueAsNumber);
    else if (field.value === "") clear?.();
  };
  return html`<label>${label}<input type="number" step=${step} min=${min ?? nothing} name=${name ?? nothing} .value=${value === null ? "" : String(value)} @change=${change} /></label>`;
}

/** Small letters, digits and dashes. */
const ID = "[a-z0-9]([a-z0-9\\-]{0,61}[a-z0-9])?";

/**
 * @param {string} label
 * @param {string} value
 * @param {(value: string) => void} set
 * @param {{name?: string, isId?: boolean}} [more]
 */
export function text(label, value, set, { name, isId = false } = {}) {
  const change = (/** @type {Event} */ event) => {
    const field = /** @type {HTMLInputElement} */ (event.target);
    if (field.value.trim() && field.reportValidity()) set(field.value.trim());
  };
  return html`<label>${label}<input name=${name ?? nothing} maxlength="63" pattern=${isId ? ID : nothing} required .value=${value} @change=${change} /></label>`;
}

/** What something is called, in both languages. @param {import("./draft.js").Named} one @param {(change: () => void) => void} then */
export function names(one, then) {
  return /** @type {const} */ (["zh", "en"]).map((language) => text(say(`name_${language}`), one.name[language], (value) => then(() => (one.name = { ...one.name, [language]: value })), { name: `name_${language}` }));
}

/**
 * @param {string} label
 * @param {string} value
 * @param {[value: string, said: string][]} choices
 * @param {(value: string) => void} set
 */
export function choice(label, value, choices, set) {
  const change = (/** @type {Event} */ event) => set(/** @type {HTMLSelectElement} */ (event.target).value);
  return html`<label>${label}<select @change=${change}>${choices.map(([one, said]) => html`<option value=${one} .selected=${live(one === value)}>${said}</option>`)}</select></label>`;
}
