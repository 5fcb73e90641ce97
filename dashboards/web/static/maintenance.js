/** 设备维修, maintenance: what is broken and why, what to check first, and the order that ends with the device back. */

import { request } from "./lib/api.js";
import { currentLanguage, nameOf, setLanguage } from "./lib/i18n.js";
import { html, nothing, render } from "./lib/lit.js";
import { mark } from "./lib/marks.js";
import { startPage } from "./lib/page.js";
import { addPhoto } from "./lib/photo.js";
import { attempt, currentUser, header, refusal, staleLine, withoutSnapshot } from "./lib/shell.js";
import { faultCard } from "./maintenance/fault.js";
import { causes, isWatching } from "./maintenance/faults.js";
import { deviceTree, faultList, orderList } from "./maintenance/lists.js";
import { openingForm } from "./maintenance/opening.js";
import { findingCard, orderCard } from "./maintenance/order.js";
import { doubtList } from "./orders/doubts.js";
import { isDone } from "./orders/order.js";
import { kindName } from "./words/faults.js";
import { say } from "./words/maintenance.js";

/** @typedef {import("./lib/types.js").Maintenance} Maintenance */
/** @typedef {import("./lib/types.js").WorkOrder} WorkOrder */

/** Chosen in place of a fault or an order: the form for a new one. */
const NEW = "new";
const root = /** @type {HTMLElement} */ (document.getElementById("app"));
const asked = new URLSearchParams(location.search);
/** A fault or an order; at first what a message's link names. @type {string | null} */
let selected = asked.get("fault") ?? asked.get("order");
/** @type {Set<string> | null} */
let known = null;
let announcement = "";
let busy = false;
/** A moved camera of which somebody is about to say where it looks. @type {string | null} */
let asking = null;

/** @param {import("./lib/page.js").View<Maintenance>} view */
function draw(view) {
  const all = view.snapshot;
  if (all === null) {
    render(html`${header("maintenance", view.live, nothing, page.redraw)}${withoutSnapshot(view.problem, page.refetch)}`, root);
    return;
  }
  const found = others(all).find((one) => one.id === selected) ?? null;
  const cause = found || selected === NEW ? null : selectedCause(all);
  render(
    html`${header("maintenance", view.live, summary(all), page.redraw)} ${staleLine(view.problem)}
      <main class="maintenance">
        <div class="left">${faultList(all, cause?.fault.id ?? null, select)}${doubtList(all.doubts, asking, ask, confirmPose)}${orderList(others(all), selected, select, () => select(NEW))}${deviceTree(all)}</div>
        ${selected === NEW ? html`<div class="middle">${openingForm(all.places, open, () => select(null), busy)}</div>` : chosen(all, cause, found)}
      </main>
      ${refusal(page.redraw)}
      <p class="spoken" aria-live="polite">${announcement}</p>`,
    root,
  );
}

/** What is chosen: a finding, or a fault, with its order; or that all is well. @param {Maintenance} all @param {import("./maintenance/faults.js").Cause | null} cause @param {WorkOrder | null} found */
function chosen(all, cause, found) {
  if (found) return html`<div class="middle">${findingCard(found, all)}</div>${orderCard(found, null, all, actions, busy)}`;
  if (cause === null) return html`<div class="middle blank">${calm(all)}</div>`;
  const order = all.work_orders.find((one) => one.id === cause.fault.work_order) ?? null;
  return html`<div class="middle">${faultCard(cause, all, shelve)}</div>${orderCard(order, cause.fault, all, actions, busy)}`;
}

/** Orders that are of no device's fault: those at hand first. @param {Maintenance} all */
function others(all) {
  const found = all.work_orders.filter((order) => order.source !== "fault");
  return found.sort((a, b) => Number(isDone(a)) - Number(isDone(b)) || Date.parse(a.due_at) - Date.parse(b.due_at));
}

/** The chosen fault, also when it hangs on another or has closed meanwhile; else the first open one. @param {Maintenance} all */
function selectedCause(all) {
  const open = causes(all);
  const isChosen = (/** @type {import("./lib/types.js").Fault} */ fault) => selected !== null && [fault.id, fault.work_order].includes(selected);
  const chosen = open.find(({ fault }) => isChosen(fault));
  if (chosen) return chosen;
  const other = all.faults.find(isChosen);
  return other ? { fault: other, under: [] } : (open[0] ?? null);
}

/** @param {string | null} id */
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

/** Do something that changes the snapshot, one thing at a time. @param {() => Promise<unknown>} action */
async function change(action) {
  busy = true;
  page.redraw();
  await attempt(async () => void (await action()), page.redraw);
  busy = false;
  page.refetch();
}

/** @param {string | null} camera */
function ask(camera) {
  asking = camera;
  page.redraw();
}

/** @param {string} camera @param {string} reason */
function confirmPose(camera, reason) {
  void change(async () => {
    await request("POST", `/api/cameras/${camera}/pose/confirm`, { reason });
    asking = null;
  });
}

/** @type {import("./maintenance/shelf.js").Shelve} */
async function shelve(fault, action, body) {
  await attempt(() => request("POST", `/api/faults/${fault.id}/${action}`, body), page.redraw);
  page.refetch();
}

/** @param {import("./maintenance/opening.js").Opening} opening @param {File | null} picture */
function open(opening, picture) {
  void change(async () => {
    const order = await request("POST", "/api/work-orders", opening);
    selected = order.id;
    if (picture) await addPhoto(order.id, "before", picture);
  });
}

/** @type {import("./maintenance/order.js").OrderActions} */
const actions = {
  act: (order, action, body) => void change(() => request("POST", `/api/work-orders/${order.id}/${action}`, body)),
  // Before anybody has taken it, what is seen is what was found.
  photo: (order, file) => void change(() => addPhoto(order.id, order.taken_at ? "after" : "before", file)),
};

setLanguage(currentLanguage());
const page = startPage("/api/maintenance", draw, onSnapshot);
