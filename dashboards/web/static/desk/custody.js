/** Why one looks at a video, asked once for an alert; and who has had its evidence in hand. */

import { fieldsOf, focusWhenShown } from "../lib/form.js";
import { clockTime, moment } from "../lib/format.js";
import { personOf } from "../lib/i18n.js";
import { html, nothing, ref } from "../lib/lit.js";
import { mark } from "../lib/marks.js";
import { PURPOSES, say, sayDeed, sayPurpose } from "../words/custody.js";

/** @typedef {import("../lib/types.js").AlertDetail} AlertDetail */
/** @typedef {import("../words/custody.js").Purpose} Purpose */
/** @typedef {{purpose: Purpose | null, ask: (purpose: Purpose) => void, send: (note: string) => void, cancel: () => void,
 *   shown: () => void, failed: () => void}} Asking What has been chosen; `shown` and `failed` are the video's. */

/** These want a word more: who asked, or what for. */
const WITH_WORDS = new Set(["police", "owner", "other"]);

/** @param {Purpose} purpose */
export function wantsWords(purpose) {
  return WITH_WORDS.has(purpose);
}

/** In the place of the video, until somebody has said why. @param {Asking} asking */
export function askWhy(asking) {
  return html`<div class="ask-why" role="group" aria-label=${say("ask")} data-testid="ask-why">
    <p><b>${say("ask")}</b></p>
    ${asking.purpose === null ? choices(asking) : words(asking.purpose, asking)}
    <p class="fine">${say("ask_hint")}</p>
  </div>`;
}

/** @param {Asking} asking */
function choices(asking) {
  return html`<div class="purposes">
    ${PURPOSES.map((purpose) => html`<button type="button" class="secondary" data-testid=${`why-${purpose}`}
      @click=${() => asking.ask(purpose)}>${say(purpose)}${purpose === "handling" ? html`<kbd>V</kbd>` : nothing}</button>`)}
  </div>`;
}

/** The same at each drawing: another would take the focus back from what has it by then. */
const attachWords = (/** @type {Element | undefined} */ element) => focusWhenShown(element);

/** @param {Purpose} purpose @param {Asking} asking */
function words(purpose, asking) {
  const submit = (/** @type {SubmitEvent} */ event) => asking.send(fieldsOf(event)("note").trim());
  return html`<form class="purposes" @submit=${submit}>
    <span>${say(purpose)}</span>
    <input type="text" name="note" maxlength="500" required aria-label=${say("note")} placeholder=${say("note")} data-testid="why-note" ${ref(attachWords)} />
    <button type="submit" class="primary" data-testid="why-send">${say("watch")}<kbd>Enter</kbd></button>
    <button type="button" class="quiet" @click=${asking.cancel}>${say("cancel")}</button>
  </form>`;
}

/** @param {AlertDetail} detail @param {import("../lib/types.js").People} people */
export function custody(detail, people) {
  const found = detail.custody;
  if (!found?.clip?.sha256) return nothing;
  const { clip, links } = found;
  return html`<section class="panel" data-testid="custody">
    <h3>${say("custody")}</h3>
    <ol class="history">
      ${line(clip.announced_at, clip.agent, say("sealed"), "", clip.entry)}
      ${clip.stored_at === null ? nothing : line(clip.stored_at, say("system"), say("received"), "", clip.entry)}
      ${links.map((link) => line(link.at, link.by === "system" ? say("system") : personOf(people, link.by), sayDeed(link.action), sayPurpose(link.purpose), link.entry))}
    </ol>
    ${links.length === 0 ? html`<p class="fine">${say("none_yet")}</p>` : nothing}
  </section>`;
}

/** @param {string} at @param {string} who @param {string} deed @param {string} purpose @param {number | null} entry */
function line(at, who, deed, purpose, entry) {
  return html`<li>
    <time title=${moment(at)}>${clockTime(at)}</time>
    <span>${who} ${deed}${purpose ? html`<q>${purpose}</q>` : nothing}
      <span class="fine beneath">${entry === null ? html`${mark("unknown")} ${say("waits")}` : say("entry", { n: entry })}</span></span>
  </li>`;
}
