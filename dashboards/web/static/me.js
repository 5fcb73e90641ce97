/** 我的登录: where one is told and when not, where one is logged in, one's second factor and one's password. */

import { goToLogin, request } from "./lib/api.js";
import { fieldsOf } from "./lib/form.js";
import { dayTime } from "./lib/format.js";
import { html, nothing } from "./lib/lit.js";
import { mark } from "./lib/marks.js";
import { startPlainPage } from "./lib/plain.js";
import { currentUser } from "./lib/shell.js";
import { telling } from "./me/telling.js";
import { say } from "./words/people.js";

/**
 * @typedef {{id: string, this: boolean, begun_at: string, used_at: string, ends_at: string, by: "password" | "second_factor" | "recovery_code" | "oidc",
 *   address: string, browser: string}} Session
 * @typedef {{now: string, sessions: Session[], second_factor: {set_up: boolean, recovery_codes_left: number, possible: boolean, needed: boolean},
 *   told: import("./me/telling.js").Told | null}} Snapshot
 */

/** What the telephone is to scan. @type {{address: string, picture: string} | null} */
let begun = null;
/** Shown once. @type {string[]} */
let codes = [];

/** @type {import("./lib/plain.js").PlainPage} */
const page = startPlainPage("me", read, draw);

/** Where one is told is read once one may: a factor that is needed comes first. @returns {Promise<Snapshot>} */
async function read() {
  const own = await request("GET", "/api/session/all");
  const isMissing = own.second_factor.needed && !own.second_factor.set_up;
  return { ...own, told: isMissing ? null : await request("GET", "/api/me/channels") };
}

/** @param {Snapshot} snapshot */
function draw(snapshot) {
  const { second_factor: factor } = snapshot;
  const isMissing = factor.needed && !factor.set_up;
  return html`<main class="people narrow">
    ${isMissing ? html`<p class="panel alarm" role="alert" data-testid="factor-needed">${mark("high")} ${say("factor_needed")}</p>` : nothing}
    ${snapshot.told === null ? nothing : telling(snapshot.told, page)}
    <section class="panel"><h2>${say("second_factor")}</h2>${factorOf(factor)}</section>
    <section class="panel"><h2>${say("change_password")}</h2><p class="fine">${say("password_hint")}</p>${passwordForm()}</section>
    <section class="panel"><div class="bar"><h2>${say("my_sessions")}</h2>
      <button type="button" class="quiet" @click=${endAll}>${say("end_all")}</button></div>
      <ul class="history">${snapshot.sessions.map(sessionOf)}</ul></section>
  </main>`;
}

/** @param {Snapshot["second_factor"]} factor */
function factorOf(factor) {
  if (codes.length > 0) {
    return html`<p>${say("codes_hint")}</p><ul class="codes" data-testid="recovery-codes">${codes.map((code) => html`<li>${code}</li>`)}</ul>
      <div class="actions"><a class="button primary" href="/">${say("go_on")}</a></div>`;
  }
  if (factor.set_up) {
    return html`<p>${mark("good")} ${say("has")} · ${say("codes_left", { n: factor.recovery_codes_left })}</p>
      ${factor.needed ? nothing : codeForm("remove_factor", remove)}`;
  }
  if (!factor.possible) return html`<p class="faint">${say("factor_off")}</p>`;
  if (begun === null) {
    return html`<p class="faint">${say("factor_hint")}</p>
      <div class="actions"><button type="button" class="primary" data-testid="factor-begin" @click=${begin}>${say("set_up")}</button></div>`;
  }
  return html`<p>${say("scan")}</p><div class="qr">
    <img alt=${begun.address} src=${begun.picture} />${codeForm("confirm", confirm)}</div>`;
}

/** @param {"confirm" | "remove_factor"} word @param {(event: SubmitEvent) => void} submit */
function codeForm(word, submit) {
  return html`<form @submit=${submit}>
    <label>${say("code")}<input name="code" required inputmode="numeric" autocomplete="one-time-code" maxlength="20" /></label>
    <div class="actions"><button type="submit" class=${word === "confirm" ? "primary" : ""}>${say(word)}</button></div>
  </form>`;
}

function passwordForm() {
  return html`<form @submit=${changePassword}>
    <input class="spoken" name="username" autocomplete="username" tabindex="-1" aria-hidden="true" readonly .value=${currentUser().username} />
    <div class="pair">
      <label>${say("old_password")}<input name="old" type="password" required autocomplete="current-password" /></label>
      <label>${say("password")}<input name="new" type="password" required minlength="12" maxlength="200" autocomplete="new-password" /></label>
    </div>
    <div class="actions"><button type="submit">${say("change_password")}</button></div>
  </form>`;
}

/** @param {Session} session */
function sessionOf(session) {
  const end = () => page.act(() => request("DELETE", `/api/session/all/${session.id}`));
  return html`<li class="bar" data-testid="session"><span><strong>${session.address}</strong>${session.this ? html` ${mark("good")} ${say("this_one")}` : nothing}
      <span class="fine">${say(`by_${session.by}`)} · ${say("begun", { at: dayTime(session.begun_at) })} · ${say("ends", { at: dayTime(session.ends_at) })}</span></span>
    ${session.this ? nothing : html`<button type="button" class="quiet" @click=${end}>${say("end_this")}</button>`}</li>`;
}

function begin() {
  return page.act(async () => {
    begun = await request("POST", "/api/session/second-factor", {});
  });
}

/** @param {SubmitEvent} event */
function confirm(event) {
  const code = fieldsOf(event)("code");
  return page.act(async () => {
    ({ recovery_codes: codes } = await request("POST", "/api/session/second-factor/confirm", { code }));
    begun = null;
  });
}

/** @param {SubmitEvent} event */
function remove(event) {
  const code = fieldsOf(event)("code");
  return page.act(() => request("POST", "/api/session/second-factor/remove", { code }));
}

/** @param {SubmitEvent} event */
function changePassword(event) {
  const field = fieldsOf(event);
  return page.act(async () => {
    await request("POST", "/api/session/password", { old: field("old"), new: field("new") });
    goToLogin();
  });
}

function endAll() {
  return page.act(async () => {
    await request("DELETE", "/api/session/all");
    goToLogin();
  });
}
