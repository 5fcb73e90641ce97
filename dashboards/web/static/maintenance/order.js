/** The work order: take it, say what was done. A device proves its repair itself, everything else a second person. */

import { moment } from "../lib/format.js";
import { nameOf, personOf } from "../lib/i18n.js";
import { html, nothing } from "../lib/lit.js";
import { mark, sign, TONES } from "../lib/marks.js";
import { currentUser } from "../lib/shell.js";
import { isDone, orderDeadline, orderDetail, orderHistory, orderOpened, orderPlace, orderState, orderTitle, photoPair } from "../orders/order.js";
import { kindName } from "../words/faults.js";
import { say } from "../words/maintenance.js";
import { say as sayOrder } from "../words/orders.js";

/** @typedef {import("../lib/types.js").WorkOrder} WorkOrder */
/** @typedef {import("../lib/types.js").Fault} Fault */
/** @typedef {import("../lib/types.js").Maintenance} Maintenance */
/** @typedef {{act: (order: WorkOrder, action: string, body: object) => void, photo: (order: WorkOrder, file: File) => void}} OrderActions */

/** @param {WorkOrder | null} order @param {Fault | null} fault @param {Maintenance} all @param {OrderActions} actions @param {boolean} busy */
export function orderCard(order, fault, all, actions, busy) {
  if (order === null) return html`<aside class="order"><p class="fine">${say("no_order")}</p></aside>`;
  const { people } = all;
  return html`<aside class="order" data-testid="order" data-state=${order.state} data-order=${order.id}>
    <p class="fine">${sayOrder("order", { number: order.number })} · ${sayOrder(order.source)} · ${sayOrder("opened", { time: moment(order.opened_at) })}</p>
    <h2>${fault ? titleOf(fault) : orderTitle(order)}</h2>
    ${fault ? html`<p class="fine">${nameOf(fault.subject.name)}</p>` : nothing}
    ${order.reopened ? html`<p>${sign("high", sayOrder("again", { n: order.reopened + 1 }))}</p>` : nothing}
    <p class="order-due" data-testid="order-due">${orderDeadline(order)}</p>
    <p class="order-state ${order.state}" data-testid="order-state">${orderState(order, people)}</p>
    ${acts(order, all, actions, busy)}
    ${fault ? photoPair(order) : nothing} ${isDone(order) ? nothing : photoButton(order, actions, busy)}
    ${orderHistory(order, people)}
    ${fault ? html`<section class="panel proof">
      <h3>${say("proof")}</h3>
      <p>${order.state === "closed" ? mark("good") : nothing} ${proofOf(order, fault)}</p>
    </section>` : nothing}
  </aside>`;
}

/** @param {Fault} fault */
function titleOf(fault) {
  if (fault.kind === "agent_offline") return say("order_agent_offline");
  return fault.kind === "camera_lost" ? say("order_camera_lost") : say("order_for", { what: kindName(fault) });
}

/** @param {WorkOrder} order @param {Fault} fault */
function proofOf(order, fault) {
  if (order.state === "closed") return say("proof_closed", { time: moment(fault.cleared_at ?? order.closed_at ?? order.opened_at) });
  return say(fault.cleared_at ? "proof_back_taken" : "proof_waiting");
}

/** What can be done with it now. @param {WorkOrder} order @param {Maintenance} all @param {OrderActions} actions @param {boolean} busy */
function acts(order, all, actions, busy) {
  const { state } = order;
  const main = state === "taken" ? finishForm(order, actions, busy) : state === "finished" ? judging(order, actions, busy) : isDone(order) ? nothing : takeButton(order, actions, busy);
  return html`${main} ${isDone(order) || state === "finished" ? nothing : more(order, all, actions, busy)}`;
}

/** @param {WorkOrder} order @param {OrderActions} actions @param {boolean} busy */
function takeButton(order, actions, busy) {
  return html`<button type="button" class="primary wide" data-testid="take" ?disabled=${busy} @click=${() => actions.act(order, "take", {})}>
    ${sayOrder(order.state === "waiting" ? "go_on" : "take")}
  </button>`;
}

/** @param {WorkOrder} order @param {OrderActions} actions @param {boolean} busy */
function finishForm(order, actions, busy) {
  return html`<form class="finish" @submit=${submitted((fields) => fields.measure && actions.act(order, "finish", { measure: fields.measure }))}>
    <label>${sayOrder("measure")}<textarea name="measure" rows="3" maxlength="500" required placeholder=${sayOrder("measure_example")} data-testid="measure"></textarea></label>
    <button type="submit" class="primary wide" data-testid="finish" ?disabled=${busy}>${sayOrder("finish")}</button>
    <p class="fine">${sayOrder("measure_needed")}</p>
  </form>`;
}

