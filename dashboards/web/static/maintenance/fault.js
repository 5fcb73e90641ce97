/** The fault in the middle: what broke, where, since when, what was measured and seen, what is blind, what to check first. */

import { clockTime, moment, quantity, span } from "../lib/format.js";
import { serverNow } from "../lib/clock.js";
import { enlargeable } from "../lib/enlarged.js";
import { listOf, nameOf } from "../lib/i18n.js";
import { html, nothing } from "../lib/lit.js";
import { mark, sign } from "../lib/marks.js";
import { checksOf, kindName, measuredName, saidBesides, whatIsWrong } from "../words/faults.js";
import { say } from "../words/maintenance.js";
import { facadesOf, toneOf } from "./faults.js";
import { stateOf } from "./lists.js";
import { shelf } from "./shelf.js";
import { recordRows } from "./record.js";

/** @typedef {import("../lib/types.js").Maintenance} Maintenance */
/** @typedef {import("../lib/types.js").Fault} Fault */
/** @typedef {import("./faults.js").Cause} Cause */

/** @param {Cause} cause @param {Maintenance} all @param {import("./shelf.js").Shelve} shelve */
export function faultCard(cause, all, shelve) {
  const { fault, under } = cause;
  const isOpen = fault.state !== "closed";
  const until = isOpen ? serverNow() : Date.parse(fault.cleared_at ?? fault.since);
  const length = span((until - Date.parse(fault.since)) / 1000);
  return html`<article class="fault" data-testid="fault" data-fault=${fault.id}>
    <h2>${nameOf(fault.subject.name)} · ${kindName(fault)}</h2>
    <p class="fault-when">
      ${sign(toneOf(fault), isOpen ? say(fault.severity) : say("closed"))}
      ${isOpen ? html`<span>${stateOf(fault)}</span>` : nothing}
      <span>${say("since", { time: moment(fault.since) })}</span>
      <span>${say(isOpen ? "for_how_long" : "lasted", { span: length })}</span>
      ${fault.cleared_at ? html`<span>${say("recovered_at", { time: clockTime(fault.cleared_at) })}</span>` : nothing}
    </p>
    <section class="panel evidence ${fault.thumbnail ? "with-picture" : ""}">
      <div class="known">
        ${whatIsWrong(fault) === kindName(fault) ? nothing : html`<h3>${whatIsWrong(fault)}</h3>`}
        ${facts(fault, all)} ${measured(fault)}
      </div>
      ${fault.thumbnail ? picture(fault.thumbnail, fault) : nothing}
      ${under.length === 0 ? nothing : html`<p class="fine folded">${folded(cause)}</p>`}
    </section>
    ${isOpen ? blind(cause, all) : affected(cause)} ${isOpen ? checks(fault) : nothing}
    ${isOpen ? shelf(fault, shelve) : nothing}
  </article>`;
}

/** @param {Fault} fault @param {Maintenance} all */
function facts(fault, all) {
  const camera = fault.subject.type === "camera" ? all.cameras.find((one) => one.id === fault.subject.id) : undefined;
  const sensor = fault.subject.type === "sensor" ? all.sensors.find((one) => one.id === fault.subject.id) : undefined;
  const attached = camera?.agent ?? sensor?.agent;
  const said = saidBesides(fault) || fault.reason;
  return html`<dl>
    <div><dt>${say("where")}</dt><dd>${nameOf(fault.estate.name)}${fault.subject.type === "estate" ? nothing : ` · ${nameOf(fault.subject.name)}`}</dd></div>
    ${camera?.facades.length ? html`<div><dt>${say("looks_at")}</dt><dd>${names(camera.facades)}</dd></div>` : nothing}
    ${attached ? html`<div><dt>${say("attached")}</dt><dd>${nameOf(attached.name)}</dd></div>` : nothing}
    ${recordRows(deviceOf(fault, all)?.record ?? null)}
    ${said ? html`<div><dt>${say(fault.subject.type === "estate" ? "found" : "told")}</dt><dd class=${saidBesides(fault) ? "" : "told"}>${said}</dd></div>` : nothing}
  </dl>`;
}

/** @param {Fault} fault @param {Maintenance} all */
function deviceOf(fault, all) {
  const devices = { camera: all.cameras, sensor: all.sensors, agent: all.agents, node: [], estate: [] }[fault.subject.type];
  return devices.find((device) => device.id === fault.subject.id);
}

/** What was measured beside what is usual and what it was held against. @param {Fault} fault */
function measured(fault) {
  if (fault.value === null) return nothing;
  /** @param {string} term @param {number | null} value @param {string} kind */
  const one = (term, value, kind) => {
    if (value === null) return nothing;
    const [figure, unit] = quantity(value, fault.unit);
    return html`<div class=${kind}><dt>${term}</dt><dd>${figure}${unit ? html` <span class="unit">${unit}</span>` : nothing}</dd></div>`;
  };
  const name = measuredName(fault);
  return html`<dl class="figures" data-testid="figures">
    ${one(name ? say("measured_of", { name }) : say("measured"), fault.value, `measured ${toneOf(fault)}`)}
    ${one(say("usual"), fault.baseline, "")} ${one(say("threshold"), fault.threshold, "")}
  </dl>`;
}

/** The proof. @param {string} address @param {Fault} fault */
function picture(address, fault) {
  return html`<figure class="seen">
    ${enlargeable(address, say("picture_of", { what: `${nameOf(fault.subject.name)} · ${kindName(fault)}` }))}
    <figcaption class="fine">${say("seen")}</figcaption>
  </figure>`;
}

/** @param {Cause} cause */
function folded({ fault, under }) {
  const lines = under.map((one) => (one.subject.id === fault.subject.id ? kindName(one) : `${nameOf(one.subject.name)} ${kindName(one)}`));
  return say("folded", { n: under.length, names: listOf(lines) });
}

/** @param {import("../lib/types.js").Named[]} things */
function names(things) {
  return listOf(things.map((thing) => nameOf(thing.name)));
}

/** @param {Cause} cause @param {Maintenance} all */
function blind(cause, all) {
  if (![cause.fault, ...cause.under].some((one) => one.blinding)) return nothing;
  const { blind: unwatched, watched } = facadesOf(cause, all);
  return html`<section class="panel ${unwatched.length ? "shout" : ""}">
    <h3>${say("blind_now")}</h3>
    ${unwatched.length === 0 ? html`<p class="fine">${say("blind_none")}</p>` : html`<ul class="chips">
      ${unwatched.map((facade) => html`<li>${mark("critical")} ${nameOf(facade.name)}</li>`)}
    </ul>`}
    ${watched.length === 0 ? nothing : html`<p class="fine">${say("watched_by_others", { names: names(watched) })}</p>`}
  </section>`;
}

/** @param {Cause} cause */
function affected({ fault }) {
  if (!fault.blinding || fault.facades.length === 0) return nothing;
  return html`<section class="panel">
    <h3>${say("blind_was")}</h3>
    <ul class="chips">${fault.facades.map((facade) => html`<li>${nameOf(facade.name)}</li>`)}</ul>
  </section>`;
}

/** @param {Fault} fault */
function checks(fault) {
  const lines = checksOf(fault);
  if (lines.length === 0) return nothing;
  return html`<section class="panel">
    <h3>${say("check_first")}</h3>
    <ol class="checks">${lines.map((line) => html`<li>${line}</li>`)}</ol>
    ${fault.kind === "agent_offline" ? html`<p class="fine">${say("buffered")}</p>` : nothing}
  </section>`;
}
