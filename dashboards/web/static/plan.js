/** 布点图: an estate's plan, on which cameras are hung and turned, and buildings, their facades, trees and walls drawn. */

import { MAKING_MS, Problem, request } from "./lib/api.js";
import { fieldsOf } from "./lib/form.js";
import { dayTime } from "./lib/format.js";
import { nameOf } from "./lib/i18n.js";
import { html, nothing } from "./lib/lit.js";
import { mark } from "./lib/marks.js";
import { startPlainPage } from "./lib/plain.js";
import { reasonOf } from "./lib/shell.js";
import { calledIn } from "./plan/called.js";
import { addCamera } from "./plan/camera.js";
import { bearing, copied, drawingOf, free, move, rounded, turn } from "./plan/draft.js";
import { drawing, extentOf, placeOf, squareOf, zoomed } from "./plan/drawing.js";
import { takeBuilding, watchAll } from "./plan/facades.js";
import { chosenPanel, facadeTable } from "./plan/panel.js";
import { poseSheet } from "./plan/pose.js";
import { starter } from "./plan/start.js";
import { underlay } from "./plan/underlay.js";
import { say } from "./words/plan.js";

/**
 * @typedef {import("./plan/draft.js").Plan} Plan
 * @typedef {import("./plan/draft.js").Chosen} Chosen
 * @typedef {import("./plan/draft.js").Place} Place
 * @typedef {import("./lib/types.js").Named} Named
 * @typedef {"building" | "camera" | "tree" | "wall" | "underlay"} Tool
 */

const STEP_M = 0.5;
const CLOSE_M = 3;
const NEARER = 0.7;
const TOOLS = /** @type {const} */ (["building", "camera", "tree", "wall"]);
/** @type {Plan | null} */
let standing = null;
/** @type {Plan | null} */
let draft = null;
/** @type {Chosen | null} */
let chosen = null;
/** @type {Tool | null} */
let tool = null;
/** @type {Place[]} */
let drawn = [];
/** What is dragged; null within: the plan itself. @type {{from: Place, handle: import("./plan/drawing.js").Handle | null} | null} */
let dragged = null;
/** @type {(() => import("./lib/lit.js").Fragment) | null} */
let sheet = null;
let isDirty = false;
let isBusy = false;
let told = "";
let refused = "";
/** @type {Map<string, number>} */
let before = new Map();
/** @type {import("./plan/drawing.js").Extent | null} */
let extent = null;

const page = startPlainPage("plan", read, body);
const under = underlay({ redraw: page.redraw, shown: fit, aim: () => use("underlay") });
const start = starter(() => draft, { redraw: page.redraw, changed, taken });

addEventListener("beforeunload", (event) => {
  if (isDirty) event.preventDefault();
});

async function read() {
  const { estates, without } = await request("GET", "/api/plans");
  const wanted = new URLSearchParams(location.search).get("estate");
  /** @type {Named[]} */
  const all = [...estates, ...without];
  const estate = all.find((one) => one.id === wanted) ?? all[0];
  const plan = estate ? await request("GET", `/api/estates/${estate.id}/plan`, undefined, MAKING_MS) : null;
  begin(plan);
  return all;
}

/** @param {Plan | null} plan */
function begin(plan) {
  if (plan === null || plan.estate.id !== standing?.estate.id || standing.version === 0) extent = plan && extentOf(plan, under.corners());
  standing = plan;
  draft = plan && copied(plan);
  isDirty = false;
  drawn = [];
  tool = null;
  start.forget();
}

/** Shows all of it. */
function fit() {
  if (draft !== null) extent = extentOf(draft, under.corners());
  page.redraw();
}

/** A map's file was put on the plan. */
function taken() {
  changed();
  fit();
}

/** @param {Named[]} estates */
function body(estates) {
  if (draft === null || standing === null || extent === null) return html`<main class="planning"><section class="panel"><p class="calm-line">${mark("unknown")} ${say("no_estate")}</p></section></main>`;
  const hand = { chosen, drawn, extent, under: under.picture(), choose, down, at };
  const middle = /** @type {Place} */ ([rounded(extent.left + extent.width / 2), rounded(-extent.top - extent.height / 2)]);
  const known = new Set(standing.buildings.map((building) => building.id));
  const beneath = html`<section class="panel">${under.panel()}</section>`;
  const isEmpty = draft.version === 0 && draft.buildings.length === 0;
  return html`<main class="planning" @pointermove=${dragging} @pointerup=${release} @pointercancel=${release} @keydown=${key}>
    <section class="panel picture">
      ${tools(estates)}
      ${drawing(draft, hand)}
      <div class="below">
        <p class="fine">${say(tool === null ? "hint" : `click_${tool}`)} ${say("squares", { m: squareOf(extent) })}</p>
        <span class="zoom">${[["+", "nearer", () => zoom(NEARER)], ["−", "farther", () => zoom(1 / NEARER)], ["⤢", "fit", fit]].map(([sign, name, act]) => html`<button type="button" class="quiet" aria-label=${say(/** @type {"fit"} */ (name))} title=${say(/** @type {"fit"} */ (name))} @click=${act}>${sign}</button>`)}</span>
      </div>
    </section>
    <div class="side">
      ${draft.version === 0 && !isDirty ? nothing : summary(draft)}
      ${start.view(draft, isEmpty)}
      ${draft.version === 0 ? beneath : nothing}
      <section class="panel">${chosenPanel(draft, chosen, { changed, takeAway, pose: isDirty ? null : openPose, choose, middle, known })}</section>
      <section class="panel">${facadeTable(draft, before)}</section>
      ${draft.version === 0 ? nothing : beneath}
    </div>
  </main>${sheet === null ? nothing : sheet()}`;
}

