/** 影像授权: leave to see pictures of people, for those whose role has no right to them. */

import { request } from "./lib/api.js";
import { fieldsOf } from "./lib/form.js";
import { dayTime } from "./lib/format.js";
import { nameOf, personOf } from "./lib/i18n.js";
import { html, nothing } from "./lib/lit.js";
import { startPlainPage } from "./lib/plain.js";
import { say } from "./words/people.js";

/**
 * @typedef {{id: string, username: string, estate: string, alert: string | null, reason: string, given_by: string, given_at: string,
 *   ends_at: string, taken_back_at: string | null, counts: boolean}} Leave
 * @typedef {import("./lib/types.js").Named} Named
 * @typedef {{now: string, grants: Leave[], people: import("./lib/types.js").People, names: import("./lib/types.js").People, estates: Named[]}} Snapshot
 */

const DAY_MS = 86_400_000;
const page = startPlainPage("grants", "/api/grants", draw);

/** @param {Snapshot} snapshot */
function draw(snapshot) {
  return html`<main class="people">
    <div><h2>${say("leave")}</h2><p class="faint">${say("leave_hint")}</p></div>
    ${form(snapshot)}
    ${snapshot.grants.length === 0 ? html`<p class="faint">${say("none_yet")}</p>` : table(snapshot)}
  </main>`;
}

/** @param {Snapshot} snapshot */
function form(snapshot) {
  const people = Object.keys(snapshot.people);
  if (people.length === 0) return html`<p class="faint">${say("nobody_to")}</p>`;
  const week = new Date(Date.parse(snapshot.now) + 7 * DAY_MS).toISOString().slice(0, 10);
  return html`<form class="panel" @submit=${give}>
    <div class="pair">
      <label>${say("to_whom")}<select name="username">${people.map((name) => html`<option value=${name}>${personOf(snapshot.people, name)}</option>`)}</select></label>
      <label>${say("estate")}<select name="estate">${snapshot.estates.map((estate) => html`<option value=${estate.id}>${nameOf(estate.name)}</option>`)}</select></label>
      <label>${say("reason")}<input name="reason" required maxlength="500" /></label>
      <label>${say("until")}<input name="until" type="date" required .value=${week} /></label>
    </div>
    <label>${say("alert")}<input name="alert" maxlength="36" autocomplete="off" /></label>
    <div class="actions"><button type="submit" class="primary">${say("give_leave")}</button></div>
  </form>`;
}

/** @param {Snapshot} snapshot */
function table(snapshot) {
  return html`<table>
    <thead><tr><th>${say("to_whom")}</th><th>${say("estate")}</th><th>${say("reason")}</th><th>${say("until")}</th><th>${say("given_by")}</th><th>${say("state")}</th><th></th></tr></thead>
    <tbody>${snapshot.grants.map((row) => line(row, snapshot))}</tbody>
  </table>`;
}

/** @param {Leave} row @param {Snapshot} snapshot */
function line(row, snapshot) {
  const estate = snapshot.estates.find((found) => found.id === row.estate);
  const state = row.counts ? "counts" : row.taken_back_at === null ? "over" : "taken_back";
  const revoke = () => page.act(() => request("POST", `/api/grants/${row.id}/revoke`, {}));
  return html`<tr class=${row.counts ? "" : "off"} data-testid="leave">
    <td>${personOf(snapshot.names, row.username)}</td>
    <td>${estate ? nameOf(estate.name) : row.estate}<span class="fine">${row.alert ?? say("whole_estate")}</span></td>
    <td>${row.reason}</td>
    <td>${dayTime(row.ends_at)}</td>
    <td>${personOf(snapshot.names, row.given_by)}<span class="fine">${dayTime(row.given_at)}</span></td>
    <td>${say(state)}</td>
    <td class="act">${row.counts ? html`<button type="button" @click=${revoke}>${say("take_back")}</button>` : nothing}</td>
  </tr>`;
}

/** @param {SubmitEvent} event */
function give(event) {
  const field = fieldsOf(event);
  const body = {
    username: field("username"),
    estate: field("estate"),
    reason: field("reason"),
    // To the end of that day, where the browser is.
    until: new Date(`${field("until")}T23:59:59`).toISOString(),
    alert: field("alert") || null,
  };
  return page.act(() => request("POST", "/api/grants", body));
}
