/** The fault in the middle: what broke, where, since when, what is blind, what to check first. */

import { clockTime, moment, span } from "../lib/format.js";
import { serverNow } from "../lib/clock.js";
import { nameOf } from "../lib/i18n.js";
import { html, nothing } from "../lib/lit.js";
import { mark, sign } from "../lib/marks.js";
import { say } from "../words/maintenance.js";
import { facadesOf } from "./faults.js";

/** @typedef {import("../lib/types.js").Maintenance} Maintenance */
/** @typedef {import("./faults.js").Cause} Cause */

/** @param {Cause} cause @param {Maintenance} all */
export function faultCard(cause, all) {
  const { fault, under } = cause;
  const isOpen = fault.state !== "closed";
  const camera = all.cameras.find((one) => one.id === fault.subject.id && fault.subject.type === "camera");
  const until = isOpen ? serverNow() : Date.parse(fault.cleared_at ?? fault.since);
  const length = span((until - Date.parse(fault.since)) / 1000);
  return html`<article class="fault" data-testid="fault" data-fault=${fault.id}>
    <h2>${nameOf(fault.subject.name)} · ${say(fault.kind)}</h2>
    <p class="fault-when">
      ${sign(isOpen ? (fault.kind === "agent_offline" ? "critical" : "high") : "good", say(fault.state))}
      <span>${say("since", { time: moment(fault.since) })}</span>
      <span>${say(isOpen ? "for_how_long" : "lasted", { span: length })}</span>
      ${fault.cleared_at ? html`<span>${say("recovered_at", { time: clockTime(fault.cleared_at) })}</span>` : nothing}
    </p>
    <section class="panel">
      <h3>${say(`what_${fault.kind}`)}</h3>
      <dl>
        <div><dt>${say("where")}</dt><dd>${nameOf(fault.estate.name)} · ${nameOf(fault.subject.name)}</dd></div>
        ${camera ? html`<div><dt>${say("attached")}</dt><dd>${nameOf(camera.agent.name)}</dd></div>` : nothing}
        ${camera?.reason ? html`<div><dt>${say("told")}</dt><dd class="told">${camera.reason}</dd></div>` : nothing}
      </dl>
      ${under.length === 0 ? nothing : html`<p class="fine">${say("folded", { n: under.length, names: under.map((one) => nameOf(one.subject.name)).join(say("list_separator")) })}</p>`}
    </section>
    ${isOpen ? html`${blind(cause, all)}${checks(fault.kind)}` : affected(cause)}
  </article>`;
}

/** @param {Cause} cause @param {Maintenance} all */
function blind(cause, all) {
  const { blind: unwatched, watched } = facadesOf(cause, all);
  return html`<section class="panel ${unwatched.length ? "shout" : ""}">
    <h3>${say("blind_now")}</h3>
    ${unwatched.length === 0 ? html`<p class="fine">${say("blind_none")}</p>` : html`<ul class="chips">
      ${unwatched.map((facade) => html`<li>${mark("critical")} ${nameOf(facade.name)}</li>`)}
    </ul>`}
    ${watched.length === 0 ? nothing : html`<p class="fine">${say("watched_by_others", { names: watched.map((facade) => nameOf(facade.name)).join(say("list_separator")) })}</p>`}
  </section>`;
}

/** @param {Cause} cause */
function affected({ fault }) {
  return html`<section class="panel">
    <h3>${say("blind_was")}</h3>
    <ul class="chips">${fault.facades.map((facade) => html`<li>${nameOf(facade.name)}</li>`)}</ul>
  </section>`;
}

/** @param {import("../lib/types.js").Fault["kind"]} kind */
function checks(kind) {
  const lines = /** @type {const} */ ([1, 2, 3]).map((n) => say(`${kind}_${n}`));
  return html`<section class="panel">
    <h3>${say("check_first")}</h3>
    <ol class="checks">${lines.map((line) => html`<li>${line}</li>`)}</ol>
    ${kind === "agent_offline" ? html`<p class="fine">${say("buffered")}</p>` : nothing}
  </section>`;
}