/** @param {number} factor */
function zoom(factor) {
  if (extent !== null) extent = zoomed(extent, factor);
  page.redraw();
}

/** @param {Tool | null} wanted */
function use(wanted) {
  tool = wanted;
  drawn = [];
  chosen = null;
  page.redraw();
}

/** @param {Named[]} estates */
function tools(estates) {
  const link = (/** @type {Named} */ estate) => html`<a class="button" href=${`/plan?estate=${estate.id}`} aria-current=${estate.id === standing?.estate.id ? "page" : nothing}>${nameOf(estate.name)}</a>`;
  const file = standing?.version ? html`<a class="button" href=${isDirty ? nothing : `/api/estates/${standing.estate.id}/plan/file`} aria-disabled=${isDirty ? "true" : nothing} title=${say(isDirty ? "file_after_saving" : "file_hint")} download>${say("file")}</a>` : nothing;
  return html`<div class="tools">
    ${estates.length > 1 ? estates.map(link) : html`<h2>${nameOf(standing?.estate.name ?? { zh: "", en: "" })}</h2>`}
    <span class="fill"></span>
    ${tool === null
      ? html`${TOOLS.map((one) => html`<button type="button" @click=${() => use(one)}>${say(`add_${one}`)}</button>`)}${file}`
      : html`<button type="button" @click=${() => use(null)}>${say("stop")}</button>`}
  </div>`;
}

/** @param {Plan} plan */
function summary(plan) {
  return html`<section class="panel summary">
    ${plan.version === 0 ? nothing : html`<p class="fine">${say("version", { n: plan.version, by: plan.entered_by ?? "", at: plan.entered_at ? dayTime(plan.entered_at) : "" })}</p>
      <p><b data-testid="blind">${plan.blind}</b> <span class="fine">${say("blind_of", { cells: plan.cells })}</span></p>`}
    ${told ? html`<p class="good" role="status">${mark("good")} ${told}</p>` : nothing}
    ${refused ? html`<p class="wrong" role="alert">${refused}</p>` : nothing}
    ${isDirty
      ? html`<form @submit=${save}>
          <p class="fine">${say("changed")}</p>
          <label>${say("reason")}<input name="reason" required maxlength="500" /></label>
          <div class="actions"><button type="submit" class="primary" ?disabled=${isBusy}>${isBusy ? say("saving") : say("save")}</button><button type="button" @click=${discard}>${say("undo")}</button></div>
        </form>`
      : nothing}
  </section>`;
}

/** @param {SubmitEvent} event */
async function save(event) {
  const reason = fieldsOf(event)("reason");
  if (draft === null || standing === null || isBusy) return;
  isBusy = true;
  page.redraw();
  const old = standing;
  const sent = drawingOf(draft, old, reason);
  try {
    const plan = /** @type {Plan} */ (await request("PUT", `/api/estates/${old.estate.id}/plan`, sent, MAKING_MS));
    begin(plan);
    compare(old, plan);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    refused = error.status === 409 ? say("refused_stale") : reasonOf(error, calledIn(sent));
  }
  isBusy = false;
  page.redraw();
}

/** Says what a new version changed. @param {Plan} old @param {Plan} plan */
function compare(old, plan) {
  before = new Map(old.facades.flatMap((facade) => (facade.blind === null ? [] : [[facade.id, facade.blind]])));
  told = old.version === 0 ? say("begun", { blind: plan.blind, cells: plan.cells }) : say("saved", { before: old.blind, after: plan.blind });
  refused = "";
  page.redraw();
}

function discard() {
  refused = "";
  chosen = null;
  void page.reload();
}

function changed() {
  isDirty = true;
  told = "";
  page.redraw();
}

/** @param {Chosen | null} wanted */
function choose(wanted) {
  if (tool !== null) return;
  chosen = wanted;
  page.redraw();
}

function takeAway() {
  if (draft === null || chosen === null) return;
  const camera = chosen.of === "camera" ? draft.cameras[chosen.number] : undefined;
  if (chosen.of === "building") takeBuilding(draft, chosen.number);
  else if (chosen.of === "occluder") draft.occluders.splice(chosen.number, 1);
  else if (camera?.isNew) draft.cameras.splice(chosen.number, 1);
  // One that is registered stays, with its history; it hangs nowhere.
  else if (camera) Object.assign(camera, { mount: null, lens: null, resolution: null, watches: {} });
  if (!camera || camera.isNew) chosen = null;
  changed();
}

