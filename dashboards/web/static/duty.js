/** 值班与通知: who is on call, whom the estate tells step by step, and what became of each notification. */

import { dayTime, moment, span } from "./lib/format.js";
import { currentLanguage, listOf, nameOf, personOf, setLanguage } from "./lib/i18n.js";
import { html, nothing, render, repeat } from "./lib/lit.js";
import { mark, sign } from "./lib/marks.js";
import { startPage } from "./lib/page.js";
import { header, staleLine, withoutSnapshot } from "./lib/shell.js";
import { say } from "./words/duty.js";

/** @typedef {import("./lib/types.js").DutyPage} DutyPage */
/** @typedef {import("./lib/types.js").Duty} Duty */
/** @typedef {import("./lib/types.js").OnCall} OnCall */
/** @typedef {import("./lib/types.js").Step} Step */
/** @typedef {import("./lib/types.js").Notification} Notification */
/** @typedef {import("./lib/marks.js").Tone} Tone */

const AHEAD = 5;

/** @type {Record<Notification["state"], Tone>} */
const TONES = {
  waiting: "idle",
  sending: "notice",
  sent: "good",
  failed: "critical",
  unknown: "high",
  unreachable: "critical",
  cancelled: "idle",
  silenced: "idle",
};

const root = /** @type {HTMLElement} */ (document.getElementById("app"));
const chosen = new URLSearchParams(location.search).get("estate");

/** @param {import("./lib/page.js").View<DutyPage>} view */
function draw(view) {
  const snapshot = view.snapshot;
  if (snapshot === null) {
    render(html`${header("duty", view.live, nothing, page.redraw)}${withoutSnapshot(view.problem, page.refetch)}`, root);
    return;
  }
  render(
    html`${header("duty", view.live, nothing, page.redraw)} ${staleLine(view.problem)}
      <main class="duty">
        ${snapshot.estates.length > 1 ? choice(snapshot) : nothing}
        ${snapshot.duty === null ? html`<p class="calm-line">${mark("unknown")} ${say("no_estate")}</p>` : estate(snapshot, snapshot.duty)}
      </main>`,
    root,
  );
}

/** @param {DutyPage} snapshot */
function choice(snapshot) {
  return html`<nav class="estate-choice">
    ${snapshot.estates.map(
      (one) => html`<a class="button" href=${`?estate=${one.id}`} aria-current=${one.id === snapshot.chosen ? "page" : nothing}>${nameOf(one.name)}</a>`,
    )}
  </nav>`;
}

/** @param {DutyPage} snapshot @param {Duty} duty */
function estate(snapshot, duty) {
  return html`<div class="left">
      ${duty.on_call.map((one) => onCall(snapshot, one))}
      <section class="panel policy">
        <h3>${say("policy")}</h3>
        <p class="fine">${policySet(snapshot, duty)}</p>
        <h4>${say("alerts")}</h4>
        ${steps(snapshot, duty, duty.policy.alerts)}
        <h4>${say("faults")}</h4>
        ${steps(snapshot, duty, duty.policy.faults)}
      </section>
    </div>
    <section class="panel told">
      <table>
        <caption class="section">${say("told")}</caption>
        <thead>
          <tr><th scope="col">${say("when")}</th><th scope="col">${say("about")}</th><th scope="col">${say("to")}</th><th scope="col">${say("outcome")}</th></tr>
        </thead>
        <tbody>${repeat(duty.notifications, (one) => one.id, (one) => row(snapshot, duty, one))}</tbody>
      </table>
      ${duty.notifications.length === 0 ? html`<p class="calm-line">${mark("good")} ${say("none_told")}</p>` : nothing}
    </section>`;
}

/** @param {DutyPage} snapshot @param {OnCall} one */
function onCall(snapshot, one) {
  const isGap = one.people.length === 0;
  const names = listOf(one.people.map((person) => personOf(snapshot.people, person)));
  const means = one.members.length === 0 ? say("gap_nobody") : say("gap_means", { n: one.members.length });
  return html`<section class="panel on-call ${isGap ? "gap" : ""}" data-role=${one.role}>
    <h3><span>${say("on_call_now")} · ${say(`role_${one.role}`)}</span>${one.ahead.length > 1 ? html`<span class="fine">${say("until", { time: dayTime(one.until) })}</span>` : nothing}</h3>
    ${isGap ? html`<p>${sign("high", say("gap"))}</p><p class="fine">${means}</p>` : html`<p class="people">${names}${one.source === "override" ? html` <span class="fine">${say("override")}</span>` : nothing}</p>`}
    ${one.ahead.length > 1 ? html`<ul class="ahead">${one.ahead.slice(1, 1 + AHEAD).map((next) => ahead(snapshot, next))}</ul>` : nothing}
  </section>`;
}

