/** 台账, the ledger: figures against their targets with what is behind them, every work order, and the export of both. */

import { behind, figureCards } from "./ledger/figures.js";
import { orderTable } from "./ledger/orders.js";
import { plannedPanel } from "./ledger/planned.js";
import { request } from "./lib/api.js";
import { dayTime } from "./lib/format.js";
import { currentLanguage, nameOf, setLanguage } from "./lib/i18n.js";
import { html, nothing, render } from "./lib/lit.js";
import { startPage } from "./lib/page.js";
import { attempt, header, refusal, staleLine, withoutSnapshot } from "./lib/shell.js";
import { say } from "./words/ledger.js";

/** @typedef {import("./lib/types.js").Ledger} Ledger */
/** @typedef {import("./ledger/figures.js").Share} Share */

const DAYS = [1, 7, 30, 90];
const DAY_MS = 86_400_000;
const root = /** @type {HTMLElement} */ (document.getElementById("app"));

/** @type {{estate: string, facade: string, days: number}} What is asked for. */
let asked = { estate: "", facade: "", days: 7 };
/** @type {import("./ledger/orders.js").Filter} */
let filter = { source: "", state: "", late: false };
/** @type {import("./lib/types.js").WorkOrder[]} */
let orders = [];
/** @type {Share} */
let figure = "availability";
/** @type {string | null} */
let openedCamera = null;
/** @type {string | null} */
let openedOrder = null;
let busy = false;

/** @param {import("./lib/page.js").View<Ledger>} view */
function draw(view) {
  const ledger = view.snapshot;
  if (ledger === null) {
    render(html`${header("ledger", view.live, nothing, page.redraw)}${withoutSnapshot(view.problem, page.refetch)}`, root);
    return;
  }
  render(
    html`${header("ledger", view.live, period(ledger), page.redraw)} ${staleLine(view.problem)}
      <main class="ledger">
        ${choices(ledger)} ${figureCards(ledger, figure, (key) => set(() => ([figure, openedCamera] = [key, null])))}
        <div class="ledger-body">
          <div class="ledger-main">
            ${behind(ledger, figure, openedCamera, (id) => set(() => (openedCamera = openedCamera === id ? null : id)))}
            ${orderTable(orders, ledger.people, filter, refilter, openedOrder, (id) => set(() => (openedOrder = openedOrder === id ? null : id)))}
          </div>
          <div class="ledger-side">
            ${plannedPanel(ledger, announce, busy)}
            <section class="panel meaning"><h3>${say("how")}</h3><p>${say("how_text")}</p></section>
          </div>
        </div>
      </main>
      ${refusal(page.redraw)}`,
    root,
  );
}

/** @param {Ledger} ledger */
function period({ span }) {
  return html`<span>${say("from_to", { from: dayTime(span.begin), to: dayTime(span.end) })}</span>`;
}

/** @param {Ledger} ledger */
function choices(ledger) {
  const estate = ledger.places.find((one) => one.id === ledger.scope.estate);
  const value = (/** @type {Event} */ event) => /** @type {HTMLSelectElement} */ (event.target).value;
  const query = `?${questions()}`;
  return html`<section class="choices">
    <label>${say("estate")}<select data-testid="estate" @change=${(/** @type {Event} */ event) => ask({ estate: value(event), facade: "" })}>
      ${ledger.places.map((one) => html`<option value=${one.id} ?selected=${one.id === ledger.scope.estate}>${nameOf(one.name)}</option>`)}</select></label>
    <label>${say("facade")}<select data-testid="facade" @change=${(/** @type {Event} */ event) => ask({ facade: value(event) })}>
      <option value="">${say("all_facades")}</option>
      ${estate?.facades.map((one) => html`<option value=${one.id} ?selected=${one.id === asked.facade}>${nameOf(one.name)}</option>`)}</select></label>
    <label>${say("span")}<select data-testid="span" @change=${(/** @type {Event} */ event) => ask({ days: Number(value(event)) })}>
      ${DAYS.map((days) => html`<option value=${days} ?selected=${days === asked.days}>${say("days", { n: days })}</option>`)}</select></label>
    <a class="button" data-testid="export" href=${`/api/ledger/export${query}`} title=${say("export_hint")} download>${say("export")}</a>
    <a class="button" data-testid="csv" href=${`/api/ledger/orders${query}`} download>${say("csv")}</a>
  </section>`;
}

/** What the server is asked, as a query. */
function questions() {
  const begin = new Date(Date.now() - asked.days * DAY_MS).toISOString();
  return new URLSearchParams(Object.entries({ estate: asked.estate, facade: asked.facade, begin }).filter(([, value]) => value));
}

/** @param {Partial<typeof asked>} change */
function ask(change) {
  asked = { ...asked, ...change };
  page.refetch();
}

/** @param {Partial<import("./ledger/orders.js").Filter>} change */
function refilter(change) {
  filter = { ...filter, ...change };
  page.refetch();
}

/** @param {() => unknown} change */
function set(change) {
  change();
  page.redraw();
}

/** @param {Ledger} ledger */
async function onSnapshot(ledger) {
  const wanted = { estate: ledger.scope.estate, facade: asked.facade, source: filter.source, state: filter.state, overdue: filter.late ? "true" : "" };
  const query = new URLSearchParams(Object.entries(wanted).filter(([, value]) => value));
  orders = (await request("GET", `/api/work-orders?${query}`)).orders;
}

/** @param {import("./ledger/planned.js").Announcing} planned */
async function announce(planned) {
  busy = true;
  page.redraw();
  const estate = page.snapshot()?.scope.estate ?? asked.estate;
  await attempt(() => request("POST", "/api/ledger/planned", { estate, ...planned }), page.redraw);
  busy = false;
  page.refetch();
}

setLanguage(currentLanguage());
const page = startPage(() => `/api/ledger?${questions()}`, draw, onSnapshot);
