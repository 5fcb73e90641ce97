/** 账号与权限: who may log in, as what and for which estates. */

import { request } from "./lib/api.js";
import { fieldsOf } from "./lib/form.js";
import { listOf, nameOf } from "./lib/i18n.js";
import { html, nothing } from "./lib/lit.js";
import { mark } from "./lib/marks.js";
import { startPlainPage } from "./lib/plain.js";
import { say } from "./words/people.js";

/** @typedef {import("./lib/types.js").AccountRow} AccountRow */
/** @typedef {{now: string, accounts: AccountRow[], estates: import("./lib/types.js").Named[]}} Snapshot */

const ROLES = /** @type {const} */ (["desk", "maintenance", "manager", "bureau", "auditor", "administrator"]);

/** Whose sheet is open; "new" for somebody who is not there yet. @type {AccountRow | "new" | null} */
let open = null;
let wantsPassword = false;

const page = startPlainPage("accounts", "/api/accounts", draw);

/** @param {Snapshot} snapshot */
function draw(snapshot) {
  return html`<main class="people">
    <div class="bar">
      <h2>${say("people")} <span class="faint">${snapshot.accounts.length}</span></h2>
      <button type="button" class="primary" data-testid="add-account" @click=${() => show("new")}>${say("add")}</button>
    </div>
    <table>
      <thead><tr>
        <th>${say("name")}</th><th>${say("role")}</th><th>${say("estates")}</th><th>${say("second_factor")}</th><th>${say("sessions")}</th><th></th>
      </tr></thead>
      <tbody>${snapshot.accounts.map((row) => line(row, snapshot))}</tbody>
    </table>
    ${open === null ? nothing : sheet(open, snapshot)}
  </main>`;
}

/** @param {AccountRow} row @param {Snapshot} snapshot */
function line(row, snapshot) {
  const named = snapshot.estates.filter((estate) => row.estates?.includes(estate.id)).map((estate) => nameOf(estate.name));
  return html`<tr class=${row.disabled ? "off" : ""} data-testid="account" data-account=${row.username}>
    <td><strong>${nameOf(row.display_name)}</strong><span class="fine">${row.username}${row.by_provider ? ` · ${say("by_provider")}` : ""}</span></td>
    <td>${say(`role_${row.role}`)}${row.disabled ? html`<span class="fine high">${say("disabled")}</span>` : nothing}</td>
    <td>${row.every_estate ? say("every_estate") : listOf(named)}</td>
    <td>${row.second_factor ? html`${mark("good")} ${say("has")}` : html`<span class="faint">${say("has_not")}</span>`}</td>
    <td class="number">${row.sessions}</td>
    <td class="act"><button type="button" @click=${() => show(row)}>${say("change")}</button></td>
  </tr>`;
}

/** @param {AccountRow | "new" | null} whose */
function show(whose) {
  open = whose;
  wantsPassword = false;
  page.redraw();
  const dialog = /** @type {HTMLDialogElement | null} */ (document.querySelector("dialog.sheet"));
  if (whose !== null && dialog && !dialog.open) dialog.showModal();
}

/** @param {AccountRow | "new"} whose @param {Snapshot} snapshot */
function sheet(whose, snapshot) {
  const row = whose === "new" ? null : whose;
  return html`<dialog class="sheet" @close=${() => show(null)}>
    <h2>${row === null ? say("add") : nameOf(row.display_name)}</h2>
    <form @submit=${(/** @type {SubmitEvent} */ event) => save(event, row)}>
      ${row === null ? credentials() : nothing}
      <div class="pair">
        <label>${say("name_zh")}<input name="display_zh" required maxlength="100" .value=${row?.display_name.zh ?? ""} /></label>
        <label>${say("name_en")}<input name="display_en" required maxlength="100" .value=${row?.display_name.en ?? ""} /></label>
      </div>
      <label>${say("role")}<select name="role">${ROLES.map(
        (role) => html`<option value=${role} ?selected=${role === (row?.role ?? "desk")}>${say(`role_${role}`)}</option>`,
      )}</select></label>
      <fieldset>
        <legend>${say("estates")}</legend>
        <label class="tick"><input type="checkbox" name="every_estate" .checked=${row?.every_estate ?? false} />${say("every_estate")}</label>
        ${snapshot.estates.map(
          (estate) => html`<label class="tick"><input type="checkbox" name=${`estate:${estate.id}`} .checked=${row?.estates?.includes(estate.id) ?? false} />${nameOf(estate.name)}</label>`,
        )}
      </fieldset>
      ${row === null ? nothing : html`<label class="tick"><input type="checkbox" name="disabled" .checked=${row.disabled} />${say("disable")}</label>`}
      <div class="actions">
        <button type="button" @click=${() => show(null)}>${say("cancel")}</button>
        <button type="submit" class="primary">${say("save")}</button>
      </div>
    </form>
    ${row === null ? nothing : more(row)}
  </dialog>`;
}

function credentials() {
  return html`<div class="pair">
    <label>${say("username")}<input name="username" required maxlength="64" pattern="[A-Za-z0-9][A-Za-z0-9._@\\-]*" autocomplete="off" autocapitalize="none" /></label>
    <label>${say("password")}<input name="password" type="password" required minlength="12" maxlength="200" autocomplete="new-password" /></label>
  </div>`;
}

/** What else can be done to an account. @param {AccountRow} row */
function more(row) {
  const path = `/api/accounts/${encodeURIComponent(row.username)}`;
  const ask = () => {
    wantsPassword = true;
    page.redraw();
  };
  return html`<div class="danger">
      <button type="button" @click=${() => then("DELETE", `${path}/sessions`)} ?disabled=${row.sessions === 0}>${say("end_sessions")}</button>
      <button type="button" @click=${() => then("DELETE", `${path}/second-factor`)} ?disabled=${!row.second_factor}>${say("reset_factor")}</button>
      ${row.by_provider || wantsPassword ? nothing : html`<button type="button" @click=${ask}>${say("new_password")}</button>`}
    </div>
    ${wantsPassword
      ? html`<form @submit=${(/** @type {SubmitEvent} */ event) => then("PUT", `${path}/password`, { password: fieldsOf(event)("password") })}>
          <label>${say("password")}<input name="password" type="password" required minlength="12" maxlength="200" autocomplete="new-password" /></label>
          <div class="actions"><button type="submit">${say("new_password")}</button></div>
        </form>`
      : nothing}`;
}

/** @param {"PUT" | "DELETE"} method @param {string} path @param {unknown} [body] */
function then(method, path, body) {
  return page.act(async () => {
    await request(method, path, body);
    show(null);
  });
}

/** @param {SubmitEvent} event @param {AccountRow | null} row */
function save(event, row) {
  const form = /** @type {HTMLFormElement} */ (event.target);
  const field = fieldsOf(event);
  const every = new FormData(form).has("every_estate");
  const ticked = [...new FormData(form).keys()].filter((key) => key.startsWith("estate:")).map((key) => key.slice(7));
  const rights = {
    display_zh: field("display_zh"),
    display_en: field("display_en"),
    role: field("role"),
    every_estate: every,
    estates: every ? [] : ticked,
  };
  return page.act(async () => {
    if (row === null) await request("POST", "/api/accounts", { ...rights, username: field("username"), password: field("password") });
    else await request("PUT", `/api/accounts/${encodeURIComponent(row.username)}`, { ...rights, disabled: new FormData(form).has("disabled") });
    show(null);
  });
}
