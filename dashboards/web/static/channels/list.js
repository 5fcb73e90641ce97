/** Where somebody can be told: a list with the true result of the last test, and a form for one more. */

import { serverNow } from "../lib/clock.js";
import { beside, fieldsOf } from "../lib/form.js";
import { moment } from "../lib/format.js";
import { html, nothing } from "../lib/lit.js";
import { sign } from "../lib/marks.js";
import { reasonOf } from "../lib/shell.js";
import { say } from "../words/telling.js";

/** @typedef {import("../lib/types.js").Channel} Channel */
/** @typedef {import("../lib/types.js").ChannelTest} ChannelTest */
/** @typedef {import("../lib/types.js").ChannelKind} ChannelKind */
/** @typedef {import("../lib/api.js").Problem} Problem */
/** @typedef {{kind: ChannelKind, name: string, address: string, secret: string}} NewChannel */

const KINDS = /** @type {const} */ (["wecom", "dingtalk", "feishu", "email", "webhook", "lark"]);
/** What waits longer waits for a program that does not run. */
const SOON_MS = 10_000;

/** @type {Record<import("../lib/types.js").Delivery, import("../lib/marks.js").Tone>} */
export const TONES = {
  waiting: "idle",
  sending: "notice",
  sent: "good",
  failed: "critical",
  unknown: "high",
  unreachable: "critical",
  cancelled: "idle",
  silenced: "idle",
};

/**
 * refused: what the server said of the last thing that was tried, and of which channel.
 *
 * @typedef {{test: (channel: Channel) => void, drop: (channel: Channel) => void,
 *   refused: {channel: string, problem: Problem} | null}} Handling
 */

/** @param {Channel[]} channels @param {Handling | null} handling Null: to look at only. */
export function channelList(channels, handling) {
  return html`<ul class="channels">${channels.map((channel) => line(channel, handling))}</ul>`;
}

/** @param {Channel} channel @param {Handling | null} handling */
function line(channel, handling) {
  const refused = handling?.refused?.channel === channel.id ? handling.refused.problem : null;
  const fine = [say(`kind_${channel.kind}`), channel.address, channel.signed ? say("signed") : ""].filter(Boolean).join(" · ");
  return html`<li data-channel=${channel.id}>
    <div class="about"><strong>${channel.name}</strong><span class="fine">${fine}</span></div>
    <div class="tested" aria-live="polite">${outcome(channel.last_test)}${refused === null ? nothing : html`<span class="wrong" role="alert">${refusal(refused)}</span>`}</div>
    ${handling === null
      ? nothing
      : html`<div class="acts">
          <button type="button" @click=${() => handling.test(channel)} ?disabled=${isUnderWay(channel)} data-testid="test-channel">${say("test")}</button>
          <button type="button" class="quiet" @click=${() => handling.drop(channel)} data-testid="drop-channel">${say("drop")}</button>
        </div>`}
  </li>`;
}

/** Whether a test of it is being sent. @param {Channel} channel */
export function isUnderWay({ last_test: test }) {
  return test !== null && (test.state === "waiting" || test.state === "sending");
}

/** @param {ChannelTest | null} test */
function outcome(test) {
  if (test === null) return html`<span class="fine">${say("not_tested")}</span>`;
  const asides = [say("tested", { time: moment(test.settled_at ?? test.created_at) })];
  if (test.attempts > 1) asides.push(say("tried", { n: test.attempts }));
  if (test.detail) asides.push(test.detail);
  const isLate = test.state === "waiting" && test.attempts === 0 && serverNow() - Date.parse(test.created_at) > SOON_MS;
  return html`<span data-test=${test.state}>${sign(TONES[test.state], say(`state_${test.state}`))}</span>
    <span class="fine">${asides.join(" · ")}</span>${isLate ? html`<span class="wrong">${say("nobody_sends")}</span>` : nothing}`;
}

/** @param {Problem} problem */
function refusal(problem) {
  if (problem.status === 429) return say("too_often");
  return problem.status === 409 ? say("named") : reasonOf(problem);
}

/**
 * @typedef {{kind: ChannelKind, choose: (kind: ChannelKind) => void, save: (channel: NewChannel) => void, leave: () => void,
 *   problem: Problem | null, busy: boolean}} Adding
 */

/** @param {Adding} adding */
export function channelForm({ kind, choose, save, leave, problem, busy }) {
  const isRobot = kind !== "email" && kind !== "webhook";
  /** @param {SubmitEvent} event */
  const submit = (event) => {
    const field = fieldsOf(event);
    save({ kind, name: field("name").trim(), address: field("address").trim(), secret: field("secret").trim() });
  };
  /** @param {Event} event */
  const change = (event) => choose(/** @type {ChannelKind} */ (/** @type {HTMLSelectElement} */ (event.target).value));
  const isKeyed = kind === "dingtalk" || kind === "webhook";
  return html`<form class="adding" @submit=${submit} data-testid="add-channel">
    <div class="pair">
      <label>${say("kind")}<select name="kind" @change=${change}>${KINDS.map((one) => html`<option value=${one} ?selected=${one === kind}>${say(`kind_${one}`)}</option>`)}</select></label>
      <label>${say("name")}<input name="name" required maxlength="64" placeholder=${say("name_example")} />${beside(problem, "name", say("wrong_name"))}</label>
    </div>
    <label>${say(isRobot ? "address_robot" : `address_${kind}`)}
      <input name="address" required maxlength="1000" autocomplete="off" autocapitalize="none" spellcheck="false" />
      ${beside(problem, "address", isRobot ? say("wrong_robot", { kind: say(`kind_${kind}`) }) : say(`wrong_${kind}`))}</label>
    ${isKeyed ? html`<label>${say(`secret_${kind}`)}<input name="secret" maxlength="200" autocomplete="off" spellcheck="false" />${beside(problem, "secret", say("wrong_secret"))}</label>` : nothing}
    ${isRobot ? html`<p class="fine">${say("keyword")}</p>` : nothing}
    ${unplaced(problem)}
    <div class="actions"><button type="button" @click=${leave}>${say("cancel")}</button><button type="submit" class="primary" ?disabled=${busy}>${say("add")}</button></div>
  </form>`;
}

/** What was refused and stands beside no field. Comes after the fields. @param {Problem | null} problem */
export function unplaced(problem) {
  if (problem === null || (problem.placed.size > 0 && Object.keys(problem.fields).every((field) => problem.placed.has(field)))) return nothing;
  return html`<p class="wrong" role="alert">${reasonOf(problem)}</p>`;
}
