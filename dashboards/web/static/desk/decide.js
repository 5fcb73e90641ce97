/** The decisions on an alert, one key for each, shown on its button: seen, dealt with, closed; given, noted, shelved. */

import { focusWhenShown } from "../lib/form.js";
import { html, nothing, ref } from "../lib/lit.js";
import { personOf } from "../lib/i18n.js";
import { currentUser } from "../lib/shell.js";
import { say as sayLife, sayMinutes, SHELVE_MINUTES } from "../words/alarms.js";
import { CLOSE_REASONS, say } from "../words/desk.js";

/** @typedef {import("../lib/types.js").AlertDetail} AlertDetail */
/** @typedef {import("../words/desk.js").CloseReason} CloseReason */
/** @typedef {"false" | "assign" | "shelve"} Menu */
/** @typedef {"close" | "confirm" | "note" | "shelve" | "reopen"} Form */
/**
 * @typedef {{menu: Menu | null, form: Form | null, reason: CloseReason | null, minutes: number, busy: boolean}} Deciding
 * What the person has chosen so far: nothing, a menu that is open, or a form that waits for its words.
 */
/**
 * @typedef {{acknowledge: () => void, open: (menu: Menu) => void, fill: (form: Form) => void, choose: (reason: CloseReason) => void,
 *   shelveFor: (minutes: number) => void, assign: (username: string) => void, unshelve: () => void, send: () => void,
 *   cancel: () => void, next: () => void}} Decisions
 */

/** @type {Deciding} */
export const UNDECIDED = { menu: null, form: null, reason: null, minutes: 0, busy: false };
/** These cannot be sent without a word of why. */
const NEEDS_WORDS = new Set(["note", "shelve", "reopen"]);

/** @type {Record<string, CloseReason>} */
const FALSE_KEYS = Object.fromEntries(
  CLOSE_REASONS.filter((reason) => reason.startsWith("false_")).map((reason, i) => [String(i + 1), reason]),
);

/** @type {HTMLInputElement | null} */
let noteInput = null;
const attachNote = (/** @type {Element | undefined} */ element) => {
  noteInput = element instanceof HTMLInputElement ? element : null;
  focusWhenShown(element);
};

/** The note as typed. */
export function typedNote() {
  return noteInput?.value.trim() ?? "";
}

/** Whether what is chosen can be sent as it is; what lacks its words is pointed at. @param {Form} form */
export function isComplete(form) {
  if (!NEEDS_WORDS.has(form) || typedNote() !== "") return true;
  noteInput?.reportValidity();
  return false;
}

/**
 * The keys that count now.
 *
 * @param {AlertDetail | null} detail
 * @param {string[]} colleagues
 * @param {Deciding} deciding
 * @param {Decisions} decisions
 * @returns {Record<string, () => void>}
 */
export function decisionKeys(detail, colleagues, deciding, decisions) {
  if (detail === null || deciding.busy) return {};
  if (deciding.form !== null) return { escape: decisions.cancel, enter: decisions.send };
  if (deciding.menu !== null) {
    const menu = menuOf(deciding.menu, colleagues, decisions).map(({ act }, i) => [String(i + 1), act]);
    return { ...Object.fromEntries(menu.slice(0, 9)), escape: decisions.cancel };
  }
  const shown = [...major(detail, decisions), ...minor(detail, decisions)].filter((one) => one.isPossible);
  return Object.fromEntries(shown.map(({ letter, act }) => [letter.toLowerCase(), act]));
}

/**
 * @param {AlertDetail} detail
 * @param {import("../lib/types.js").Desk} desk
 * @param {Deciding} deciding
 * @param {Decisions} decisions
 */
export function decisionBar(detail, desk, deciding, decisions) {
  if (deciding.form !== null) return wordsForm(deciding.form, deciding, decisions);
  if (deciding.menu !== null) return menu(deciding.menu, desk, decisions);
  return html`<div class="decisions" role="group">
      ${major(detail, decisions).map((one) => button(one, deciding.busy))}
      ${detail.state === "raised" ? html`<span class="fine hint">${say("first_acknowledge")}</span>` : nothing}
    </div>
    <div class="decisions minor" role="group">${minor(detail, decisions).map((one) => (one.isPossible ? button(one, deciding.busy) : nothing))}</div>`;
}

/** @typedef {{weight: "primary" | "secondary" | "quiet", letter: string, label: string, act: () => void, id: string, isPossible: boolean}} Action */

/** What an alert waits for. @param {AlertDetail} detail @param {Decisions} decisions @returns {Action[]} */
function major(detail, decisions) {
  if (detail.state === "closed") return [{ weight: "secondary", letter: "N", label: say("back_to_queue"), act: decisions.next, id: "next", isPossible: true }];
  const isSeen = detail.state !== "raised";
  /** @type {Action[]} */
  const closing = [
    { weight: isSeen ? "primary" : "secondary", letter: "R", label: say("real_throw"), act: () => decisions.choose("real_throw"), id: "real_throw", isPossible: isSeen },
    { weight: "secondary", letter: "P", label: say("falling_part"), act: () => decisions.choose("falling_part"), id: "falling_part", isPossible: isSeen },
    { weight: "secondary", letter: "F", label: say("false_menu"), act: () => decisions.open("false"), id: "false_menu", isPossible: isSeen },
  ];
  if (isSeen) return closing;
  return [{ weight: "primary", letter: "A", label: say("acknowledge"), act: decisions.acknowledge, id: "acknowledge", isPossible: true }, ...closing];
}

