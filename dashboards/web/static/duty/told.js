/** The last notifications, and what became of each. */

import { TONES } from "../channels/list.js";
import { moment } from "../lib/format.js";
import { personOf } from "../lib/i18n.js";
import { html, nothing, repeat } from "../lib/lit.js";
import { mark, sign } from "../lib/marks.js";
import { say } from "../words/duty.js";
import { say as sayTelling } from "../words/telling.js";
import { channelName } from "./policy.js";

/** @typedef {import("../lib/types.js").Duty} Duty */
/** @typedef {import("../lib/types.js").People} People */
/** @typedef {import("../lib/types.js").Notification} Notification */

/** @param {Duty} duty @param {People} people */
export function toldPanel(duty, people) {
  return html`<section class="panel told">
    <table>
      <caption class="section">${say("told")}</caption>
      <thead>
        <tr><th scope="col">${say("when")}</th><th scope="col">${say("about")}</th><th scope="col">${say("to")}</th><th scope="col">${say("outcome")}</th></tr>
      </thead>
      <tbody>${repeat(duty.notifications, (one) => one.id, (one) => row(duty, people, one))}</tbody>
    </table>
    ${duty.notifications.length === 0 ? html`<p class="calm-line">${mark("good")} ${say("none_told")}</p>` : nothing}
  </section>`;
}

/** @param {Duty} duty @param {People} people @param {Notification} one */
function row(duty, people, one) {
  return html`<tr data-notification=${one.id} data-state=${one.state}>
    <td>${moment(one.created_at)}</td>
    <td class="about"><span class="title">${one.title}</span><span class="fine">${say("step", { n: one.step + 1 })}</span></td>
    <td>${recipient(duty, people, one)}${one.channel === null ? nothing : html`<span class="fine">${sayTelling(`kind_${one.channel.kind}`)}</span>`}</td>
    <td class="outcome">${sign(TONES[one.state], sayTelling(`state_${one.state}`))}${asides(one).map((words) => html`<span class="fine">${words}</span>`)}</td>
  </tr>`;
}

/** @param {Duty} duty @param {People} people @param {Notification} one */
function recipient(duty, people, one) {
  if (one.recipient === "nobody") return say("nobody");
  if (one.recipient.startsWith("channel:")) return channelName(duty, one.recipient.slice("channel:".length));
  return personOf(people, one.recipient);
}

/** What else is known of an outcome. @param {Notification} one */
function asides(one) {
  const words = [];
  if (one.state === "waiting" && one.attempts === 0 && one.urgency === "routine" && one.next_try_at !== null && one.next_try_at > one.created_at) {
    words.push(say("quiet_until", { time: moment(one.next_try_at) }));
  }
  if (one.attempts > 1) words.push(sayTelling("tried", { n: one.attempts }));
  if (one.maybe_came && one.state === "sent") words.push(say("maybe_twice"));
  if (one.detail) words.push(one.detail);
  return words;
}
