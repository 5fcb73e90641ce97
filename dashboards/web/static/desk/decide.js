/** The decisions: acknowledge, then close with a reason. One key for each, shown on its button. */

import { html, nothing, ref } from "../lib/lit.js";
import { CLOSE_REASONS, say } from "../words/desk.js";

/** @typedef {import("../lib/types.js").AlertDetail} AlertDetail */
/** @typedef {import("../words/desk.js").CloseReason} CloseReason */
/**
 * @typedef {{menu: boolean, reason: CloseReason | null, busy: boolean}} Deciding
 * What the person has chosen so far: nothing, "false" (the menu is open), or a reason that waits for its note.
 */
/**
 * @typedef {{acknowledge: () => void, openMenu: () => void, choose: (reason: CloseReason) => void,
 *   close: () => void, cancel: () => void, next: () => void}} Decisions
 */

/** @type {Record<string, CloseReason>} */
const FALSE_KEYS = Object.fromEntries(
  CLOSE_REASONS.filter((reason) => reason.startsWith("false_")).map((reason, i) => [String(i + 1), reason]),
);

/** @type {HTMLInputElement | null} */
let noteInput = null;
const attachNote = (/** @type {Element | undefined} */ element) => {
  noteInput = element instanceof HTMLInputElement ? element : null;
  noteInput?.focus();
};

/** The note as typed. */
export function typedNote() {
  return noteInput?.value.trim() ?? "";
}

/**
 * The keys that count now.
 *
 * @param {AlertDetail | null} detail
 * @param {Deciding} deciding
 * @param {Decisions} decisions
 * @returns {Record<string, () => void>}
 */
export function decisionKeys(detail, deciding, decisions) {
  if (detail === null || deciding.busy) return {};
  if (deciding.reason !== null) return { escape: decisions.cancel, enter: decisions.close };
  if (deciding.menu) {
    const menu = Object.entries(FALSE_KEYS).map(([key, reason]) => [key, () => decisions.choose(reason)]);
    return { ...Object.fromEntries(menu), escape: decisions.cancel };
  }
  if (detail.state === "raised") return { a: decisions.acknowledge };
  if (detail.state === "closed") return { n: decisions.next };
  return {
    r: () => decisions.choose("real_throw"),
    p: () => decisions.choose("falling_part"),
    f: decisions.openMenu,
  };
}

/**
 * @param {AlertDetail} detail
 * @param {Deciding} deciding
 * @param {Decisions} decisions
 */
export function decisionBar(detail, deciding, decisions) {
  if (deciding.reason !== null) return closing(deciding.reason, deciding.busy, decisions);
  if (deciding.menu) return falseMenu(decisions);
  if (detail.state === "closed") {
    return html`<div class="decisions">${key("secondary", "N", say("back_to_queue"), decisions.next, "next")}</div>`;
  }
  const isRaised = detail.state === "raised";
  return html`<div class="decisions" role="group">
    ${isRaised ? key("primary", "A", say("acknowledge"), decisions.acknowledge, "acknowledge", deciding.busy) : nothing}
    ${key(isRaised ? "secondary" : "primary", "R", say("real_throw"), () => decisions.choose("real_throw"), "real_throw", isRaised)}
    ${key("secondary", "P", say("falling_part"), () => decisions.choose("falling_part"), "falling_part", isRaised)}
    ${key("secondary", "F", say("false_menu"), decisions.openMenu, "false_menu", isRaised)}
    ${isRaised ? html`<span class="fine hint">${say("first_acknowledge")}</span>` : nothing}
  </div>`;
}

/** @param {Decisions} decisions */
function falseMenu(decisions) {
  return html`<div class="decisions" role="group" aria-label=${say("which_false")}>
    <span class="ask">${say("which_false")}</span>
    ${Object.entries(FALSE_KEYS).map(([digit, reason]) => key("secondary", digit, say(reason).replace(/^.*?[·:]\s*/, ""), () => decisions.choose(reason), reason))}
    ${key("quiet", "Esc", say("cancel"), decisions.cancel, "cancel")}
  </div>`;
}

/** @param {CloseReason} reason @param {boolean} busy @param {Decisions} decisions */
function closing(reason, busy, decisions) {
  /** @param {SubmitEvent} event */
  const submit = (event) => {
    event.preventDefault();
    decisions.close();
  };
  return html`<form class="decisions closing" @submit=${submit}>
    <span class="ask">${say("close_as")} <b>${say(reason)}</b></span>
    <input type="text" maxlength="500" aria-label=${say("note")} placeholder=${say("note")} data-testid="note" ${ref(attachNote)} />
    <button type="submit" class="primary" data-testid="close" ?disabled=${busy}>${say("close")}<kbd>Enter</kbd></button>
    ${key("quiet", "Esc", say("cancel"), decisions.cancel, "cancel")}
  </form>`;
}

/**
 * A button with its key.
 *
 * @param {"primary" | "secondary" | "quiet"} weight
 * @param {string} letter
 * @param {string} label
 * @param {() => void} action
 * @param {string} id
 * @param {boolean} [disabled]
 */
function key(weight, letter, label, action, id, disabled = false) {
  return html`<button type="button" class=${weight} data-testid=${id} aria-keyshortcuts=${letter} ?disabled=${disabled} @click=${action}>${label}<kbd>${letter}</kbd></button>`;
}
