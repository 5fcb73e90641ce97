/** Takes an alert's evidence out, for the police or a court: a purpose, and a file comes. */

import { download } from "../lib/api.js";
import { html, ref } from "../lib/lit.js";
import { say } from "../words/desk.js";

/** Whose evidence is being made; the page may be drawn anew meanwhile. @type {string | null} */
let making = null;
/** @type {HTMLOutputElement | null} */
let told = null;
const attachTold = (/** @type {Element | undefined} */ element) => {
  told = element instanceof HTMLOutputElement ? element : null;
};

/** @param {string} alert */
export function exporting(alert) {
  /** @param {SubmitEvent} event */
  const submit = (event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.currentTarget);
    void takeOut(alert, new FormData(form).get("purpose"), form);
  };
  return html`<form class="export" @submit=${submit}>
    <input name="purpose" required maxlength="500" aria-label=${say("export_purpose")} placeholder=${say("export_purpose")} data-testid="purpose" />
    <button type="submit" data-testid="export">${say("export")}</button>
    <output class="fine" data-testid="export-told" ${ref(attachTold)}></output>
  </form>`;
}

/** @param {string} alert @param {unknown} purpose @param {HTMLFormElement} form */
async function takeOut(alert, purpose, form) {
  if (making !== null) return;
  making = alert;
  tell(say("export_making"));
  try {
    await download(`/api/alerts/${alert}/export`, { purpose });
    form.reset();
    tell(say("export_done"));
  } catch (error) {
    tell(say("export_failed", { why: error instanceof Error ? error.message : String(error) }));
  } finally {
    making = null;
  }
}

/** @param {string} words */
function tell(words) {
  if (told !== null) told.textContent = words;
}
