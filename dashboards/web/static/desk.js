/** 值班台, the desk: alerts as they come, one at a time in full, each decided by a key. */

import { decisionBar, decisionKeys, typedNote } from "./desk/decide.js";
import { facts } from "./desk/facts.js";
import { placeInShort } from "./desk/place.js";
import { placeOf, queue } from "./desk/queue.js";
import { controls, playable, screen, title } from "./desk/stage.js";
import { Problem, request } from "./lib/api.js";
import { currentLanguage, nameOf, setLanguage } from "./lib/i18n.js";
import { listenForKeys } from "./lib/keys.js";
import { html, nothing, render } from "./lib/lit.js";
import { mark } from "./lib/marks.js";
import { startPage } from "./lib/page.js";
import { attempt, header, refusal, staleLine, withoutSnapshot } from "./lib/shell.js";
import { alarm, prepareSound, soundState, toggleSound } from "./lib/sound.js";
import { Player } from "./video/player.js";
import { say as sayCommon } from "./words/common.js";
import { say } from "./words/desk.js";

/** @typedef {import("./lib/types.js").Desk} Desk */
/** @typedef {import("./lib/types.js").AlertDetail} AlertDetail */
/** @typedef {import("./desk/decide.js").Deciding} Deciding */
/** @typedef {import("./lib/page.js").View<Desk>} DeskView */

const SEVERITIES = /** @type {const} */ (["critical", "high", "notice"]);
/** Names in the header; more are counted. */
const NAMED_CAMERAS = 2;
/** @type {Deciding} */
const UNDECIDED = { menu: false, reason: null, busy: false };

const root = /** @type {HTMLElement} */ (document.getElementById("app"));

/** @type {Desk | null} */
let desk = null;
/** @type {string | null} */
let selected = null;
/** @type {AlertDetail | null} */
let detail = null;
/** @type {Deciding} */
let deciding = UNDECIDED;
/** @type {Set<string>} */
let known = new Set();
let announcement = "";

const player = new Player(() => page.redraw());
const decisions = { acknowledge, openMenu, choose, close, cancel, next: () => pick(nextOpen()) };

/** @param {DeskView} view */
function draw(view) {
  if (view.snapshot === null) {
    render(html`${header("desk", view.live, nothing, page.redraw)}${withoutSnapshot(view.problem, page.refetch)}`, root);
    return;
  }
  const shown = detail?.id === selected ? detail : null;
  player.show(shown, releaseLabel(shown));
  render(
    html`${header("desk", view.live, trust(view.snapshot), page.redraw)}
      ${staleLine(view.problem)}
      <main class="desk ${shown === null ? "empty" : ""}">
        ${queue(view.snapshot, selected, pick)} ${stage(view.snapshot, shown)} ${shown === null ? nothing : facts(shown, view.snapshot.people, player)}
      </main>
      ${refusal(page.redraw)}
      <p class="spoken" aria-live="assertive">${announcement}</p>`,
    root,
  );
}

/** What stands at the release point: the floor, else how well the point is known. @param {AlertDetail | null} shown */
function releaseLabel(shown) {
  if (!shown?.origin) return "";
  return shown.place === null ? say("release_point", { px: Math.round(shown.origin.uncertainty_px) }) : placeInShort(shown.place);
}

/** @param {Desk} snapshot @param {AlertDetail | null} shown */
function stage(snapshot, shown) {
  if (shown !== null) {
    return html`<section class="stage" data-alert=${shown.id}>
      ${title(shown)} ${screen(shown, player)} ${controls(shown, player)} ${decisionBar(shown, deciding, decisions)}
    </section>`;
  }
  if (selected !== null) return html`<section class="stage blank" aria-busy="true"><p class="calm">${say("loading_alert")}</p></section>`;
  return html`<section class="stage blank">${calm(snapshot)}</section>`;
}

/** @param {Desk} snapshot */
function calm({ open, cameras }) {
  if (open.length > 0) return html`<p class="calm">${say("choose")}</p>`;
  const untrusted = cameras.total - cameras.trusted;
  return html`<div class="calm">
    <h2>${mark(untrusted === 0 && cameras.total > 0 ? "good" : "high")} ${say("calm_title")}</h2>
    <p>${cameras.total === 0 ? say("calm_none") : say("calm_watching", { trusted: cameras.trusted, total: cameras.total })}</p>
    ${untrusted > 0 ? html`<p class="warn">${say("calm_blind", { n: untrusted })}</p>` : nothing}
  </div>`;
}

/** Whether what one sees is true. @param {Desk} snapshot */
function trust({ cameras, open }) {
  const sound = soundState();
  return html`<a class="to-queue" href="#queue">${say("open", { n: open.length })}</a>
    <span class="trust" data-testid="trusted">${say("cameras")} <b>${cameras.trusted}</b> / ${cameras.total} ${say("trusted")}</span>
    ${cameras.lost.length ? html`<span class="warn" data-testid="lost">${mark("high")} ${say("lost", { names: listed(cameras.lost) })}</span>` : nothing}
    ${cameras.faulty.length ? html`<span class="warn" data-testid="faulty">${mark("high")} ${say("faulty", { names: listed(cameras.faulty) })}</span>` : nothing}
    ${cameras.unknown.length ? html`<span class="warn">${mark("unknown")} ${say("unknown_cameras", { names: listed(cameras.unknown) })}</span>` : nothing}
    <button type="button" class="quiet sound ${sound}" data-testid="sound" aria-keyshortcuts="M" @click=${switchSound}>
      ${say(`sound_${sound}`)}<kbd>M</kbd>
    </button>`;
}

