/** 值班与通知: who is on call, whom the estate tells step by step, where, and what became of each notification. */

import { channelForm, channelList } from "./channels/list.js";
import { onCallPanel } from "./duty/on_call.js";
import { overrideSheet } from "./duty/override.js";
import { draftOf, policyPanel, policySheet } from "./duty/policy.js";
import { drafted, rotationSheet } from "./duty/rotation.js";
import { dialogue } from "./duty/sheet.js";
import { toldPanel } from "./duty/told.js";
import { Problem, request } from "./lib/api.js";
import { serverNow } from "./lib/clock.js";
import { moment } from "./lib/format.js";
import { currentLanguage, nameOf, personOf, setLanguage } from "./lib/i18n.js";
import { html, nothing, render } from "./lib/lit.js";
import { mark } from "./lib/marks.js";
import { startPage } from "./lib/page.js";
import { attempt, header, refusal, staleLine, withoutSnapshot } from "./lib/shell.js";
import { say } from "./words/duty.js";

/** @typedef {import("./lib/types.js").DutyPage} DutyPage */
/** @typedef {import("./lib/types.js").Duty} Duty */
/** @typedef {import("./lib/types.js").OnCall} OnCall */
/** @typedef {import("./lib/types.js").Channel} Channel */

/**
 * What is being arranged: a form over the page, with what was changed in it so far.
 *
 * @typedef {{of: "rotation", role: OnCall, draft: import("./lib/types.js").Shift[]} | {of: "override", role: OnCall, since: number} |
 *   {of: "policy", draft: import("./lib/types.js").Policy} | {of: "channel", kind: import("./lib/types.js").ChannelKind}} Editing
 */

const root = /** @type {HTMLElement} */ (document.getElementById("app"));
const chosen = new URLSearchParams(location.search).get("estate");

/** @type {Editing | null} */
let editing = null;
/** What the server said of the form that was sent last. @type {Problem | null} */
let problem = null;
let busy = false;
/** @type {import("./channels/list.js").Handling["refused"]} */
let refused = null;

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
      </main>
      ${snapshot.duty === null ? nothing : sheet(snapshot, snapshot.duty)} ${refusal(page.redraw)}`,
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
  const arrange = duty.may_arrange
    ? {
        rotate: (/** @type {OnCall} */ role) => edit({ of: "rotation", role, draft: drafted(duty.rotations[role.role]?.shifts ?? []) }),
        replace: (/** @type {OnCall} */ role) => edit({ of: "override", role, since: serverNow() }),
        drop: (/** @type {import("./lib/types.js").Override} */ override) => void undo(override.id),
      }
    : null;
  const change = duty.may_arrange
    ? html`<button type="button" class="quiet" @click=${() => edit({ of: "policy", draft: draftOf(duty.policy) })} data-testid="edit-policy">${say("change")}</button>`
    : nothing;
  return html`<div class="left">
      ${duty.on_call.map((one) => onCallPanel(duty, snapshot.people, one, arrange))}
      ${policyPanel(duty, snapshot.people, policySet(snapshot, duty), change)} ${channels(duty)}
    </div>
    ${toldPanel(duty, snapshot.people)}`;
}

/** @param {DutyPage} snapshot @param {Duty} duty */
function policySet(snapshot, duty) {
  if (duty.policy_set_at === null) return say("policy_usual");
  return say("policy_set", { who: personOf(snapshot.people, duty.policy_set_by), time: moment(duty.policy_set_at) });
}

/** @param {Duty} duty */
function channels(duty) {
  const add = duty.may_arrange
    ? html`<button type="button" class="quiet" @click=${() => edit({ of: "channel", kind: "wecom" })} data-testid="new-channel">${say("add_channel")}</button>`
    : nothing;
  const handling = { test: (/** @type {Channel} */ channel) => void handle("POST", channel, "/test"), drop: (/** @type {Channel} */ channel) => void handle("DELETE", channel, ""), refused };
  return html`<section class="panel shared">
    <h3><span>${say("channels")}</span>${add}</h3>
    ${duty.channels.length === 0 ? html`<p class="fine">${say("no_channels")}</p>` : channelList(duty.channels, duty.may_arrange ? handling : null)}
  </section>`;
}

/** @param {DutyPage} snapshot @param {Duty} duty */
function sheet(snapshot, duty) {
  if (editing === null) return nothing;
  const at = { problem, busy, leave, redraw: page.redraw };
  const people = snapshot.people;
  switch (editing.of) {
    case "rotation": {
      const role = editing.role;
      return rotationSheet(at, role, editing.draft, people, duty.zone, (shifts) => void arrange("PUT", "rotation", { role: role.role, shifts }));
    }
    case "override": {
      const members = [...new Set(duty.on_call.flatMap((one) => one.members))];
      return overrideSheet(at, editing.role, editing.since, members, people, (made) => void arrange("POST", "overrides", made));
    }
    case "policy":
      return policySheet(at, duty, people, editing.draft, (policy) => void arrange("PUT", "policy", policy));
    case "channel": {
      const { kind } = editing;
      const choose = (/** @type {typeof kind} */ other) => edit({ of: "channel", kind: other });
      return dialogue(at, say("add_channel"), channelForm({ kind, choose, save: (channel) => void arrange("POST", "channels", channel), leave, problem, busy }));
    }
  }
}

/** @param {Editing} what */
function edit(what) {
  editing = what;
  problem = null;
  page.redraw();
}

function leave() {
  editing = null;
  problem = null;
  page.redraw();
}

/** Where what is arranged for the estate that is shown is sent. @param {string} what */
function pathOf(what) {
  return `/api/duty/${encodeURIComponent(String(page.snapshot()?.chosen))}/${what}`;
}

/** Send what a form holds; it stays, with what the server says, until it is taken. @param {"PUT" | "POST"} method @param {string} what @param {unknown} body */
async function arrange(method, what, body) {
  busy = true;
  page.redraw();
  try {
    await request(method, pathOf(what), body);
    editing = null;
    problem = null;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    problem = error;
  }
  busy = false;
  page.redraw();
  page.refetch();
}

/** @param {string} override */
async function undo(override) {
  await attempt(() => request("DELETE", pathOf(`overrides/${override}`)), page.redraw);
  page.refetch();
}

/** @param {"POST" | "DELETE"} method @param {Channel} channel @param {string} what */
async function handle(method, channel, what) {
  refused = null;
  try {
    await request(method, pathOf(`channels/${channel.id}${what}`), method === "POST" ? {} : undefined);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    refused = { channel: channel.id, problem: error };
  }
  page.redraw();
  page.refetch();
}

setLanguage(currentLanguage());
const page = startPage(chosen === null ? "/api/duty" : `/api/duty?estate=${encodeURIComponent(chosen)}`, draw);
