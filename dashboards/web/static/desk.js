/** 值班台, the desk: alerts as they come, one at a time in full, each decided by a key. */

import { wantsWords } from "./desk/custody.js";
import { decisionBar, decisionKeys, isComplete, typedNote, UNDECIDED } from "./desk/decide.js";
import { facts } from "./desk/facts.js";
import { handoverForm } from "./desk/handover.js";
import { placeInShort } from "./desk/place.js";
import { placeOf, queue } from "./desk/queue.js";
import { controls, playable, screen, title } from "./desk/stage.js";
import { Problem, request } from "./lib/api.js";
import { currentLanguage, listOf, nameOf, setLanguage } from "./lib/i18n.js";
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

/** Names in the header; more are counted. */
const NAMED_CAMERAS = 2;

const root = /** @type {HTMLElement} */ (document.getElementById("app"));

/** @type {Desk | null} */
let desk = null;
/** At first what a message's link names. @type {string | null} */
let selected = new URLSearchParams(location.search).get("alert");
/** @type {AlertDetail | null} */
let detail = null;
/** Readings of the alert in full so far: an answer that was overtaken by a newer one, or by a decision, is old. */
let readings = 0;
/** @type {Deciding} */
let deciding = UNDECIDED;
/** Whether the form of a handover is before the person. */
let isHandingOver = false;
/** @type {Set<string>} */
let known = new Set();
let announcement = "";

const player = new Player(() => page.redraw());
const decisions = {
  acknowledge: () => void decide("acknowledge", {}),
  open: (/** @type {import("./desk/decide.js").Menu} */ menu) => choosing({ menu }),
  fill: (/** @type {import("./desk/decide.js").Form} */ form) => choosing({ form }),
  choose: (/** @type {import("./words/desk.js").CloseReason} */ reason) => choosing({ form: "close", reason }),
  shelveFor: (/** @type {number} */ minutes) => choosing({ form: "shelve", minutes }),
  assign: (/** @type {string} */ to) => void decide("assign", { to }),
  unshelve: () => void decide("unshelve", {}),
  send,
  cancel: () => choosing({}),
  next: () => pick(nextOpen()),
};
/** @type {import("./desk/custody.js").Asking} */
const asking = {
  purpose: null,
  ask: (purpose) => {
    if (!wantsWords(purpose)) return void giveReason(purpose, "");
    asking.purpose = purpose;
    page.redraw();
  },
  send: (note) => void (asking.purpose && giveReason(asking.purpose, note)),
  cancel: () => {
    asking.purpose = null;
    page.redraw();
  },
  shown: () => void reload(),
  failed: () => void reload(),
};
/** @type {import("./desk/hold.js").Holding} */
const holding = {
  releasing: null,
  list: null,
  ask: (hold) => {
    holding.releasing = hold;
    page.redraw();
  },
  place: (body) => void hold("hold", body),
  release: (body) => void hold("release", body),
  show: (isShown) => void showHeld(isShown),
  select: pick,
};
const handing = {
  begin: () => showHandover(true),
  cancel: () => showHandover(false),
  offer: (/** @type {unknown} */ body) => void handOver("", body),
  end: (/** @type {string} */ id, /** @type {string} */ how) => void handOver(`/${id}/${how}`, {}),
  select: pick,
};

/** @param {DeskView} view */
function draw(view) {
  if (view.snapshot === null) {
    render(html`${header("desk", view.live, nothing, page.redraw)}${withoutSnapshot(view.problem, page.refetch)}`, root);
    return;
  }
  const shown = detail?.id === selected && !isHandingOver ? detail : null;
  player.show(shown, releaseLabel(shown));
  render(
    html`${header("desk", view.live, trust(view.snapshot), page.redraw)}
      ${staleLine(view.problem)}
      <main class="desk ${shown === null ? "empty" : ""}">
        ${queue(view.snapshot, selected, pick, handing, holding)} ${stage(view.snapshot, shown)} ${shown === null ? nothing : facts(shown, view.snapshot.people, player, holding)}
      </main>
      ${refusal(page.redraw)}
      <p class="spoken" aria-live="assertive">${announcement}</p>`,
    root,
  );
}

/** What stands at the release point: the floor, else how well the point is known. @param {AlertDetail | null} shown */
function releaseLabel(shown) {
  if (!shown?.origin) return "";
  return shown.place === null ? say("release_point", { px: Math.round(shown.origin.uncertainty_px) }) : placeInShort(shown.place, false);
}

