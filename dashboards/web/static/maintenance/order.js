/** The work order: take it, say what was done; the device itself proves the repair. */

import { moment } from "../lib/format.js";
import { nameOf, personOf } from "../lib/i18n.js";
import { html, nothing } from "../lib/lit.js";
import { mark } from "../lib/marks.js";
import { kindName } from "../words/faults.js";
import { say } from "../words/maintenance.js";

/** @typedef {import("../lib/types.js").WorkOrder} WorkOrder */
/** @typedef {import("../lib/types.js").Fault} Fault */
/** @typedef {import("../lib/types.js").People} People */
/** @typedef {{take: (order: WorkOrder) => void, finish: (order: WorkOrder, measure: string) => void}} OrderActions */

/** @param {WorkOrder | null} order @param {Fault} fault @param {People} people @param {OrderActions} actions @param {boolean} busy */
export function orderCard(order, fault, people, actions, busy) {
  if (order === null) return html`<aside class="order"><p class="fine">${say("no_order")}</p></aside>`;
  return html`<aside class="order" data-testid="order" data-state=${order.state}>
    <p class="fine">${say("order", { number: order.number })} · ${say("opened", { time: moment(order.opened_at) })}</p>
    <h2>${titleOf(fault)}</h2>
    <p class="fine">${nameOf(fault.subject.name)}</p>
    <p class="order-state ${order.state}" data-testid="order-state">${stateOf(order, fault, people)}</p>
    ${order.state === "open" ? html`<button type="button" class="primary wide" data-testid="take" ?disabled=${busy} @click=${() => actions.take(order)}>${say("take")}</button>` : nothing}
    ${order.state === "taken" ? finishForm(order, actions, busy) : nothing}
    <ol class="history">
      ${order.taken_at ? html`<li>${say("taken_line", { time: moment(order.taken_at), who: personOf(people, order.taken_by) })}</li>` : nothing}
      ${order.finished_at ? html`<li>${say("finished_line", { time: moment(order.finished_at), who: personOf(people, order.finished_by), measure: order.measure ?? "" })}</li>` : nothing}
      ${order.closed_at ? html`<li>${say("closed_line", { time: moment(order.closed_at) })}</li>` : nothing}
    </ol>
    <section class="panel proof">
      <h3>${say("proof")}</h3>
      <p>${order.state === "closed" ? mark("good") : nothing} ${proofOf(order, fault)}</p>
    </section>
  </aside>`;
}

/** @param {Fault} fault */
function titleOf(fault) {
  if (fault.kind === "agent_offline") return say("order_agent_offline");
  return fault.kind === "camera_lost" ? say("order_camera_lost") : say("order_for", { what: kindName(fault) });
}

/** @param {WorkOrder} order @param {Fault} fault @param {People} people */
function stateOf(order, fault, people) {
  if (order.state === "open") return say("order_open");
  if (order.state === "taken") return say("order_taken", { who: personOf(people, order.taken_by) });
  if (order.state === "closed") return say("order_closed");
  if (fault.kind === "agent_offline") return say("order_finished_agent");
  return say(fault.kind === "camera_lost" ? "order_finished" : "order_finished_well");
}

/** @param {WorkOrder} order @param {Fault} fault */
function proofOf(order, fault) {
  if (order.state === "closed") return say("proof_closed", { time: moment(fault.cleared_at ?? order.closed_at ?? order.opened_at) });
  return say(fault.cleared_at ? "proof_back_taken" : "proof_waiting");
}

/** @param {WorkOrder} order @param {OrderActions} actions @param {boolean} busy */
function finishForm(order, actions, busy) {
  /** @param {SubmitEvent} event */
  const submit = (event) => {
    event.preventDefault();
    const measure = String(new FormData(/** @type {HTMLFormElement} */ (event.target)).get("measure") ?? "").trim();
    if (measure) actions.finish(order, measure);
  };
  return html`<form class="finish" @submit=${submit}>
    <label>${say("measure")}<textarea name="measure" rows="3" maxlength="500" required placeholder=${say("measure_example")} data-testid="measure"></textarea></label>
    <button type="submit" class="primary wide" data-testid="finish" ?disabled=${busy}>${say("finish")}</button>
    <p class="fine">${say("measure_needed")}</p>
  </form>`;
}
