/** The way in: name and password, then to the page of one's role or back to where one came from. */

import { Problem, request } from "./lib/api.js";
import { currentLanguage, setLanguage } from "./lib/i18n.js";
import { html, nothing, render } from "./lib/lit.js";
import { mark } from "./lib/marks.js";
import { say as sayCommon } from "./words/common.js";
import { say } from "./words/login.js";

const root = /** @type {HTMLElement} */ (document.getElementById("app"));

/** @type {"refused" | "code_refused" | "throttled" | "unreachable" | null} */
let trouble = null;
let busy = false;
/** Whether the name and the password were right and a code is still to come. */
let wantsCode = false;
const offersProvider = document.body.dataset.provider === "yes";

function draw() {
  render(
    html`<main class="login">
      <form @submit=${submit}>
        <h1>${sayCommon("brand")}</h1>
        <p class="fine">${say("what_it_is")}</p>
        <label>${say("username")}<input name="username" autocomplete="username" autocapitalize="none" required autofocus /></label>
        <label>${say("password")}<input name="password" type="password" autocomplete="current-password" required /></label>
        ${wantsCode ? html`<label>${say("code")}<input name="code" required inputmode="numeric" autocomplete="one-time-code" maxlength="20" /><span class="fine">${say("code_hint")}</span></label>` : nothing}
        ${trouble === null ? nothing : html`<p class="trouble" role="alert" data-testid="login-trouble">${mark("high")} ${say(trouble)}</p>`}
        <button type="submit" class="primary" ?disabled=${busy}>${busy ? say("going_in") : say("log_in")}</button>
        ${offersProvider ? html`<a class="button" href="/api/session/oidc" data-testid="provider">${say("provider")}</a>` : nothing}
      </form>
      <button type="button" class="quiet" data-testid="language" @click=${toggleLanguage}>${sayCommon("switch_language")}</button>
    </main>`,
    root,
  );
}

/** @param {SubmitEvent} event */
async function submit(event) {
  event.preventDefault();
  const fields = new FormData(/** @type {HTMLFormElement} */ (event.target));
  busy = true;
  trouble = null;
  draw();
  try {
    const { user } = await request("POST", "/api/session", {
      username: fields.get("username"),
      password: fields.get("password"),
      code: fields.get("code") ?? "",
    });
    location.assign(destination(user.pages));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const isOfCode = error.status === 401 && error.isOfFactor;
    const isFirst = isOfCode && !wantsCode;
    wantsCode = isOfCode || wantsCode;
    trouble = isFirst ? null : isOfCode ? "code_refused" : error.status === 401 ? "refused" : error.status === 429 ? "throttled" : "unreachable";
    busy = false;
    draw();
    if (isOfCode) /** @type {HTMLInputElement | null} */ (root.querySelector("input[name=code]"))?.focus();
  }
}

/**
 * Back to where the person came from, if it is a page here and theirs; another role's page would only refuse them.
 *
 * @param {string[]} pages
 */
function destination(pages) {
  const next = String(new URLSearchParams(location.search).get("next"));
  return pages.some((page) => next.split("?")[0] === `/${page}`) ? next : "/";
}

function toggleLanguage() {
  setLanguage(currentLanguage() === "zh" ? "en" : "zh");
  draw();
}

setLanguage(currentLanguage());
draw();
