/** The left side: faults by cause, then the tree of devices with their state and since when. */

import { age, clockTime, moment, quantity, span } from "../lib/format.js";
import { serverNow } from "../lib/clock.js";
import { nameOf } from "../lib/i18n.js";
import { html, nothing, repeat } from "../lib/lit.js";
import { mark, sign } from "../lib/marks.js";
import { isDone, orderDeadline, orderTitle, orderTone } from "../orders/order.js";
import { kindName } from "../words/faults.js";
import { say } from "../words/maintenance.js";
import { say as sayOrder } from "../words/orders.js";
import { causes, faultsOf, toneOf } from "./faults.js";
import { recordLine } from "./record.js";

/** @typedef {import("../lib/types.js").Maintenance} Maintenance */
/** @typedef {import("../lib/types.js").Agent} Agent */
/** @typedef {import("../lib/types.js").Fault} Fault */

/** What waits this long is late; younger messages are on their way. */
const LATE_S = 10;
/** So many recovered faults stand in the list; older ones are a click away. */
const RECOVERED_SHOWN = 3;

/** @param {Maintenance} all @param {string | null} selected @param {(id: string) => void} select */
export function faultList(all, selected, select) {
  const open = causes(all);
  const recovered = all.faults
    .filter((fault) => fault.state === "closed")
    .sort((a, b) => Date.parse(b.cleared_at ?? b.since) - Date.parse(a.cleared_at ?? a.since));
  return html`<section class="fault-list">
    <h2 class="section">${say("faults", { n: open.length })}</h2>
    ${open.length === 0 ? html`<p class="calm-line">${mark("good")} ${say("no_faults")}</p>` : nothing}
    <ul class="rows">
      ${repeat(open, ({ fault }) => fault.id, ({ fault, under }) => html`${faultRow(fault, selected, select)}
        ${under.map((one) => underRow(one, selected, select))}`)}
    </ul>
    ${recovered.length === 0 ? nothing : html`<h2 class="section">${say("recovered_lately", { n: recovered.length })}</h2>
      ${faultRows(recovered.slice(0, RECOVERED_SHOWN), selected, select)}
      ${recovered.length <= RECOVERED_SHOWN ? nothing : html`<details class="earlier"><summary>${say("recovered_earlier", { n: recovered.length - RECOVERED_SHOWN })}</summary>
        ${faultRows(recovered.slice(RECOVERED_SHOWN), selected, select)}</details>`}`}
  </section>`;
}

/** A fault that hangs on the one above; its own order may still be in somebody's hands. @param {Fault} fault @param {string | null} selected @param {(id: string) => void} select */
function underRow(fault, selected, select) {
  return html`<li>
    <button type="button" class="under" data-fault=${fault.id} aria-current=${fault.id === selected ? "true" : nothing} @click=${() => select(fault.id)}>
      ${mark("idle")}<span>${nameOf(fault.subject.name)}</span><span class="fine">${kindName(fault)}</span>
    </button>
  </li>`;
}

/** @param {Fault[]} faults @param {string | null} selected @param {(id: string) => void} select */
function faultRows(faults, selected, select) {
  return html`<ul class="rows">${repeat(faults, (fault) => fault.id, (fault) => faultRow(fault, selected, select))}</ul>`;
}

/** @param {Fault} fault @param {string | null} selected @param {(id: string) => void} select */
function faultRow(fault, selected, select) {
  const isOpen = fault.state !== "closed";
  const tone = toneOf(fault);
  const when = isOpen ? span((serverNow() - Date.parse(fault.since)) / 1000) : say("recovered_at", { time: clockTime(fault.cleared_at ?? fault.since) });
  return html`<li>
    <button type="button" class="row ${isOpen ? "" : "done"}" data-fault=${fault.id} aria-current=${fault.id === selected ? "true" : nothing}
      @click=${() => select(fault.id)}>
      ${mark(tone)}<strong>${nameOf(fault.subject.name)} · ${kindName(fault)}</strong>
      <span class="fine ${isOpen ? tone : ""}">${when} · ${stateOf(fault)}</span>
    </button>
  </li>`;
}

/** Who has a fault, or what it waits for. @param {Fault} fault */
export function stateOf(fault) {
  if (fault.state === "closed") return say("closed");
  if (fault.shelved_until !== null) return say("shelved_until", { time: moment(fault.shelved_until) });
  return fault.announced_at === null && fault.suppressed_by === null ? say("waits_cause") : say(fault.state);
}

/** Orders of other sources, with when they are due. @param {import("../lib/types.js").WorkOrder[]} orders @param {string | null} selected @param {(id: string) => void} select @param {() => void} create */
export function orderList(orders, selected, select, create) {
  const open = orders.filter((order) => !isDone(order));
  return html`<section class="order-list">
    <div class="section-line"><h2 class="section">${sayOrder("others", { n: open.length })}</h2>
      <button type="button" class="quiet" data-testid="new-order" @click=${create}>＋ ${sayOrder("new_order")}</button></div>
    ${orders.length === 0 ? html`<p class="calm-line">${sayOrder("others_none")}</p>` : nothing}
    <ul class="rows">${repeat(orders, (order) => order.id, (order) => html`<li>
      <button type="button" class="row ${isDone(order) ? "done" : ""}" data-order=${order.id} aria-current=${order.id === selected ? "true" : nothing} @click=${() => select(order.id)}>
        ${mark(orderTone(order))}<strong>${orderTitle(order)}</strong>
        <span class="fine">${sayOrder(order.source)} · ${sayOrder(`state_${order.state}`)}</span>
        ${isDone(order) ? nothing : html`<span class="fine">${orderDeadline(order)}</span>`}
      </button></li>`)}</ul>
  </section>`;
}

