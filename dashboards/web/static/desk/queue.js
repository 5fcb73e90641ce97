/** The queue: what is open, then what was closed lately. */

import { age, clockTime } from "../lib/format.js";
import { nameOf, personOf } from "../lib/i18n.js";
import { html, nothing, repeat } from "../lib/lit.js";
import { mark, sign } from "../lib/marks.js";
import { say as sayLife, whyInShort } from "../words/alarms.js";
import { say, sayReason } from "../words/desk.js";
import { handovers } from "./handover.js";
import { heldList, heldMark } from "./hold.js";
import { placeInShort } from "./place.js";

/** @typedef {import("../lib/types.js").Alert} Alert */

/** Where it happened, as far as known. @param {Alert} alert */
export function placeOf(alert) {
  const facade = nameOf((alert.facade ?? alert.camera).name);
  return alert.place === null ? facade : `${facade} · ${placeInShort(alert.place, alert.pose_doubted)}`;
}

/**
 * @param {import("../lib/types.js").Desk} desk
 * @param {string | null} selected
 * @param {(id: string) => void} select
 * @param {import("./handover.js").HandoverActions} handing
 * @param {import("./hold.js").Holding} holding
 */
export function queue(desk, selected, select, handing, holding) {
  return html`<nav class="queue" id="queue" aria-label=${say("open", { n: desk.open.length })}>
    ${handovers(desk, handing)}
    <h2 class="section">${say("open", { n: desk.open.length })}</h2>
    ${desk.open.length === 0 ? html`<p class="calm-line">${mark("good")} ${say("nothing_open")}</p>` : nothing}
    <ul class="cards">
      ${repeat(desk.open, (alert) => alert.id, (alert) => openCard(alert, desk.people, alert.id === selected, select))}
    </ul>
    <h2 class="section">${say("closed", { n: desk.closed.length })}</h2>
    ${desk.closed.length === 0 ? html`<p class="calm-line faint">${say("nothing_closed")}</p>` : nothing}
    <ul class="cards">
      ${repeat(desk.closed, (alert) => alert.id, (alert) => closedCard(alert, desk.people, alert.id === selected, select))}
    </ul>
    ${heldList(holding, selected)}
  </nav>`;
}

/** @param {Alert} alert @param {import("../lib/types.js").People} people @param {boolean} isSelected @param {(id: string) => void} select */
function openCard(alert, people, isSelected, select) {
  const clip = alert.clip === "pending" ? ` · ${say("clip_pending")}` : alert.clip === "failed" ? ` · ${say("clip_failed")}` : "";
  const doubt = alert.time_is === "known" ? "" : ` · ${say(`time_${alert.time_is}`)}`;
  return html`<li>
    <button type="button" class="card ${alert.severity} ${alert.state} ${alert.shelved_until === null ? "" : "shelved"}" data-alert=${alert.id}
      aria-current=${isSelected ? "true" : nothing} @click=${() => select(alert.id)}>
      <span class="card-head">${sign(alert.severity, `${say(alert.severity)} · ${stateOf(alert, people)}`)}<span class="age">${age(alert.observed_at)}</span></span>
      <strong>${placeOf(alert)}</strong>
      <span class="fine">${clockTime(alert.observed_at)} · ${say("score", { score: alert.score.toFixed(2) })}${clip}${doubt}</span>
      <span class="fine why">${whyInShort(alert)}</span>
      ${heldMark(alert)}
    </button>
  </li>`;
}

/** Who has it, or that nobody has. @param {Alert} alert @param {import("../lib/types.js").People} people */
export function stateOf(alert, people) {
  const who = personOf(people, alert.assigned_to ?? alert.acknowledged_by);
  if (alert.state === "closed") return say("closed_state");
  if (alert.shelved_until !== null) return sayLife("shelved_until", { time: clockTime(alert.shelved_until).slice(0, 5) });
  if (alert.state === "confirmed") return sayLife("confirmed_by", { who });
  if (alert.state === "acknowledged") return say("in_hand_of", { who });
  return alert.assigned_to === null ? say("raised") : sayLife("waits_for", { who });
}

/** @param {Alert} alert @param {import("../lib/types.js").People} people @param {boolean} isSelected @param {(id: string) => void} select */
function closedCard(alert, people, isSelected, select) {
  return html`<li>
    <button type="button" class="card done" data-alert=${alert.id} aria-current=${isSelected ? "true" : nothing}
      @click=${() => select(alert.id)}>
      <span class="card-head"><span>${sayReason(alert.close_reason ?? "")}</span><span class="age">${clockTime(alert.observed_at)}</span></span>
      <strong>${placeOf(alert)}</strong>
      <span class="fine">${say("closed_by", { who: personOf(people, alert.closed_by) })}</span>
      ${heldMark(alert)}
    </button>
  </li>`;
}
