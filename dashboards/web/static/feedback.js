/** 误报与屏蔽: how often each camera was wrong and why, and regions that a person takes over or declines. */

import { picture } from "./feedback/picture.js";
import { Problem, request } from "./lib/api.js";
import { beside, fieldsOf } from "./lib/form.js";
import { moment, percent } from "./lib/format.js";
import { listOf, nameOf, personOf } from "./lib/i18n.js";
import { html, nothing } from "./lib/lit.js";
import { mark } from "./lib/marks.js";
import { startPlainPage } from "./lib/plain.js";
import { reasonOf } from "./lib/shell.js";
import { say } from "./words/feedback.js";

/** @typedef {import("./lib/types.js").Judged} Judged */
/** @typedef {import("./lib/types.js").Regions} Regions */
/** @typedef {import("./lib/types.js").Proposal} Proposal */
/** @typedef {{now: string, cameras: Judged[], regions: Regions | null}} Snapshot */

/** The box answers what is wanted of it within seconds: so long this page, which has no live line, looks by itself. */
const LOOK_MS = 2000;
const LOOKS = 15;

/** @type {string | null} */
let chosen = new URLSearchParams(location.search).get("camera");
/** @typedef {{key: string, how: "decline" | "replace"} | null} Answering */
/** Which proposal is being answered, and how. @type {Answering} */
let answering = null;
/** @type {{key: string, problem: Problem} | null} */
let refused = null;
let busy = false;

/** @type {import("./lib/plain.js").PlainPage} */
const page = startPlainPage("feedback", read, draw);

/** @returns {Promise<Snapshot>} */
async function read() {
  const { now, cameras } = await request("GET", "/api/feedback");
  chosen ??= cameras[0]?.camera.id ?? null;
  return { now, cameras, regions: chosen === null ? null : await request("GET", `/api/cameras/${encodeURIComponent(chosen)}/ignore-proposals`) };
}

/** @param {Snapshot} snapshot */
function draw({ cameras, regions }) {
  return html`<main class="people feedback">
    <div><h2>${say("judged")}</h2><p class="faint">${say("judged_hint")}</p></div>
    ${cameras.length === 0 ? html`<p class="faint">${mark("good")} ${say("none_judged")}</p>` : table(cameras)}
    ${regions === null ? nothing : ofCamera(regions, cameras.find((one) => one.camera.id === regions.camera))}
  </main>`;
}

/** @param {Judged[]} cameras */
function table(cameras) {
  return html`<table class="judged">
    <thead><tr><th>${say("camera")}</th><th>${say("real")}</th><th>${say("falling_part")}</th><th>${say("false")}</th><th>${say("share")}</th></tr></thead>
    <tbody>${cameras.map(line)}</tbody>
  </table>`;
}

/** @param {Judged} row */
function line(row) {
  const count = Object.values(row.false).reduce((sum, n) => sum + n, 0);
  return html`<tr data-camera=${row.camera.id} aria-current=${row.camera.id === chosen ? "true" : nothing}>
    <td><button type="button" class="link" @click=${() => choose(row.camera.id)}>${nameOf(row.camera.name)}</button></td>
    <td class="number" data-label=${say("real")}>${row.real}</td>
    <td class="number" data-label=${say("falling_part")}>${row.falling_part}</td>
    <td data-label=${say("false")}>${count}<span class="fine">${kinds(row.false)}</span></td>
    <td class="number" data-label=${say("share")}>${percent(row.share_false)}</td>
  </tr>`;
}

/** @param {Record<string, number>} counts */
function kinds(counts) {
  return listOf(Object.entries(counts).map(([kind, n]) => say("kinds", { kind: say(/** @type {"false_bird"} */ (kind)), n })));
}

/** @param {string} camera */
function choose(camera) {
  chosen = camera;
  answering = null;
  refused = null;
  void page.reload();
}