/** What can be done besides. @param {AlertDetail} detail @param {Decisions} decisions @returns {Action[]} */
function minor(detail, decisions) {
  const isOpen = detail.state !== "closed";
  const isSeen = isOpen && detail.state !== "raised";
  const isShelved = detail.shelved_until !== null;
  return [
    { weight: "quiet", letter: "C", label: sayLife("confirm"), act: () => decisions.fill("confirm"), id: "confirm", isPossible: detail.state === "acknowledged" },
    { weight: "quiet", letter: "G", label: sayLife("assign"), act: () => decisions.open("assign"), id: "assign", isPossible: isOpen },
    { weight: "quiet", letter: "T", label: sayLife("note"), act: () => decisions.fill("note"), id: "add_note", isPossible: true },
    { weight: "quiet", letter: "S", label: sayLife("shelve"), act: () => decisions.open("shelve"), id: "shelve", isPossible: isSeen && !isShelved },
    { weight: "quiet", letter: "S", label: sayLife("unshelve"), act: decisions.unshelve, id: "unshelve", isPossible: isSeen && isShelved },
    { weight: "quiet", letter: "O", label: sayLife("reopen"), act: () => decisions.fill("reopen"), id: "reopen", isPossible: !isOpen },
  ];
}

/** @param {Menu} which @param {string[]} colleagues @param {Decisions} decisions @returns {{choice: string, act: () => void}[]} */
function menuOf(which, colleagues, decisions) {
  if (which === "false") return Object.values(FALSE_KEYS).map((reason) => ({ choice: reason, act: () => decisions.choose(reason) }));
  if (which === "shelve") return SHELVE_MINUTES.map((minutes) => ({ choice: String(minutes), act: () => decisions.shelveFor(minutes) }));
  const me = currentUser().username;
  return [me, ...colleagues.filter((one) => one !== me)].map((who) => ({ choice: who, act: () => decisions.assign(who) }));
}

/** @param {Menu} which @param {import("../lib/types.js").Desk} desk @param {Decisions} decisions */
function menu(which, desk, decisions) {
  const ask = which === "false" ? say("which_false") : sayLife(`ask_${which}`);
  return html`<div class="decisions" role="group" aria-label=${ask}>
    <span class="ask">${ask}</span>
    ${menuOf(which, desk.colleagues, decisions).map(({ choice, act }, i) =>
      button({ weight: "secondary", letter: i < 9 ? String(i + 1) : "", label: labelOf(which, choice, desk.people), act, id: choice, isPossible: true }, false))}
    ${button({ weight: "quiet", letter: "Esc", label: say("cancel"), act: decisions.cancel, id: "cancel", isPossible: true }, false)}
  </div>`;
}

/** @param {Menu} which @param {string} choice @param {import("../lib/types.js").People} people */
function labelOf(which, choice, people) {
  if (which === "shelve") return sayMinutes(Number(choice));
  if (which === "assign") return choice === currentUser().username ? sayLife("myself") : personOf(people, choice);
  return say(/** @type {CloseReason} */ (choice)).replace(/^.*?[·:]\s*/, "");
}

/** @param {Form} form @param {Deciding} deciding @param {Decisions} decisions */
function wordsForm(form, { reason, minutes, busy }, decisions) {
  /** @param {SubmitEvent} event */
  const submit = (event) => {
    event.preventDefault();
    decisions.send();
  };
  const ask = form === "close" && reason !== null
    ? html`${say("close_as")} <b>${say(reason)}</b>`
    : form === "shelve" ? sayLife("ask_shelve_why", { span: sayMinutes(minutes) }) : form === "close" ? nothing : sayLife(`ask_${form}`);
  const isNeeded = NEEDS_WORDS.has(form);
  const hint = isNeeded ? "" : form === "close" ? say("note") : sayLife("optional");
  return html`<form class="decisions closing" @submit=${submit}>
    <span class="ask">${ask}</span>
    <input type="text" maxlength="500" aria-label=${say("note")} placeholder=${hint} ?required=${isNeeded} data-testid="note" ${ref(attachNote)} />
    <button type="submit" class="primary" data-testid=${form === "close" ? "close" : "send"} ?disabled=${busy}>${form === "close" ? say("close") : sayLife("save")}<kbd>Enter</kbd></button>
    ${button({ weight: "quiet", letter: "Esc", label: say("cancel"), act: decisions.cancel, id: "cancel", isPossible: true }, false)}
  </form>`;
}

/** A button with its key. @param {Action} action @param {boolean} busy */
function button({ weight, letter, label, act, id, isPossible }, busy) {
  return html`<button type="button" class=${weight} data-testid=${id} aria-keyshortcuts=${letter || nothing} ?disabled=${busy || !isPossible} @click=${act}>${label}${letter ? html`<kbd>${letter}</kbd>` : nothing}</button>`;
}
