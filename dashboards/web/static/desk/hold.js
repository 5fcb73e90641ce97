/** 依法保留: an alert is held for a court or an insurer, with a reason, until somebody releases it; and all that is held. */

import { fieldsOf, focusWhenShown } from "../lib/form.js";
import { dayTime, moment } from "../lib/format.js";
import { nameOf, personOf } from "../lib/i18n.js";
import { html, nothing, ref } from "../lib/lit.js";
import { mark, sign } from "../lib/marks.js";
import { say } from "../words/holds.js";
import { placeOf } from "./queue.js";

/** @typedef {import("../lib/types.js").AlertDetail} AlertDetail */
/** @typedef {import("../lib/types.js").Hold} Hold */
/** @typedef {import("../lib/types.js").HeldList} HeldList */
/** @typedef {import("../lib/types.js").People} People */
/**
 * @typedef {{releasing: string | null, list: HeldList | null, ask: (hold: string | null) => void,
 *   place: (body: {reason: string, until: string | null}) => void, release: (body: {hold: string, reason: string}) => void,
 *   show: (isShown: boolean) => void, select: (id: string) => void}} Holding Which hold is being released; the list while it is open.
 */

/** Whether a hold still counts. @param {Hold} hold */
function counts({ lifted_at, until }) {
  return lifted_at === null && (until === null || Date.parse(until) > Date.now());
}

/** At the alert: what holds it, or a form to hold it. @param {AlertDetail} detail @param {People} people @param {Holding} holding */
export function holds(detail, people, holding) {
  const active = (detail.holds ?? []).filter(counts);
  return html`<section class="panel holds" data-testid="holds">
    <h3>${say("held")}</h3>
    ${active.length === 0 ? placing(detail, holding) : active.map((hold) => standing(hold, people, holding))}
  </section>`;
}

/** On a card and beside the title. @param {{held: boolean}} alert */
export function heldMark({ held }) {
  return held ? html`<span class="held" data-testid="held">${mark("notice")} ${say("held")}</span>` : nothing;
}

/** @param {Hold} hold @param {People} people @param {Holding} holding */
function standing(hold, people, holding) {
  return html`<div class="hold">
    ${sign("notice", hold.reason)}
    <p class="fine">${say("held_by", { who: personOf(people, hold.by), time: moment(hold.at) })}${say("joined")}${lasting(hold)}</p>
    ${holding.releasing === hold.id ? releasing(hold, holding) : html`<button type="button" class="quiet" data-testid="release"
      @click=${() => holding.ask(hold.id)}>${say("release")}</button>`}
  </div>`;
}

/** @param {Hold} hold */
function lasting({ until }) {
  return until === null ? say("until_released") : say("until", { time: dayTime(until) });
}

/** @param {AlertDetail} detail @param {Holding} holding */
function placing(detail, holding) {
  const submit = (/** @type {SubmitEvent} */ event) => {
    const field = fieldsOf(event);
    const day = field("until");
    // The whole of the last day counts.
    holding.place({ reason: field("reason").trim(), until: day === "" ? null : new Date(`${day}T23:59:59`).toISOString() });
    /** @type {HTMLFormElement} */ (event.target).reset();
  };
  return html`<p class="fine">${detail.clip === "pruned" ? say("too_late") : say("hint")}</p>
    <form class="hold-form" @submit=${submit}>
      <input name="reason" required maxlength="2000" aria-label=${say("reason")} placeholder=${say("reason")} data-testid="hold-reason" />
      <label class="fine">${say("last_day")} <input type="date" name="until" data-testid="hold-until" /></label>
      <button type="submit" data-testid="hold">${say("hold")}</button>
    </form>`;
}

/** The same at each drawing: another would take the focus back from what has it by then. */
const attachReason = (/** @type {Element | undefined} */ element) => focusWhenShown(element);

/** @param {Hold} hold @param {Holding} holding */
function releasing(hold, holding) {
  const submit = (/** @type {SubmitEvent} */ event) => holding.release({ hold: hold.id, reason: fieldsOf(event)("reason").trim() });
  return html`<form class="hold-form" @submit=${submit}>
    <input name="reason" required maxlength="2000" aria-label=${say("why_release")} placeholder=${say("why_release")} data-testid="release-reason" ${ref(attachReason)} />
    <span class="both">
      <button type="submit" data-testid="release-send">${say("release_now")}</button>
      <button type="button" class="quiet" @click=${() => holding.ask(null)}>${say("cancel")}</button>
    </span>
  </form>`;
}

/** Beneath the queue: all that is held now, however long ago it was closed. @param {Holding} holding @param {string | null} selected */
export function heldList(holding, selected) {
  const toggled = (/** @type {Event} */ event) => {
    const isOpen = /** @type {HTMLDetailsElement} */ (event.target).open;
    if (isOpen !== (holding.list !== null)) holding.show(isOpen);
  };
  return html`<details class="held-list" data-testid="held-list" @toggle=${toggled}>
    <summary class="section">${say("all_held")}${holding.list === null ? nothing : ` ${holding.list.holds.length}`}</summary>
    ${holding.list === null ? nothing : listed(holding.list, holding, selected)}
  </details>`;
}

/** @param {HeldList} list @param {Holding} holding @param {string | null} selected */
function listed(list, holding, selected) {
  if (list.holds.length === 0) return html`<p class="calm-line faint">${say("none_held")}</p>`;
  return html`<ul class="cards">
    ${list.holds.map(({ alert, ...hold }) => html`<li>
      <button type="button" class="card done" aria-current=${alert.id === selected ? "true" : nothing} @click=${() => holding.select(alert.id)}>
        <span class="card-head"><span>${hold.reason}</span><span class="age">${dayTime(alert.observed_at)}</span></span>
        <strong>${placeOf(alert)}</strong>
        <span class="fine">${nameOf(alert.estate.name)} · ${say("held_by", { who: personOf(list.people, hold.by), time: dayTime(hold.at) })}</span>
        <span class="fine">${lasting(hold)}</span>
      </button>
    </li>`)}
  </ul>`;
}
