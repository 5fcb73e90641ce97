/** Where one is told, in which order, and the hours in which one would rather not be. */

import { channelForm, channelList, isUnderWay, unplaced } from "../channels/list.js";
import { Problem, request } from "../lib/api.js";
import { beside, fieldsOf } from "../lib/form.js";
import { html, nothing } from "../lib/lit.js";
import { mark } from "../lib/marks.js";
import { currentUser } from "../lib/shell.js";
import { say } from "../words/people.js";

/** @typedef {import("../lib/types.js").Channel} Channel */
/** @typedef {{channels: Channel[], quiet_hours: {begins: string, ends: string} | null}} Told */
/** @typedef {import("../lib/plain.js").PlainPage} Page */

const LOOK_MS = 1000;
/** A test that is still under way then has long said that nobody sends. */
const LOOKS = 60;

/** @type {import("../lib/types.js").ChannelKind | null} */
let adding = null;
/** @type {Problem | null} */
let problem = null;
/** @type {Problem | null} */
let ofHours = null;
let busy = false;
let looking = false;
/** @type {import("../channels/list.js").Handling["refused"]} */
let refused = null;
/** @type {Told | null} */
let shown = null;

/** @param {Told} told @param {Page} page */
export function telling(told, page) {
  shown = told;
  const handling = {
    test: (/** @type {Channel} */ channel) => void handle(page, "POST", channel, "/test"),
    drop: (/** @type {Channel} */ channel) => void handle(page, "DELETE", channel, ""),
    refused,
  };
  return html`<section class="panel" data-testid="telling">
      <div class="bar"><h2>${say("told_where")}</h2>${adding === null ? html`<button type="button" @click=${() => choose(page, "email")} data-testid="new-channel">${say("add_channel")}</button>` : nothing}</div>
      <p class="fine">${say("told_where_hint")}</p>
      ${told.channels.length === 0 ? html`<p class="faint">${isAsked() ? mark("high") : nothing} ${say(isAsked() ? "told_nowhere" : "told_nothing")}</p>` : channelList(told.channels, handling)}
      ${adding === null ? nothing : channelForm({ kind: adding, choose: (kind) => choose(page, kind), save: (channel) => void save(page, channel), leave: () => choose(page, null), problem, busy })}
    </section>
    <section class="panel"><h2>${say("quiet")}</h2><p class="fine">${say("quiet_hint")}</p>${hours(told, page)}</section>`;
}

/** Whether the steps of an estate tell this person's role. */
function isAsked() {
  return ["desk", "maintenance", "manager"].includes(currentUser().role);
}

/** @param {Told} told @param {Page} page */
function hours(told, page) {
  /** @param {SubmitEvent} event */
  const submit = (event) => {
    const field = fieldsOf(event);
    void setHours(page, field("begins") || null, field("ends") || null);
  };
  const none = told.quiet_hours === null;
  return html`<form @submit=${submit} data-testid="quiet-hours">
    <div class="pair">
      <label>${say("quiet_from")}<input name="begins" type="time" .value=${told.quiet_hours?.begins ?? ""} />${beside(ofHours, "begins", say("wrong_hours"))}</label>
      <label>${say("quiet_to")}<input name="ends" type="time" .value=${told.quiet_hours?.ends ?? ""} />${beside(ofHours, "ends", say("wrong_hours"))}</label>
    </div>
    ${unplaced(ofHours)}
    <div class="actions">${none ? html`<span class="fine">${say("quiet_none")}</span>` : html`<button type="button" @click=${() => void setHours(page, null, null)}>${say("quiet_off")}</button>`}
      <button type="submit" class="primary">${say("save")}</button></div>
  </form>`;
}

/** @param {Page} page @param {import("../lib/types.js").ChannelKind | null} kind */
function choose(page, kind) {
  adding = kind;
  problem = null;
  page.redraw();
}

/** @param {Page} page @param {import("../channels/list.js").NewChannel} channel */
async function save(page, channel) {
  busy = true;
  problem = await refusalOf(() => request("POST", "/api/me/channels", channel));
  busy = false;
  if (problem === null) adding = null;
  await page.reload();
}

/** @param {Page} page @param {string | null} begins @param {string | null} ends */
async function setHours(page, begins, ends) {
  ofHours = await refusalOf(() => request("PUT", "/api/me/quiet-hours", { begins, ends }));
  await page.reload();
}

/** @param {Page} page @param {"POST" | "DELETE"} method @param {Channel} channel @param {string} what */
async function handle(page, method, channel, what) {
  const found = await refusalOf(() => request(method, `/api/me/channels/${channel.id}${what}`, method === "POST" ? {} : undefined));
  refused = found === null ? null : { channel: channel.id, problem: found };
  await page.reload();
  if (what !== "") await follow(page);
}

/** This page has no live line: while a test is under way it looks by itself. @param {Page} page */
async function follow(page) {
  if (looking) return;
  looking = true;
  for (let look = 0; look < LOOKS && shown?.channels.some(isUnderWay); look += 1) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    await page.reload();
  }
  looking = false;
}

/** What the server had against it. @param {() => Promise<unknown>} action */
async function refusalOf(action) {
  try {
    await action();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  return null;
}
