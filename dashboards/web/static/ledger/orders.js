/** The list of work orders with its filters; a row opens its photographs and what happened. */

import { personOf } from "../lib/i18n.js";
import { html, nothing, repeat } from "../lib/lit.js";
import { mark } from "../lib/marks.js";
import { orderDeadline, orderDetail, orderHistory, orderOpened, orderPlace, orderTitle, orderTone, photoPair } from "../orders/order.js";
import { say } from "../words/ledger.js";
import { say as sayOrder } from "../words/orders.js";

/** @typedef {import("../lib/types.js").WorkOrder} WorkOrder */
/** @typedef {{source: string, state: string, late: boolean}} Filter */

const SOURCES = /** @type {const} */ (["fault", "blind_spot", "patrol", "complaint", "inspection"]);
const STATES = /** @type {const} */ (["open", "assigned", "taken", "waiting", "finished", "closed", "cancelled"]);

/** @param {WorkOrder[]} orders @param {import("../lib/types.js").People} people @param {Filter} filter @param {(change: Partial<Filter>) => void} refilter @param {string | null} opened @param {(id: string) => void} open */
export function orderTable(orders, people, filter, refilter, opened, open) {
  const value = (/** @type {Event} */ event) => /** @type {HTMLSelectElement} */ (event.target).value;
  return html`<section class="panel ledger-orders">
    <div class="section-line"><h2>${say("orders", { n: orders.length })}</h2>
      <div class="filters">
        <label>${say("source")}<select data-testid="filter-source" @change=${(/** @type {Event} */ event) => refilter({ source: value(event) })}>
          <option value="">${say("any")}</option>${SOURCES.map((one) => html`<option value=${one} ?selected=${filter.source === one}>${sayOrder(one)}</option>`)}</select></label>
        <label>${say("state")}<select data-testid="filter-state" @change=${(/** @type {Event} */ event) => refilter({ state: value(event) })}>
          <option value="">${say("any")}</option>${STATES.map((one) => html`<option value=${one} ?selected=${filter.state === one}>${sayOrder(`state_${one}`)}</option>`)}</select></label>
        <label class="tick"><input type="checkbox" .checked=${filter.late} data-testid="filter-late" @change=${(/** @type {Event} */ event) => refilter({ late: /** @type {HTMLInputElement} */ (event.target).checked })} />${say("late_only")}</label>
      </div></div>
    ${orders.length === 0 ? html`<p class="calm-line">${say("orders_none")}</p>` : nothing}
    <ul class="order-rows">${repeat(orders, (order) => order.id, (order) => row(order, people, order.id === opened, open))}</ul>
  </section>`;
}

/** @param {WorkOrder} order @param {import("../lib/types.js").People} people @param {boolean} isOpen @param {(id: string) => void} open */
function row(order, people, isOpen, open) {
  return html`<li data-order=${order.id}>
    <button type="button" class="order-row" aria-expanded=${String(isOpen)} @click=${() => open(order.id)}>
      ${mark(orderTone(order))}
      <span class="number fine">${order.number}</span>
      <span class="title"><strong>${orderTitle(order)}</strong><span class="fine">${sayOrder(order.source)} · ${orderPlace(order)}${order.reopened ? ` · ${sayOrder("again", { n: order.reopened + 1 })}` : ""}</span></span>
      <span class="state">${sayOrder(`state_${order.state}`)}<span class="fine">${personOf(people, order.responsible)}</span></span>
      <span class="until">${orderDeadline(order)}</span>
    </button>
    ${isOpen ? html`<div class="order-open">
      <div><p class="fine">${orderOpened(order, people)}</p>
        ${orderDetail(order) ? html`<p>${orderDetail(order)}</p>` : nothing} ${orderHistory(order, people)}</div>
      ${photoPair(order)}
    </div>` : nothing}
  </li>`;
}