/** @param {Regions} regions @param {Judged | undefined} row */
function ofCamera(regions, row) {
  const name = row === undefined ? regions.camera : nameOf(row.camera.name);
  return html`<section class="panel regions" data-testid="regions">
    <h2>${say("regions")} · ${name}</h2>
    ${regions.wanted.length > 0 && regions.desired !== null ? html`<p data-testid="standing">${standing(regions.desired)}</p>` : nothing}
    <div class="beside"><div>${picture(regions, name)}</div>
      <div>${regions.proposals.length === 0 ? html`<p class="faint">${say("no_proposals")}</p>` : html`<ol class="proposals">${regions.proposals.map(proposal)}</ol>`}
        ${regions.declined.length === 0 ? nothing : html`<h3>${say("declined")}</h3><ul class="history">${regions.declined.map((one) => html`<li class="fine">${say("declined_line", { who: personOf(regions.people, one.declined_by), time: moment(one.declined_at), reason: one.reason })}</li>`)}</ul>`}
      </div></div>
  </section>`;
}

/** @param {import("./lib/types.js").Standing} found */
function standing({ wanted, outcome, reason }) {
  const tone = outcome === "confirmed" ? "good" : outcome === null ? "unknown" : outcome === "applied" ? "notice" : "high";
  return html`${mark(tone)} ${say(`desired_${outcome ?? "null"}`, { wanted, reason })}`;
}

/** @param {Proposal} one @param {number} at */
function proposal(one, at) {
  const hidden = Object.values(one.hides_false).reduce((sum, n) => sum + n, 0);
  const how = answering?.key === one.key ? answering.how : null;
  return html`<li data-key=${one.key}>
    <h3>${say("proposal", { n: at + 1 })}</h3>
    <p>${say("hides", { n: hidden, of: one.false_judged, kinds: kinds(one.hides_false) })}</p>
    <p class="fine">${say(one.real_judged === 0 ? "covers_none" : "covers", { share: percent(one.share), real: one.real_judged })}</p>
    ${how === "replace" ? html`<p class="wrong" role="alert">${say("own_regions")}</p>` : nothing}
    ${refusalOf(one)}
    ${how === "decline" ? whyNot(one) : answers(one, how)}
  </li>`;
}

/** @param {Proposal} one */
function refusalOf(one) {
  if (refused?.key !== one.key || Object.keys(refused.problem.fields).length > 0) return nothing;
  return html`<p class="wrong" role="alert">${refused.problem.status === 409 ? say("gone") : reasonOf(refused.problem)}</p>`;
}

/** @param {Proposal} one @param {"replace" | null} how */
function answers(one, how) {
  const no = () => answer({ key: one.key, how: "decline" });
  return html`<div class="actions">
    <button type="button" @click=${no} data-testid="decline">${say("decline")}</button>
    <button type="button" class="primary" ?disabled=${busy} @click=${() => void accept(one, how === "replace")} data-testid="accept">${say(how === "replace" ? "own_yes" : "accept")}</button>
  </div>`;
}

/** @param {Proposal} one */
function whyNot(one) {
  /** @param {SubmitEvent} event */
  const submit = (event) => {
    const reason = fieldsOf(event)("reason").trim();
    void send(one, () => request("POST", `${pathOf()}/decline`, { key: one.key, reason }));
  };
  return html`<form @submit=${submit}>
    <label>${say("why")}<input name="reason" required maxlength="2000" placeholder=${say("why_example")} autofocus />${beside(refused?.problem ?? null, "reason", say("wrong_why"))}</label>
    <div class="actions"><button type="button" @click=${() => answer(null)}>${say("cancel")}</button><button type="submit" class="primary" ?disabled=${busy}>${say("decline")}</button></div>
  </form>`;
}

/** @param {Answering} how */
function answer(how) {
  answering = how;
  refused = null;
  page.redraw();
}

function pathOf() {
  return `/api/cameras/${encodeURIComponent(String(chosen))}/ignore-proposals`;
}

/** Take it over; what the box's own file ignores is given up only when that was said. @param {Proposal} one @param {boolean} replaces_own */
async function accept(one, replaces_own) {
  const done = await send(one, () => request("POST", pathOf(), { key: one.key, replaces_own }));
  if (!done && !replaces_own && refused?.problem.status === 409 && refused.problem.replacesOwn) answer({ key: one.key, how: "replace" });
  for (let look = 0; done && look < LOOKS; look += 1) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    await page.reload();
  }
}

/** Whether it was taken. @param {Proposal} one @param {() => Promise<unknown>} action */
async function send(one, action) {
  busy = true;
  refused = null;
  page.redraw();
  try {
    await action();
    answering = null;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    refused = { key: one.key, problem: error };
  }
  busy = false;
  await page.reload();
  return refused === null;
}