/** @param {DutyPage} snapshot @param {OnCall["ahead"][number]} next */
function ahead(snapshot, next) {
  const names = listOf(next.people.map((person) => personOf(snapshot.people, person)));
  return html`<li class=${next.people.length === 0 ? "gap" : nothing}>
    <span class="fine">${say("from_to", { from: dayTime(next.begins_at), to: dayTime(next.ends_at) })}</span><span>${names || say("gap")}</span>
  </li>`;
}

/** @param {DutyPage} snapshot @param {Duty} duty */
function policySet(snapshot, duty) {
  if (duty.policy_set_at === null) return say("policy_usual");
  return say("policy_set", { who: personOf(snapshot.people, duty.policy_set_by), time: moment(duty.policy_set_at) });
}

/** @param {DutyPage} snapshot @param {Duty} duty @param {Step[]} all */
function steps(snapshot, duty, all) {
  return html`<ol class="steps">
    ${all.map(
      (step) => html`<li><span class="after">${step.after_s === 0 ? say("at_once") : say("after", { span: span(step.after_s) })}</span><span>${whom(snapshot, duty, step.whom)}</span></li>`,
    )}
  </ol>`;
}

/** @param {DutyPage} snapshot @param {Duty} duty @param {Step["whom"]} whom */
function whom(snapshot, duty, whom) {
  switch (whom.kind) {
    case "on_call":
      return say("whom_on_call", { role: say(`role_${whom.role}`) });
    case "role":
      return say("whom_role", { role: say(`role_${whom.role}`) });
    case "person":
      return personOf(snapshot.people, whom.username);
    case "channel":
      return channelName(duty, whom.channel);
  }
}

/** @param {Duty} duty @param {string} id */
function channelName(duty, id) {
  const found = duty.channels.find((channel) => channel.id === id);
  return found === undefined ? say("whom_gone") : say("whom_channel", { name: found.name });
}

/** @param {DutyPage} snapshot @param {Duty} duty @param {Notification} one */
function row(snapshot, duty, one) {
  return html`<tr data-notification=${one.id} data-state=${one.state}>
    <td>${moment(one.created_at)}</td>
    <td class="about"><span class="title">${one.title}</span><span class="fine">${say("step", { n: one.step + 1 })}</span></td>
    <td>${recipient(snapshot, duty, one)}${one.channel === null ? nothing : html`<span class="fine">${say(`kind_${one.channel.kind}`)}</span>`}</td>
    <td class="outcome">${sign(TONES[one.state], say(`state_${one.state}`))}${asides(one).map((words) => html`<span class="fine">${words}</span>`)}</td>
  </tr>`;
}

/** @param {DutyPage} snapshot @param {Duty} duty @param {Notification} one */
function recipient(snapshot, duty, one) {
  if (one.recipient === "nobody") return say("nobody");
  if (one.recipient.startsWith("channel:")) return channelName(duty, one.recipient.slice("channel:".length));
  return personOf(snapshot.people, one.recipient);
}

/** What else is known of an outcome. @param {Notification} one */
function asides(one) {
  const words = [];
  if (one.state === "waiting" && one.attempts === 0 && one.urgency === "routine" && one.next_try_at !== null && one.next_try_at > one.created_at) {
    words.push(say("quiet_until", { time: moment(one.next_try_at) }));
  }
  if (one.attempts > 1) words.push(say("tried", { n: one.attempts }));
  if (one.maybe_came && one.state === "sent") words.push(say("maybe_twice"));
  if (one.detail) words.push(one.detail);
  return words;
}

setLanguage(currentLanguage());
const page = startPage(chosen === null ? "/api/duty" : `/api/duty?estate=${encodeURIComponent(chosen)}`, draw);
