/** Whom the estate tells step by step: of what fell, of devices, of overdue orders. */

import { beside } from "../lib/form.js";
import { span } from "../lib/format.js";
import { personOf } from "../lib/i18n.js";
import { html, nothing } from "../lib/lit.js";
import { say } from "../words/duty.js";
import { arranging, dialogue } from "./sheet.js";

/** @typedef {import("../lib/types.js").Duty} Duty */
/** @typedef {import("../lib/types.js").Policy} Policy */
/** @typedef {import("../lib/types.js").PolicyPart} PolicyPart */
/** @typedef {import("../lib/types.js").Step} Step */
/** @typedef {import("../lib/types.js").Whom} Whom */
/** @typedef {import("../lib/types.js").People} People */
/** @typedef {import("./sheet.js").Sheet} Sheet */

const PARTS = /** @type {const} */ (["alerts", "faults", "orders"]);
const ROLES = /** @type {const} */ (["desk", "maintenance", "manager"]);
const MINUTE_S = 60;

/** @param {Duty} duty @param {People} people @param {Step[]} all */
function stepList(duty, people, all) {
  return html`<ol class="steps">${all.map(
    (step) => html`<li><span class="after">${step.after_s === 0 ? say("at_once") : say("after", { span: span(step.after_s) })}</span><span>${whomName(duty, people, step.whom)}</span></li>`,
  )}</ol>`;
}

/** @param {Duty} duty @param {People} people @param {Whom} whom */
function whomName(duty, people, whom) {
  switch (whom.kind) {
    case "on_call":
      return say("whom_on_call", { role: say(`role_${whom.role}`) });
    case "role":
      return say("whom_role", { role: say(`role_${whom.role}`) });
    case "person":
      return personOf(people, whom.username);
    case "channel":
      return channelName(duty, whom.channel);
    case "responsible":
      return say("whom_responsible");
  }
}

/** @param {Duty} duty @param {string} id */
export function channelName(duty, id) {
  const found = duty.channels.find((channel) => channel.id === id);
  return found === undefined ? say("whom_gone") : say("whom_channel", { name: found.name });
}

/** A policy that may be changed without touching the one that is shown. @param {Policy} policy @returns {Policy} */
export function draftOf(policy) {
  const copied = (/** @type {Step[]} */ steps) => steps.map((step) => ({ ...step }));
  return { alerts: copied(policy.alerts), faults: copied(policy.faults), orders: copied(policy.orders) };
}

/**
 * @param {Sheet} sheet
 * @param {Duty} duty
 * @param {People} people
 * @param {Policy} draft Changed as it is edited.
 * @param {(policy: Policy) => void} save
 */
export function policySheet(sheet, duty, people, draft, save) {
  /** @param {SubmitEvent} event */
  const submit = (event) => {
    event.preventDefault();
    save(draft);
  };
  const fields = html`<p class="fine">${say("policy_hint")}</p>${PARTS.map((part) => partFields(sheet, duty, people, draft, part))}`;
  return dialogue(sheet, say("policy_edit"), arranging(sheet, fields, submit));
}

/** @param {Sheet} sheet @param {Duty} duty @param {People} people @param {Policy} draft @param {PolicyPart} part */
function partFields(sheet, duty, people, draft, part) {
  const steps = draft[part];
  const choices = whoms(duty, people, part);
  const add = () => {
    const last = steps[steps.length - 1];
    steps.push({ after_s: last === undefined ? 0 : last.after_s + 5 * MINUTE_S, whom: { kind: "role", role: "manager" } });
    sheet.redraw();
  };
  return html`<fieldset class="part" data-part=${part}>
    <legend>${say(part)}</legend>
    ${steps.map((_, at) => stepFields(sheet, part, steps, at, choices))}
    ${beside(sheet.problem, part, say("wrong_steps"))}
    <button type="button" class="quiet" @click=${add} data-testid="add-step">${say("add_step")}</button>
  </fieldset>`;
}

/** @param {Sheet} sheet @param {PolicyPart} part @param {Step[]} steps @param {number} at @param {{value: string, name: string}[]} choices */
function stepFields(sheet, part, steps, at, choices) {
  const step = /** @type {Step} */ (steps[at]);
  const chosen = valueOf(step.whom);
  const known = choices.some((choice) => choice.value === chosen) ? choices : [...choices, { value: chosen, name: say("whom_gone") }];
  const setWhom = (/** @type {Event} */ event) => {
    step.whom = /** @type {Whom} */ (JSON.parse(/** @type {HTMLSelectElement} */ (event.target).value));
    sheet.redraw();
  };
  const setAfter = (/** @type {Event} */ event) => {
    step.after_s = Math.round(Number(/** @type {HTMLInputElement} */ (event.target).value) * MINUTE_S);
    sheet.redraw();
  };
  const remove = () => {
    steps.splice(at, 1);
    sheet.redraw();
  };
  return html`<div class="step" data-step=${at}>
    <label>${say("minutes_after")}<input type="number" min="0" max="10080" step="0.5" required inputmode="decimal" .value=${String(step.after_s / MINUTE_S)} @change=${setAfter} />${beside(sheet.problem, `${part}.${at}.after_s`, say("wrong_minutes"))}</label>
    <label>${say("tell")}<select @change=${setWhom}>${known.map((choice) => html`<option value=${choice.value} ?selected=${choice.value === chosen}>${choice.name}</option>`)}</select></label>
    <button type="button" class="quiet" ?disabled=${steps.length === 1} @click=${remove} aria-label=${say("drop_step", { n: at + 1 })}>×</button>
  </div>`;
}

/** As a value of a choice: the same for the same, whatever the order of its parts. @param {Whom} whom */
function valueOf(whom) {
  return JSON.stringify(whom, ["kind", "role", "username", "channel"]);
}

/** Everybody who can be told. @param {Duty} duty @param {People} people @param {PolicyPart} part */
function whoms(duty, people, part) {
  const members = [...new Set(duty.on_call.flatMap((role) => role.members))];
  /** @type {Whom[]} */
  const all = [
    ...(part === "orders" ? [/** @type {Whom} */ ({ kind: "responsible" })] : []),
    ...ROLES.flatMap((role) => [/** @type {Whom} */ ({ kind: "on_call", role }), /** @type {Whom} */ ({ kind: "role", role })]),
    ...members.map((username) => /** @type {Whom} */ ({ kind: "person", username })),
    ...duty.channels.map((channel) => /** @type {Whom} */ ({ kind: "channel", channel: channel.id })),
  ];
  return all.map((whom) => ({ value: valueOf(whom), name: String(whomName(duty, people, whom)) }));
}

/** @param {Duty} duty @param {People} people @param {string} set @param {import("../lib/lit.js").Fragment} edit */
export function policyPanel(duty, people, set, edit) {
  return html`<section class="panel policy">
    <h3><span>${say("policy")}</span>${edit}</h3>
    <p class="fine">${set}</p>
    ${PARTS.map((part) => html`<h4>${say(part)}</h4>${duty.policy[part].length === 0 ? nothing : stepList(duty, people, duty.policy[part])}`)}
  </section>`;
}