/** @param {Maintenance} all */
export function deviceTree(all) {
  const counts = { agents: all.agents.length, cameras: all.cameras.length, sensors: all.sensors.length };
  return html`<section class="devices">
    <h2 class="section">${say("devices", counts)}</h2>
    ${all.agents.length === 0 ? html`<p class="calm-line faint">${say("no_devices")}</p>` : nothing}
    ${repeat(all.agents, (agent) => agent.id, (agent) => branch(agent, all))}
  </section>`;
}

/** @param {Agent} agent @param {Maintenance} all */
function branch(agent, all) {
  const tone = agent.state === "online" ? "good" : agent.state === "offline" ? "critical" : "unknown";
  return html`<details open class="agent" data-agent=${agent.id}>
    <summary><strong>${nameOf(agent.name)}</strong><span class="fine">${nameOf(agent.estate.name)}</span>
      ${sign(tone, say(agent.state))}<span class="fine since">${agent.since ? say("since", { time: moment(agent.since) }) : say("never")}</span></summary>
    <p class="vitals">
      <span class=${isLate(agent) ? "warn" : ""}>${outbox(agent)}</span>
      <span class=${agent.missing ? "warn" : ""} data-testid="missing">${agent.missing ? html`${mark("high")} ${say("missing", { n: agent.missing })}` : say("missing_none")}</span>
      ${agent.lost ? html`<span data-testid="lost">${say("told_lost", { n: agent.lost })}</span>` : nothing}
      ${agent.software ? html`<span>${say("software", { version: agent.software })}</span>` : nothing}
      ${agent.desired ? standing(agent.desired) : nothing}
      ${recordLine(agent.record)}
    </p>
    ${leafFaults(faultsOf(all, "agent", agent.id).filter((fault) => fault.kind !== "agent_offline"))}
    <ul class="leaves">
      ${repeat(all.cameras.filter((camera) => camera.agent.id === agent.id), (camera) => camera.id, (camera) => cameraLeaf(camera, all))}
      ${repeat(all.sensors.filter((sensor) => sensor.agent.id === agent.id), (sensor) => sensor.id, (sensor) => sensorLeaf(sensor, all))}
    </ul>
  </details>`;
}

/** @param {import("../lib/types.js").Standing} desired */
function standing({ wanted, outcome, now, reason }) {
  const bad = outcome === "refused" || outcome === "rolled_back";
  const words = say(`desired_${outcome ?? "sent"}`, { wanted, now: now ? `v${now}` : say("own_settings"), reason });
  return html`<span class=${bad ? "warn" : ""} data-testid="desired">${bad ? mark("high") : nothing} ${words}</span>`;
}

/** @param {Agent} agent */
function isLate({ outbox_depth, outbox_oldest_s }) {
  return Boolean(outbox_depth) && (outbox_oldest_s ?? 0) >= LATE_S;
}

/** @param {Agent} agent */
function outbox(agent) {
  const { outbox_depth, outbox_oldest_s } = agent;
  if (outbox_depth === null) return say("outbox_unknown");
  if (!isLate(agent)) return say("outbox", { n: outbox_depth });
  return say("outbox_oldest", { n: outbox_depth, span: span(outbox_oldest_s ?? 0) });
}

/** @param {import("../lib/types.js").Camera} camera @param {Maintenance} all */
function cameraLeaf(camera, all) {
  const tone = camera.state === "streaming" ? "good" : camera.state === "lost" ? "critical" : "unknown";
  const rate = camera.state === "streaming" && camera.frames_per_s !== null ? ` · ${say("rate", { n: camera.frames_per_s.toFixed(0) })}` : "";
  const faults = faultsOf(all, "camera", camera.id).filter((fault) => fault.kind !== "camera_lost");
  return html`<li data-camera=${camera.id} data-state=${camera.state}>
    <span class="leaf-name">${nameOf(camera.name)}</span>${leafSign(tone, `${say(camera.state)}${rate}`, faults)}
    <span class="fine since">${camera.since ? say("since", { time: moment(camera.since) }) : say("never")}</span>
    ${leafFaults(faults)} ${recordLine(camera.record)}
  </li>`;
}

/** @param {import("../lib/types.js").Sensor} sensor @param {Maintenance} all */
function sensorLeaf(sensor, all) {
  const tone = sensor.state === "reporting" ? "good" : sensor.state === "silent" ? "high" : "unknown";
  const value = sensor.value === null ? say(sensor.state) : quantity(sensor.value, sensor.unit).join(" ");
  const faults = faultsOf(all, "sensor", sensor.id);
  return html`<li data-sensor=${sensor.id} data-state=${sensor.state}>
    <span class="leaf-name">${nameOf(sensor.name)}</span>${leafSign(tone, sensor.state === "silent" ? `${say("silent")} · ${value}` : value, faults)}
    <span class="fine since">${sensor.observed_at ? age(sensor.observed_at) : say("never")}</span>
    ${leafFaults(faults)} ${recordLine(sensor.record)}
  </li>`;
}

/** A device's state; it is not called good while something about it is not. @param {import("../lib/marks.js").Tone} tone @param {string} word @param {Fault[]} faults */
function leafSign(tone, word, faults) {
  return tone === "good" && faults.length > 0 ? html`<span class="plain">${word}</span>` : sign(tone, word);
}

/** @param {Fault[]} faults */
function leafFaults(faults) {
  return faults.map((fault) => html`<span class="leaf-fault">${sign(toneOf(fault), kindName(fault))}</span>`);
}
