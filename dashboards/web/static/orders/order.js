/** What is said of a work order wherever it is shown: what it is about, where, until when, and how far it is. Pure. */

import { serverNow } from "../lib/clock.js";
import { enlargeable } from "../lib/enlarged.js";
import { dayTime, span } from "../lib/format.js";
import { currentLanguage, nameOf, personOf } from "../lib/i18n.js";
import { html, nothing } from "../lib/lit.js";
import { mark, sign, TONES } from "../lib/marks.js";
import { nameOfKind } from "../words/faults.js";
import { say } from "../words/orders.js";

/** @typedef {import("../lib/types.js").WorkOrder} WorkOrder */
/** @typedef {import("../lib/types.js").People} People */

/** @param {WorkOrder} order */
export function isDone(order) {
  return order.state === "closed" || order.state === "cancelled";
}

/** Its deadline has passed, and it is not finished. @param {WorkOrder} order */
function isLate(order) {
  return !isDone(order) && order.state !== "finished" && Date.parse(order.due_at) <= serverNow();
}

/** @param {WorkOrder} order @returns {import("../lib/marks.js").Tone} */
export function orderTone(order) {
  if (order.state === "closed") return "good";
  if (order.state === "cancelled") return "idle";
  return isLate(order) ? "critical" : TONES[order.severity];
}

/** @param {WorkOrder} order */
export function orderTitle(order) {
  if (order.title) return order.title;
  const spot = blindSpot(order);
  if (spot) return spot;
  const what = order.kind ? nameOfKind(order.kind) : "";
  return order.subject ? `${nameOf(order.subject.name)}${say("separator")}${what}` : what;
}

/** What the timers opened an order for: floors, bays and cells, `F9-14 B12-14 x18`. @param {WorkOrder} order */
function blindSpot({ kind, detail, facade }) {
  const [, floors, bays, n] = /^F(\S+) B(\S+) x(\d+)$/.exec(detail) ?? [];
  if (floors === undefined || bays === undefined || n === undefined) return "";
  return kind === "blind_spot_lost" || kind === "blind_spot_never" ? say(kind, { facade: facade ? nameOf(facade.name) : "", floors: written(floors), bays: written(bays), n }) : "";
}

/** @param {string} ranges */
function written(ranges) {
  return ranges.replaceAll("-", "–").replaceAll(",", currentLanguage() === "zh" ? "、" : ", ");
}

/** What somebody wrote about it. @param {WorkOrder} order */
export function orderDetail(order) {
  return blindSpot(order) ? "" : order.detail;
}

/** @param {WorkOrder} order */
export function orderPlace(order) {
  const parts = [nameOf(order.estate.name), order.facade ? nameOf(order.facade.name) : "", ...(blindSpot(order) ? [] : [order.floor ? say("floor", { n: order.floor }) : "", order.bay ? say("bay", { n: order.bay }) : ""])];
  if (order.subject && order.title) parts.push(nameOf(order.subject.name));
  return parts.filter(Boolean).join(say("separator"));
}

/** When and by whom it was entered. @param {WorkOrder} order @param {People} people */
export function orderOpened(order, people) {
  const time = dayTime(order.opened_at);
  return order.opened_by === "system" ? say("opened", { time }) : say("opened_by", { time, who: personOf(people, order.opened_by) });
}

/** How far it is, in words. @param {WorkOrder} order @param {People} people */
export function orderState(order, people) {
  const reason = order.reason ?? "";
  if (order.state === "assigned") return say("assigned", { who: personOf(people, order.responsible) });
  if (order.state === "taken") return say("taken", { who: personOf(people, order.taken_by) });
  if (order.state === "waiting") return say("waiting", { reason });
  if (order.state === "cancelled") return say("cancelled", { reason });
  if (order.state !== "finished") return say(order.state);
  if (order.source !== "fault") return say("finished", { who: personOf(people, order.finished_by) });
  if (order.kind === "camera_lost") return say("finished_camera");
  return say(order.kind === "agent_offline" ? "finished_agent" : "finished_device");
}

/** Until when, and whether that is over. @param {WorkOrder} order */
export function orderDeadline(order) {
  const time = dayTime(order.due_at);
  const left = (Date.parse(order.due_at) - serverNow()) / 1000;
  if (isLate(order)) return sign("critical", say("late", { time, span: span(-left) }));
  if (isDone(order) || order.state === "finished") {
    return order.overdue_at ? html`<span class="warn">${say("was_late", { time })}</span>` : html`<span class="fine">${say("was_due", { time })}</span>`;
  }
  return html`<span class="fine">${say("due", { time, span: span(left) })}</span>`;
}

/** Photographs of before and after, each as large as it is when it is clicked. @param {WorkOrder} order */
export function photoPair(order) {
  return html`<div class="photos" data-testid="photos">${stage(order, "before")}${stage(order, "after")}</div>`;
}

/** @param {WorkOrder} order @param {"before" | "after"} which */
function stage(order, which) {
  const found = order.photos.filter((photo) => photo.stage === which);
  return html`<figure class="stage" data-stage=${which}>
    <figcaption class="fine">${say(which)}</figcaption>
    ${found.length === 0 ? html`<p class="fine none">${say("photo_none")}</p>` : found.map((photo) => enlargeable(photo.url, say("photo_of", { stage: say(which), what: orderTitle(order) })))}
  </figure>`;
}

/** What happened to it. @param {WorkOrder} order @param {People} people */
export function orderHistory(order, people) {
  const rejected = order.state === "taken" && order.reason !== null;
  return html`<ol class="history">
    ${order.taken_at ? html`<li>${say("taken_line", { time: dayTime(order.taken_at), who: personOf(people, order.taken_by) })}</li>` : nothing}
    ${order.finished_at ? html`<li>${say("finished_line", { time: dayTime(order.finished_at), who: personOf(people, order.finished_by), measure: order.measure ?? "" })}</li>` : nothing}
    ${rejected ? html`<li class="warn">${mark("high")} ${say("rejected_line", { reason: order.reason ?? "" })}</li>` : nothing}
    ${order.verified_by ? html`<li>${say("verified_line", { who: personOf(people, order.verified_by) })}</li>` : nothing}
    ${order.closed_at ? html`<li>${say("closed_line", { time: dayTime(order.closed_at) })}</li>` : nothing}
  </ol>`;
}
