/** What stands behind a camera's month: when it did not watch and why, its faults, what was done about them. */

import { answers } from "../lib/answers.js";
import { dayTime, percent, span } from "../lib/format.js";
import { nameOf } from "../lib/i18n.js";
import { html, nothing } from "../lib/lit.js";
import { sign, TONES } from "../lib/marks.js";
import { reasonOf } from "../lib/shell.js";
import { orderDeadline, orderHistory, orderOpened, orderState, orderTitle, orderTone } from "../orders/order.js";
import { saidByBox, whyName } from "../words/coverage.js";
import { nameOfKind } from "../words/faults.js";
import { say } from "../words/proof.js";

/** @typedef {import("../lib/types.js").CameraProof} CameraProof */
/** @typedef {import("./steps.js").BureauAddress} BureauAddress */

const SHOWN = 8;

/** @param {BureauAddress} address @param {() => void} redraw */
export function proof(address, redraw) {
  /** @type {import("../lib/answers.js").Answers<CameraProof>} */
  const at = answers(redraw);

  function view() {
    const { camera, month } = address.at;
    at.ask(`/api/bureau/cameras/${encodeURIComponent(camera)}${month ? `?month=${month}` : ""}`);
    if (at.problem) return html`<p class="wrong" role="alert">${reasonOf(at.problem)}</p>`;
    if (at.found === null) return nothing;
    const found = at.found;
    return html`<section class="panel proof" data-testid="proof" data-camera=${found.id}>
      <h3>${nameOf(found.name)} <span class="fine">${say("span", { from: dayTime(found.span.begin), to: dayTime(found.span.end) })}</span></h3>
      <p class="fine">${say("watches", { facades: found.facades.map((one) => nameOf(one.name)).join(" · "), agent: found.agent })}</p>
      ${figures(found)}
      <h4>${say("outages")}</h4> ${outages(found)}
      <h4>${say("faults")}</h4> ${faults(found)}
      <h4>${say("orders")}</h4> ${orders(found)}
      <p class="fine">${address.link({ camera: "" }, say("back"))} ${say("certificate")}</p>
    </section>`;
  }

  /** Of the camera that the address names, once it is known. */
  function name() {
    return at.found !== null && at.found.id === address.at.camera ? at.found.name : null;
  }

  return { view, name };
}

/** @param {CameraProof} found */
function figures({ account: one }) {
  const share = (/** @type {number} */ part, /** @type {number} */ whole) => (whole > 0 ? percent(part / whole) : "–");
  const parts = [
    [say("online"), share(one.online_s, one.due_s), say("of", { part: span(one.online_s), whole: span(one.due_s) })],
    [say("sound"), share(one.sound_s, one.online_s), say("of", { part: span(one.sound_s), whole: span(one.online_s) })],
    [say("recorded"), share(one.recorded_s, one.due_s), say("of", { part: span(one.recorded_s), whole: span(one.due_s) })],
    [say("excluded"), one.excluded_s ? span(one.excluded_s) : "–", ""],
  ];
  return html`<dl class="record-sums">${parts.map(([term, value, aside]) => html`<div><dt>${term}</dt><dd><b>${value}</b> <span class="fine">${aside}</span></dd></div>`)}</dl>`;
}

/** Each stretch that counts against a figure, the newest first. @param {CameraProof} found */
function outages({ account }) {
  const all = [
    ...account.outages.map((one) => ({ ...one, what: say("offline") })),
    ...account.blinded.map((one) => ({ ...one, what: say("blinded") })),
    ...account.unrecorded.map((one) => ({ ...one, what: say("unrecorded") })),
  ].sort((a, b) => Date.parse(b.begin) - Date.parse(a.begin));
  if (all.length === 0) return html`<p class="fine">${say("no_outages")}</p>`;
  const line = (/** @type {typeof all[number]} */ one) => html`<tr><td>${dayTime(one.begin)}</td><td>${dayTime(one.end)}</td>
    <td>${span((Date.parse(one.end) - Date.parse(one.begin)) / 1000)}</td><td>${one.what}</td><td>${whyName(one.why || "unknown")} <span class="fine">${saidByBox(one.why)}</span></td></tr>`;
  const table = (/** @type {typeof all} */ some) => html`<div class="scroll"><table>
    <thead><tr>${/** @type {const} */ (["begin", "end", "lasted", "what", "why"]).map((key) => html`<th scope="col">${say(key)}</th>`)}</tr></thead>
    <tbody>${some.map(line)}</tbody></table></div>`;
  return html`${table(all.slice(0, SHOWN))} ${all.length > SHOWN ? html`<details><summary>${say("more", { n: all.length - SHOWN })}</summary>${table(all.slice(SHOWN))}</details>` : nothing}`;
}

/** @param {CameraProof} found */
function faults({ faults: all, orders: known }) {
  if (all.length === 0) return html`<p class="fine">${say("no_faults")}</p>`;
  return html`<ul class="proof-list">${all.map((fault) => {
    const order = known.find((one) => one.fault === fault.id);
    const until = fault.cleared_at ? say("cleared", { time: dayTime(fault.cleared_at), span: span((Date.parse(fault.cleared_at) - Date.parse(fault.since)) / 1000) }) : say("lasts");
    return html`<li data-fault=${fault.kind}>${sign(fault.cleared_at ? "idle" : TONES[fault.severity], nameOfKind(fault.kind))}
      <span>${fault.of === "agent" ? say("of_agent") : ""} ${say("since", { time: dayTime(fault.since) })} · ${until}</span>
      ${order ? html`<span class="fine">${order.number}</span>` : nothing}</li>`;
  })}</ul>`;
}

/** @param {CameraProof} found */
function orders({ orders: all, people }) {
  if (all.length === 0) return html`<p class="fine">${say("no_orders")}</p>`;
  return html`<ul class="proof-list">${all.map((order) => html`<li data-order=${order.number}>
    ${sign(orderTone(order), `${order.number} ${orderTitle(order)}`)} <span>${orderState(order, people)} · ${orderOpened(order, people)}</span>
    ${orderDeadline(order)} ${orderHistory(order, people)}</li>`)}</ul>`;
}
