/** What stands on every page: the header, the line's state, the language, the way out; and problems that were met. */

import { goToLogin, Problem, request } from "./api.js";
import { serverNow } from "./clock.js";
import { clockTime, span } from "./format.js";
import { currentLanguage, linesOf, nameOf, setLanguage } from "./i18n.js";
import { html, nothing } from "./lit.js";
import { mark } from "./marks.js";
import { sentencesOf } from "./refused.js";
import { say } from "../words/common.js";

/** @typedef {import("./live.js").LiveState} LiveState */
/** @typedef {import("./lit.js").Fragment} Fragment */
/** @typedef {import("./types.js").PageName} Page */

/** Who is logged in, as the server wrote it into the page. @returns {import("./types.js").User} */
export function currentUser() {
  return JSON.parse(document.body.dataset.user ?? "null");
}

/**
 * The header. `middle` is what only this page has to say.
 *
 * @param {Page} page
 * @param {LiveState | null} live Null where a page has no live line.
 * @param {Fragment} middle
 * @param {() => void} redraw
 */
export function header(page, live, middle, redraw) {
  const user = currentUser();
  const toggle = () => {
    setLanguage(currentLanguage() === "zh" ? "en" : "zh");
    document.title = `${say("brand")} ${say(page)}`;
    redraw();
  };
  return html`<header class="top">
    <h1 class="brand">${say("brand")} ${say(page)}</h1>
    ${others(user.pages, page)}
    <div class="top-line">${live === null ? nothing : lineState(live)}${middle}</div>
    <div class="top-side">
      <a class="who" href="/me">${nameOf(user.display_name)}</a>
      <button class="quiet" type="button" data-testid="language" lang=${currentLanguage() === "zh" ? "en" : "zh-CN"} @click=${toggle}>
        ${say("switch_language")}
      </button>
      <button class="quiet" type="button" data-testid="logout" @click=${logOut}>${say("log_out")}</button>
      <time class="now">${clockTime(serverNow())}</time>
    </div>
  </header>`;
}

/** The way to one's other pages. @param {Page[]} pages @param {Page} here */
function others(pages, here) {
  const rest = pages.filter((page) => page !== here);
  if (rest.length === 0) return nothing;
  return html`<nav class="pages">${rest.map((page) => html`<a href=${`/${page}`}>${say(page)}</a>`)}</nav>`;
}

/** @param {LiveState} live */
function lineState(live) {
  if (live.state === "lost") {
    const since = span((performance.now() - live.since) / 1000);
    return html`<span class="line-state lost" role="status" data-line="lost">${mark("critical")}<span>${say("live_lost", { span: since })}</span></span>`;
  }
  if (live.state === "connecting") {
    return html`<span class="line-state" role="status" data-line="connecting">${mark("unknown")}<span>${say("live_connecting")}</span></span>`;
  }
  const delay = live.delay_s === null ? nothing : html`<span class="delay">${say("live_delay", { seconds: live.delay_s.toFixed(1) })}</span>`;
  return html`<span class="line-state open" data-line="open">${mark("good")}<span>${say("live_open")}</span>${delay}</span>`;
}

async function logOut() {
  try {
    await request("DELETE", "/api/session");
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
  }
  goToLogin();
}

/** Loading, and what to say when nothing could be read. @param {Problem | null} problem @param {() => void} refetch */
export function withoutSnapshot(problem, refetch) {
  if (problem === null) {
    return html`<main class="blank" aria-busy="true"><p class="calm">${mark("unknown")} ${say("loading")}</p></main>`;
  }
  return html`<main class="blank" role="alert">
    <h2>${say("not_loaded")}</h2>
    <p>${say("not_loaded_hint")}</p>
    <p class="fine">${problem.status || ""} ${problem.message}</p>
    <button type="button" @click=${refetch}>${say("retry")}</button>
  </main>`;
}

/** A line above old numbers. @param {Problem | null} problem */
export function staleLine(problem) {
  return problem === null ? nothing : html`<p class="stale" role="alert">${mark("high")} ${say("stale")}</p>`;
}

/** @type {string | null} */
let refused = null;

/**
 * Does something that may be refused, and says so when it is.
 *
 * @param {() => Promise<void>} action
 * @param {() => void} redraw
 */
export async function attempt(action, redraw) {
  refused = null;
  try {
    await action();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    refused = reasonOf(error);
  }
  redraw();
}

/** Why something was refused. @param {Problem} problem @param {(field: string) => string} [called] How people call its fields. */
export function reasonOf(problem, called) {
  if (problem.objections.length > 0) return linesOf(sentencesOf(problem, called));
  if (problem.status === 0) return say("problem_0");
  if (problem.status === 403) return say("problem_403");
  if (problem.status === 409) return say("problem_409");
  return say("problem_other", { detail: problem.message });
}

/** The last refusal, until it is dismissed or something succeeds. @param {() => void} redraw */
export function refusal(redraw) {
  if (refused === null) return nothing;
  const dismiss = () => {
    refused = null;
    redraw();
  };
  return html`<div class="toast" role="alert">
    ${mark("high")}<span>${refused}</span>
    <button class="quiet" type="button" @click=${dismiss}>${say("dismiss")}</button>
  </div>`;
}