/** @param {Desk} snapshot @param {AlertDetail | null} shown */
function stage(snapshot, shown) {
  if (isHandingOver) return handoverForm(snapshot, handing);
  if (shown !== null) {
    return html`<section class="stage" data-alert=${shown.id}>
      ${title(shown)} ${screen(shown, player, asking)} ${controls(shown, player)} ${decisionBar(shown, snapshot, deciding, decisions)}
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
  const names = listOf(cameras.slice(0, NAMED_CAMERAS).map((camera) => nameOf(camera.name)));
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
  if (isFirst) selected = (await isThere(selected)) ? selected : nextOpen();
  else if (newest && !isWorking()) selected = nextOpen();
  const isTold = changes.some((change) => change.topic === "alert" || change.topic === "clip");
  if (isTold && holding.list !== null) holding.list = await request("GET", "/api/holds");
  if (selected !== null && (isTold || detail?.id !== selected)) await loadDetail(selected);
}

/** Whether a link names an alert that can be read. @param {string | null} id */
async function isThere(id) {
  if (id === null || known.has(id)) return id !== null;
  return request("GET", `/api/alerts/${encodeURIComponent(id)}`).then(() => true, isGone);
}

/** @param {unknown} error */
function isGone(error) {
  if (error instanceof Problem && error.status >= 400 && error.status < 500) return false;
  throw error;
}

/** Somebody has an open alert before them: a newer one must not take it out of their hands. */
function isWorking() {
  return desk?.open.some((alert) => alert.id === selected) ?? false;
}

/** The alert to look at next: the cloud sends them in that order, what nobody has seen first. */
function nextOpen() {
  return desk?.open[0]?.id ?? null;
}

/** @param {string | null} id */
function pick(id) {
  if (id !== selected) {
    deciding = UNDECIDED;
    asking.purpose = null;
    holding.releasing = null;
  }
  isHandingOver = false;
  selected = id;
  page.redraw();
  if (id !== null) void loadDetail(id).catch(ignoreMissing).then(page.redraw);
}

/** @param {string} id */
async function loadDetail(id) {
  const reading = ++readings;
  const read = (/** @type {string} */ more) => request("GET", `/api/alerts/${id}${more}`);
  const [loaded, custody, { holds }] = await Promise.all([read(""), read("/custody"), read("/holds")]);
  if (selected === id && reading === readings) detail = { ...loaded, custody, holds };
}

/** Hold the alert, or release it. @param {"hold" | "release"} action @param {unknown} body */
async function hold(action, body) {
  if (detail === null) return;
  const id = detail.id;
  await attempt(async () => {
    await request("POST", `/api/alerts/${id}/${action}`, body);
    holding.releasing = null;
  }, page.redraw);
  await reload();
  page.refetch();
}

/** @param {boolean} isShown */
async function showHeld(isShown) {
  await attempt(async () => {
    holding.list = isShown ? await request("GET", "/api/holds") : null;
  }, page.redraw);
  page.redraw();
}

/** What was done with the evidence has changed, or whether one may still look: the video tells by playing or failing. */
async function reload() {
  if (selected !== null) await loadDetail(selected).catch(ignoreMissing);
  page.redraw();
}

/** Say why one looks. @param {import("./words/custody.js").Purpose} purpose @param {string} note */
async function giveReason(purpose, note) {
  if (detail === null) return;
  const id = detail.id;
  await attempt(() => request("POST", `/api/alerts/${id}/viewings`, { purpose, note }), page.redraw);
  asking.purpose = null;
  await reload();
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
    readings += 1;
    if (selected === id && detail !== null) detail = { ...after, custody: detail.custody, holds: detail.holds };
  }, page.redraw);
  deciding = { ...deciding, busy: false };
  page.refetch();
}

/** @param {Partial<Deciding>} chosen */
function choosing(chosen) {
  deciding = { ...UNDECIDED, ...chosen };
  page.redraw();
}

/** Send the form that is filled in. */
function send() {
  const { form, reason, minutes } = deciding;
  if (form === null || !isComplete(form)) return;
  const text = typedNote();
  const bodies = {
    close: { reason, note: text },
    confirm: { note: text },
    note: { text },
    shelve: { minutes, reason: text },
    reopen: { reason: text },
  };
  void decide(form, bodies[form]);
}

/** @param {boolean} isShown */
function showHandover(isShown) {
  isHandingOver = isShown;
  page.redraw();
}

/** @param {string} path @param {unknown} body */
async function handOver(path, body) {
  await attempt(async () => {
    await request("POST", `/api/handovers${path}`, body);
    isHandingOver = false;
  }, page.redraw);
  page.refetch();
}

/** @param {1 | -1} direction */
function move(direction) {
  const all = [...(desk?.open ?? []), ...(desk?.closed ?? [])];
  const at = all.findIndex((alert) => alert.id === selected);
  pick(all[Math.min(Math.max(0, at + direction), all.length - 1)]?.id ?? null);
}

/** @returns {Record<string, () => void>} */
function keys() {
  if (isHandingOver) return { escape: handing.cancel };
  /** @type {Record<string, () => void>} */
  const video = detail !== null && playable(detail) !== null
    ? { " ": () => player.toggle(), arrowleft: () => player.step(-1), arrowright: () => player.step(1) }
    : {};
  if (detail !== null && detail.viewing === null && detail.id === selected) video["v"] = () => asking.ask("handling");
  return { ...video, j: () => move(1), k: () => move(-1), m: switchSound, ...decisionKeys(detail?.id === selected ? detail : null, desk?.colleagues ?? [], deciding, decisions) };
}

setLanguage(currentLanguage());
const page = startPage("/api/desk", draw, onSnapshot);
prepareSound(page.redraw);
listenForKeys(keys);
