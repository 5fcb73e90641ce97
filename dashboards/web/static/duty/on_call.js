/** Who is on call now, who comes next, when nobody is, and who stands in for whom. */

import { dayTime } from "../lib/format.js";
import { listOf, personOf } from "../lib/i18n.js";
import { html, nothing } from "../lib/lit.js";
import { sign } from "../lib/marks.js";
import { say } from "../words/duty.js";

/** @typedef {import("../lib/types.js").Duty} Duty */
/** @typedef {import("../lib/types.js").People} People */
/** @typedef {import("../lib/types.js").OnCall} OnCall */
/** @typedef {import("../lib/types.js").Override} Override */
/** @typedef {{rotate: (role: OnCall) => void, replace: (role: OnCall) => void, drop: (override: Override) => void}} Arranging */

const AHEAD = 5;
const GAPS = 8;

/** @param {Duty} duty @param {People} people @param {OnCall} one @param {Arranging | null} arrange Null: to look at only. */
export function onCallPanel(duty, people, one, arrange) {
  const isGap = one.people.length === 0;
  const means = one.members.length === 0 ? say("gap_nobody") : say("gap_means", { n: one.members.length });
  const stands = duty.overrides.filter((override) => override.role === one.role);
  return html`<section class="panel on-call ${isGap ? "gap" : ""}" data-role=${one.role}>
    <h3><span>${say("on_call_now")} · ${say(`role_${one.role}`)}</span>${one.ahead.length > 1 ? html`<span class="fine">${say("until", { time: dayTime(one.until) })}</span>` : nothing}</h3>
    ${isGap ? html`<p>${sign("high", say("gap"))}</p><p class="fine">${means}</p>` : html`<p class="names">${namesOf(people, one.people)}${one.source === "override" ? html` <span class="fine">${say("override")}</span>` : nothing}</p>`}
    ${one.ahead.length > 1 ? html`<ul class="ahead">${one.ahead.slice(1, 1 + AHEAD).map((next) => ahead(people, next))}</ul>` : nothing}
    ${gaps(one)} ${stands.length > 0 ? html`<h4>${say("overrides")}</h4><ul class="ahead overrides">${stands.map((override) => standIn(people, override, arrange))}</ul>` : nothing}
    ${arrange === null
      ? nothing
      : html`<div class="acts"><button type="button" @click=${() => arrange.rotate(one)} data-testid="edit-rotation">${say("rotation")}</button>
          <button type="button" @click=${() => arrange.replace(one)} data-testid="add-override">${say("add_override")}</button></div>`}
  </section>`;
}

/** @param {People} people @param {string[]} usernames */
function namesOf(people, usernames) {
  return listOf(usernames.map((person) => personOf(people, person)));
}

/** @param {People} people @param {OnCall["ahead"][number]} next */
function ahead(people, next) {
  return html`<li class=${next.people.length === 0 ? "gap" : nothing}>
    <span class="fine">${say("from_to", { from: dayTime(next.begins_at), to: dayTime(next.ends_at) })}</span><span>${namesOf(people, next.people) || say("gap")}</span>
  </li>`;
}

/** When nobody is on call within the fourteen days that the service looks ahead. @param {OnCall} one */
function gaps(one) {
  const found = one.ahead.filter((next) => next.people.length === 0);
  if (found.length === 0) return html`<p class="fine covered">${say("no_gaps")}</p>`;
  if (one.ahead.length === 1) return html`<p class="fine">${say("no_rotation")}</p>`;
  return html`<h4 class="gap">${sign("high", say("gaps", { n: found.length }))}</h4>
    <ul class="ahead gaps">${found.slice(0, GAPS).map((gap) => html`<li class="gap">${say("from_to", { from: dayTime(gap.begins_at), to: dayTime(gap.ends_at) })}</li>`)}
      ${found.length > GAPS ? html`<li class="fine">${say("more_gaps", { n: found.length - GAPS })}</li>` : nothing}</ul>`;
}

/** @param {People} people @param {Override} override @param {Arranging | null} arrange */
function standIn(people, override, arrange) {
  const who = override.person === null ? say("nobody_on_purpose") : personOf(people, override.person);
  return html`<li data-override=${override.id}>
    <span><strong>${who}</strong> <span class="fine">${say("from_to", { from: dayTime(override.begins_at), to: dayTime(override.ends_at) })} · ${say("set_by", { who: personOf(people, override.set_by) })}</span></span>
    ${arrange === null ? nothing : html`<button type="button" class="quiet" @click=${() => arrange.drop(override)} data-testid="drop-override">${say("undo")}</button>`}
  </li>`;
}