function openPose() {
  const camera = chosen?.of === "camera" ? draft?.cameras[chosen.number] : undefined;
  if (!camera || standing === null) return;
  const close = () => {
    sheet = null;
    page.redraw();
  };
  const old = standing;
  const entered = async () => {
    await page.reload();
    if (standing !== null) compare(old, standing);
  };
  sheet = poseSheet(standing, camera, { redraw: page.redraw, close, entered });
  page.redraw();
}

/** @param {PointerEvent} event @param {Chosen} wanted @param {import("./plan/drawing.js").Handle} handle */
function down(event, wanted, handle) {
  const from = placeOf(event);
  if (tool !== null || from === null) return;
  event.stopPropagation();
  chosen = wanted;
  dragged = { from, handle };
  page.redraw();
}

/** @param {PointerEvent} event */
function dragging(event) {
  const here = dragged && placeOf(event);
  if (dragged === null || here === null || draft === null || extent === null) return;
  const [east, north] = [here[0] - dragged.from[0], here[1] - dragged.from[1]];
  if (dragged.handle === null || chosen === null) {
    // The plan moves under the pointer, which so stays over the same place.
    extent = { ...extent, left: extent.left - east, top: extent.top + north };
    page.redraw();
    return;
  }
  const building = chosen.of === "building" ? draft.buildings[chosen.number] : undefined;
  if (dragged.handle === "aim") {
    const mount = draft.cameras[chosen.number]?.mount;
    if (mount) turn(draft, chosen, bearing([mount.x_m, mount.y_m], here));
  } else if (typeof dragged.handle === "number") {
    if (building) building.footprint[dragged.handle] = [rounded(here[0]), rounded(here[1])];
  } else {
    move(draft, chosen, east, north);
    dragged.from = here;
  }
  changed();
}

function release() {
  dragged = null;
}

/** Where somebody clicks beside all things: a corner of what is being drawn. @param {PointerEvent} event @param {Place} place */
function at(event, [x, y]) {
  const first = drawn[0];
  if (tool === null || draft === null) {
    chosen = null;
    // A finger scrolls the page.
    if (event.pointerType !== "touch") dragged = { from: [x, y], handle: null };
    page.redraw();
    return;
  }
  if (tool === "tree" || tool === "camera") finish([[x, y]]);
  else if ((tool === "wall" || tool === "underlay") && first) finish([first, [x, y]]);
  else if (tool === "building" && first && drawn.length > 2 && Math.hypot(x - first[0], y - first[1]) < CLOSE_M) finish(drawn);
  else {
    drawn = [...drawn, [rounded(x), rounded(y)]];
    page.redraw();
  }
}

/** @param {Place[]} places */
function finish(places) {
  if (draft === null) return;
  const corners = /** @type {Place[]} */ (places.map(([x, y]) => [rounded(x), rounded(y)]));
  const [one, other] = corners;
  const used = tool;
  tool = null;
  drawn = [];
  if (used === "underlay") {
    if (one && other) under.aimed([one, other]);
    return;
  }
  if (used === "building") {
    const building = { id: free((n) => String(n), draft.buildings.map(({ id }) => id.replace(/^\D+-/, ""))), footprint: corners, floors: 18, storey_height_m: 3 };
    draft.buildings.push(building);
    watchAll(draft, building);
    chosen = { of: "building", number: draft.buildings.length - 1 };
  } else if (used === "camera" && one) {
    addCamera(draft, one);
    chosen = { of: "camera", number: draft.cameras.length - 1 };
  } else {
    draft.occluders.push(used === "tree" && one ? { kind: "tree", at: one, radius_m: 3, height_m: 8 } : { kind: "wall", line: corners, height_m: 2.5, thickness_m: 0.3 });
    chosen = { of: "occluder", number: draft.occluders.length - 1 };
  }
  changed();
}

/** @param {KeyboardEvent} event */
function key(event) {
  if (event.key === "Escape" && tool !== null) return use(null);
  if (draft === null || chosen === null || !(event.target instanceof SVGElement)) return;
  const step = event.shiftKey ? STEP_M * 10 : STEP_M;
  const ways = { ArrowUp: [0, step], ArrowDown: [0, -step], ArrowLeft: [-step, 0], ArrowRight: [step, 0] };
  const turns = { Comma: -1, Period: 1 };
  const way = ways[/** @type {keyof typeof ways} */ (event.key)];
  const side = turns[/** @type {keyof typeof turns} */ (event.code)];
  const mount = chosen.of === "camera" ? draft.cameras[chosen.number]?.mount : null;
  if (way) move(draft, chosen, way[0] ?? 0, way[1] ?? 0);
  else if (side && mount) turn(draft, chosen, mount.yaw_deg + side * (event.shiftKey ? 10 : 1));
  else if (event.key === "Delete") return takeAway();
  else return;
  event.preventDefault();
  changed();
}
