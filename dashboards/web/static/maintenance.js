/** 设备维修, maintenance: what is broken and why, what to check first, and the order that ends with the device back. */

import { request } from "./lib/api.js";
import { currentLanguage, nameOf, setLanguage } from "./lib/i18n.js";
import { html, nothing, render } from "./lib/lit.js";
import { mark } from "./lib/marks.js";
import { startPage } from "./lib/page.js";
import { attempt, currentUser, header, refusal, staleLine, withoutSnapshot } from "./lib/shell.js";
import { faultCard } from "./maintenance/fault.js";
import { causes, isWatching } from "./maintenance/faults.js";
import { deviceTree, faultList } from "./maintenance/lists.js";
import { orderCard } from "./maintenance/order.js";
import { kindName } from "./words/faults.js";
import { say } from "./words/maintenance.js";

/** @typedef {import("./lib/types.js").Maintenance} Maintenance */
/** @typedef {import("./lib/types.js").WorkOrder} WorkOrder */

const root = /** @type {HTMLElement} */ (document.getElementById("app"));
/** @type {string | null} */
let selected = null;
/** @type {Set<string> | null} */
let known = null;
let announcement = "";
let busy = false;

/** @param {import("./lib/page.js").View<Maintenance>} view */
function draw(view) {
  const all = view.snapshot;
  if (all === null) {
    render(html`${header("maintenance", view.live, nothing, page.redraw)}${withoutSnapshot(view.problem, page.refetch)}`, root);
    return;
  }
  const cause = selectedCause(all);
  const order = cause ? (all.work_orders.find((one) => one.id === cause.fault.work_order) ?? null) : null;
  render(
    html`${header("maintenance", view.live, summary(all), page.redraw)} ${staleLine(view.problem)}
      <main class="maintenance">
        <div class="left">${faultList(all, cause?.fault.id ?? null, select)}${deviceTree(all)}</div>
        ${cause ? html`<div class="middle">${faultCard(cause, all, shelve)}</div>${orderCard(order, cause.fault, all.people, actions, busy)}` : html`<div class="middle blank">${calm(all)}</div>`}
      </main>
      ${refusal(page.redraw)}
      <p class="spoken" aria-live="polite">${announcement}</p>`,
    root,
  );
}

/** The chosen fault, also when it hangs on another or has closed meanwhile; else the first open one. @param {Maintenance} all */
function selectedCause(all) {
  const open = causes(all);
  const chosen = open.find(({ fault }) => fault.id === selected);
  if (chosen) return chosen;
  const other = all.faults.find((fault) => fault.id === selected);
  return other ? { fault: other, under: [] } : (open[0] ?? null);
}

/** @param {string} id */
function select(id) {
  selected = id;
  page.redraw();
}

/** @param {Maintenance} all */
function summary(all) {
  const watching = all.cameras.filter((camera) => isWatching(all, camera)).length;
  const online = all.agents.filter((agent) => agent.state === "online").length;
  const mine = all.work_orders.filter((order) => order.state === "taken" && order.taken_by === currentUser().username).length;
  return html`<span class=${watching < all.cameras.length ? "warn" : ""}>${say("head_cameras", { up: watching, all: all.cameras.length })}</span>
    <span class=${online < all.agents.length ? "warn" : ""}>${say("head_agents", { up: online, all: all.agents.length })}</span>
    <span>${say("head_mine", { n: mine })}</span>`;
}

/** @param {Maintenance} all */
function calm(all) {
  const unknown = [...all.agents, ...all.cameras, ...all.sensors].filter((device) => device.state === "unknown").length;
  return html`<div class="calm">
    <h2>${mark(unknown ? "unknown" : "good")} ${unknown ? say("some_unknown", { n: unknown }) : say("all_good")}</h2>
    <p>${say("all_good_hint")}</p>
  </div>`;
}

/** @param {Maintenance} all */
function onSnapshot(all) {
  const open = all.faults.filter((fault) => fault.state !== "closed");
  const fresh = open.find((fault) => known !== null && !known.has(fault.id));
  known = new Set(open.map((fault) => fault.id));
  if (fresh) announcement = say("new_fault", { what: `${nameOf(fresh.subject.name)} · ${kindName(fresh)}` });
  // What is on the screen stays there when it closes: it must be able to say that it did.
  selected ??= causes(all)[0]?.fault.id ?? null;
}

/** @param {WorkOrder} order @param {string} action @param {unknown} body */
async function act(order, action, body) {
  busy = true;
  page.redraw();
  await attempt(() => request("POST", `/api/work-orders/${order.id}/${action}`, body), page.redraw);
  busy = false;
  page.refetch();
}

/** @type {import("./maintenance/shelf.js").Shelve} */
async function shelve(fault, action, body) {
  await attempt(() => request("POST", `/api/faults/${fault.id}/${action}`, body), page.redraw);
  page.refetch();
}

const actions = {
  take: (/** @type {WorkOrder} */ order) => void act(order, "take", {}),
  finish: (/** @type {WorkOrder} */ order, /** @type {string} */ measure) => void act(order, "finish", { measure }),
};

setLanguage(currentLanguage());
const page = startPage("/api/maintenance", draw, onSnapshot);