/** Somebody else looks; of a device nobody but the device can say that it is well. @param {WorkOrder} order @param {OrderActions} actions @param {boolean} busy */
function judging(order, actions, busy) {
  const isOthers = order.source !== "fault" && order.finished_by !== currentUser().username;
  return html`<div class="judging">
    ${isOthers ? html`<form class="finish" @submit=${submitted((fields) => actions.act(order, "verify", { note: fields.note ?? "" }))}>
      <label>${sayOrder("verify_note")}<input name="note" maxlength="500" data-testid="verify-note" /></label>
      <button type="submit" class="primary wide" data-testid="verify" ?disabled=${busy}>${sayOrder("verify")}</button>
    </form>` : order.source === "fault" ? nothing : html`<p class="fine" data-testid="verify-other">${sayOrder("verify_other")}</p>`}
    ${endOfBlindSpot(order)}
    ${reasonForm("reject", order, actions, busy)}
  </div>`;
}

/** @param {WorkOrder} order @param {Maintenance} all @param {OrderActions} actions @param {boolean} busy */
function more(order, all, actions, busy) {
  return html`<details class="more">
    <summary>${sayOrder(order.source === "fault" ? "more_device" : "more")}</summary>
    <form class="inline" @submit=${submitted((fields) => actions.act(order, "assign", { to: fields.to }))}>
      <label>${sayOrder("assign")}<select name="to" data-testid="assign-to">
        ${all.technicians.map((name) => html`<option value=${name} ?selected=${name === order.responsible}>${personOf(all.people, name)}</option>`)}
      </select></label>
      <button type="submit" data-testid="assign" ?disabled=${busy}>${sayOrder("assign_do")}</button>
    </form>
    ${order.state === "taken" ? reasonForm("wait", order, actions, busy) : nothing}
    ${order.source === "fault" ? nothing : reasonForm("cancel", order, actions, busy)}
    ${endOfBlindSpot(order)}
  </details>`;
}

/** Whom nobody's word ends. @param {WorkOrder} order */
function endOfBlindSpot(order) {
  return order.source === "blind_spot" && order.facade ? html`<p class="fine">${sayOrder("blind_spot_end")}</p>` : nothing;
}

/** @param {"reject" | "wait" | "cancel"} action @param {WorkOrder} order @param {OrderActions} actions @param {boolean} busy */
function reasonForm(action, order, actions, busy) {
  return html`<form class="inline" @submit=${submitted((fields) => fields.reason && actions.act(order, action, { reason: fields.reason }))}>
    <label>${sayOrder(`${action}_why`)}<input name="reason" required maxlength="500" data-testid=${`${action}-reason`} /></label>
    <button type="submit" data-testid=${action} ?disabled=${busy}>${sayOrder(action)}</button>
  </form>`;
}

/** @param {WorkOrder} order @param {OrderActions} actions @param {boolean} busy */
function photoButton(order, actions, busy) {
  /** @param {Event} event */
  const chosen = (event) => {
    const input = /** @type {HTMLInputElement} */ (event.target);
    const file = input.files?.[0];
    if (file) actions.photo(order, file);
    input.value = "";
  };
  return html`<label class="button wide photo-add">${sayOrder("photo_add")}
    <input type="file" accept="image/jpeg,image/png" capture="environment" class="spoken" data-testid="photo" ?disabled=${busy} @change=${chosen} />
  </label>`;
}

/** The fields of a form that was sent, trimmed; then it is empty again. @param {(fields: Record<string, string>) => void} then */
function submitted(then) {
  return (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const fields = [...new FormData(form)].map(([name, value]) => [name, String(value).trim()]);
    then(Object.fromEntries(fields));
  };
}

/** The middle of the page for an order that is of no device's fault. @param {WorkOrder} order @param {Maintenance} all */
export function findingCard(order, all) {
  /** @param {string} term @param {unknown} value */
  const row = (term, value) => (value ? html`<div><dt>${term}</dt><dd>${value}</dd></div>` : nothing);
  return html`<article class="fault" data-testid="finding" data-order=${order.id}>
    <h2>${orderTitle(order)}</h2>
    <p class="fault-when">${sign(TONES[order.severity], sayOrder(order.severity))}
      <span>${orderState(order, all.people)}</span> ${orderDeadline(order)}</p>
    <section class="panel"><dl>
      ${row(sayOrder("where"), orderPlace(order))} ${row(sayOrder("source"), sayOrder(order.source))}
      ${row(sayOrder("reference"), order.reference)} ${row(sayOrder("detail"), orderDetail(order))}
    </dl><p class="fine">${orderOpened(order, all.people)}</p></section>
    <section class="panel">${photoPair(order)}</section>
  </article>`;
}