/** @param {import("./lib/types.js").Named[]} cameras */
function listed(cameras) {
  const names = cameras.slice(0, NAMED_CAMERAS).map((camera) => nameOf(camera.name)).join(say("list_separator"));
  return cameras.length > NAMED_CAMERAS ? `${names} ${say("and_more", { n: cameras.length })}` : names;
}

function switchSound() {
  toggleSound();
  page.redraw();
}

/** A new snapshot is here, drawn or not: ring, announce, follow the alert that is open. @param {Desk} snapshot @param {import("./lib/types.js").Change[]} changes */
async function onSnapshot(snapshot, changes) {
  const fresh = snapshot.open.filter((alert) => alert.state === "raised" && !known.has(alert.id));
  const isFirst = desk === null;
  known = new Set(snapshot.open.map((alert) => alert.id));
  desk = snapshot;
  const waiting = snapshot.open.filter((alert) => alert.state === "raised").length;
  alarm(waiting > 0);
  document.title = `${waiting > 0 ? `(${waiting}) ` : ""}${sayCommon("brand")} ${sayCommon("desk")}`;
  const newest = fresh[0];
  if (newest && !isFirst) announcement = say("new_alert", { where: placeOf(newest), severity: say(newest.severity) });
  if (newest && !isWorking()) selected = nextOpen();
  if (isFirst && selected === null) selected = nextOpen();
  const isTold = changes.some((change) => change.topic === "alert" || change.topic === "clip");
  if (selected !== null && (isTold || detail?.id !== selected)) await loadDetail(selected);
}

/** Somebody has an open alert before them: a newer one must not take it out of their hands. */
function isWorking() {
  return desk?.open.some((alert) => alert.id === selected) ?? false;
}

/** The alert to look at next: unacknowledged before acknowledged, then by severity; the newest of its like. */
function nextOpen() {
  const order = [...(desk?.open ?? [])].sort((a, b) => urgency(a) - urgency(b));
  return order[0]?.id ?? null;
}

/** Small is urgent. @param {import("./lib/types.js").Alert} alert */
function urgency(alert) {
  return (alert.state === "raised" ? 0 : SEVERITIES.length) + SEVERITIES.indexOf(alert.severity);
}

/** @param {string | null} id */
function pick(id) {
  if (id !== selected) deciding = UNDECIDED;
  selected = id;
  page.redraw();
  if (id !== null) void loadDetail(id).catch(ignoreMissing).then(page.redraw);
}

/** @param {string} id */
async function loadDetail(id) {
  const loaded = await request("GET", `/api/alerts/${id}`);
  if (selected === id) detail = loaded;
}

/** An alert that cannot be read now is read with the next snapshot; the page says that the reading failed. @param {unknown} error */
function ignoreMissing(error) {
  if (!(error instanceof Problem)) throw error;
  page.refetch();
}

/** @param {string} action @param {unknown} body */
async function decide(action, body) {
  if (detail === null || deciding.busy) return;
  const id = detail.id;
  deciding = { ...deciding, busy: true };
  page.redraw();
  await attempt(async () => {
    const after = await request("POST", `/api/alerts/${id}/${action}`, body);
    deciding = UNDECIDED;
    if (selected === id) detail = after;
  }, page.redraw);
  deciding = { ...deciding, busy: false };
  page.refetch();
}

function acknowledge() {
  void decide("acknowledge", {});
}

function openMenu() {
  deciding = { ...UNDECIDED, menu: true };
  page.redraw();
}

/** @param {import("./words/desk.js").CloseReason} reason */
function choose(reason) {
  deciding = { ...UNDECIDED, reason };
  page.redraw();
}

function cancel() {
  deciding = UNDECIDED;
  page.redraw();
}

function close() {
  if (deciding.reason !== null) void decide("close", { reason: deciding.reason, note: typedNote() });
}

/** @param {1 | -1} direction */
function move(direction) {
  const all = [...(desk?.open ?? []), ...(desk?.closed ?? [])];
  const at = all.findIndex((alert) => alert.id === selected);
  pick(all[Math.min(Math.max(0, at + direction), all.length - 1)]?.id ?? null);
}

/** @returns {Record<string, () => void>} */
function keys() {
  /** @type {Record<string, () => void>} */
  const video = detail !== null && playable(detail) !== null
    ? { " ": () => player.toggle(), arrowleft: () => player.step(-1), arrowright: () => player.step(1) }
    : {};
  return { ...video, j: () => move(1), k: () => move(-1), m: switchSound, ...decisionKeys(detail?.id === selected ? detail : null, deciding, decisions) };
}

setLanguage(currentLanguage());
const page = startPage("/api/desk", draw, onSnapshot);
prepareSound(page.redraw);
listenForKeys(keys);
