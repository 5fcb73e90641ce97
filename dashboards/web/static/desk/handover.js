/** 交接班: what is open goes to the next shift with a note for each, once the next has read and accepted it. */

import { fieldsOf } from "../lib/form.js";
import { clockTime, dayTime } from "../lib/format.js";
import { personOf } from "../lib/i18n.js";
import { html, nothing } from "../lib/lit.js";
import { sign } from "../lib/marks.js";
import { currentUser } from "../lib/shell.js";
import { say } from "../words/alarms.js";
import { say as sayDesk } from "../words/desk.js";
import { placeOf, stateOf } from "./queue.js";

/** @typedef {import("../lib/types.js").Desk} Desk */
/** @typedef {import("../lib/types.js").Handover} Handover */
/**
 * @typedef {{begin: () => void, cancel: () => void, offer: (body: {to: string, note: string, notes: Record<string, string>}) => void,
 *   end: (id: string, how: "accept" | "withdraw") => void, select: (id: string) => void}} HandoverActions
 */

/** The handovers that matter to whoever looks: offered to or by them, else the last that was accepted. @param {Desk} desk @param {HandoverActions} actions */
export function handovers(desk, actions) {
  const me = currentUser().username;
  const offered = desk.handovers.filter((one) => one.state === "offered" && (one.to === me || one.from === me));
  const last = desk.handovers.find((one) => one.state === "accepted");
  return html`<section class="handovers" aria-label=${say("handover")}>
    ${offered.map((one) => (one.to === me ? incoming(one, desk, actions) : outgoing(one, desk, actions)))}
    <div class="handover-line">
      <span class="fine">${last ? done(last, desk) : nothing}</span>
      <button type="button" class="quiet" data-testid="handover" @click=${actions.begin}>${say("handover")}</button>
    </div>
  </section>`;
}

/** @param {Handover} one @param {Desk} desk */
function done(one, { people }) {
  const values = { time: dayTime(one.ended_at ?? one.offered_at), from: personOf(people, one.from), to: personOf(people, one.to), n: one.items.length };
  return say("handover_done", values);
}

/** @param {Handover} one @param {Desk} desk @param {HandoverActions} actions */
function incoming(one, desk, actions) {
  return html`<div class="panel offer" data-testid="handover-offer">
    ${sign("high", say("handover_from", { who: personOf(desk.people, one.from) }))}
    ${one.note ? html`<q>${one.note}</q>` : nothing}
    <ul>${one.items.map((item) => handed(item, desk, actions))}</ul>
    <button type="button" class="wide" data-testid="handover-accept" @click=${() => actions.end(one.id, "accept")}>${say("handover_accept")}</button>
  </div>`;
}

/** @param {Handover["items"][number]} item @param {Desk} desk @param {HandoverActions} actions */
function handed(item, desk, actions) {
  const alert = [...desk.open, ...desk.closed].find((one) => one.id === item.alert);
  if (!alert) return nothing;
  return html`<li>
    <button type="button" class="link" @click=${() => actions.select(item.alert)}>${placeOf(alert)} · ${clockTime(alert.observed_at)}</button>
    <span class="fine">${stateOf(alert, desk.people)}</span>${item.note ? html`<q>${item.note}</q>` : nothing}
  </li>`;
}

/** @param {Handover} one @param {Desk} desk @param {HandoverActions} actions */
function outgoing(one, desk, actions) {
  return html`<div class="panel offer">
    ${sign("unknown", say("handover_waits", { who: personOf(desk.people, one.to) }))}
    <button type="button" class="quiet" data-testid="handover-withdraw" @click=${() => actions.end(one.id, "withdraw")}>${say("handover_withdraw")}</button>
  </div>`;
}

/** @param {Desk} desk @param {HandoverActions} actions */
export function handoverForm(desk, actions) {
  const others = desk.colleagues.filter((one) => one !== currentUser().username);
  /** @param {SubmitEvent} event */
  const submit = (event) => {
    const given = fieldsOf(event);
    const words = (/** @type {string} */ field) => given(field).trim();
    const notes = desk.open.map((alert) => /** @type {const} */ ([alert.id, words(alert.id)])).filter(([, text]) => text !== "");
    actions.offer({ to: words("to"), note: words("note"), notes: Object.fromEntries(notes) });
  };
  if (others.length === 0) {
    return html`<section class="stage blank"><p class="calm">${say("handover_nobody")}</p><button type="button" class="quiet" @click=${actions.cancel}>${sayDesk("cancel")}</button></section>`;
  }
  return html`<section class="stage handing"><form @submit=${submit} data-testid="handover-form">
    <h2>${say("handover")}</h2>
    <label>${say("handover_to")}
      <select name="to">${others.map((one) => html`<option value=${one}>${personOf(desk.people, one)}</option>`)}</select>
    </label>
    <label>${say("handover_note")}<textarea name="note" rows="2" maxlength="2000"></textarea></label>
    <h3>${desk.open.length === 0 ? say("handover_none") : say("handover_items", { n: desk.open.length })}</h3>
    <ul>${desk.open.map((alert) => html`<li>
      <label>${sign(alert.severity, placeOf(alert))}<span class="fine">${clockTime(alert.observed_at)} · ${stateOf(alert, desk.people)}</span>
        <input type="text" name=${alert.id} maxlength="500" placeholder=${say("handover_item_note")} />
      </label></li>`)}</ul>
    <div class="decisions">
      <button type="submit" class="primary" data-testid="handover-send">${say("handover_offer")}</button>
      <button type="button" class="quiet" @click=${actions.cancel}>${sayDesk("cancel")}</button>
    </div>
  </form></section>`;
}
