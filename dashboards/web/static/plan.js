/** 布点图: an estate's plan, on which cameras are turned and moved, and buildings, trees and walls drawn. */

import { MAKING_MS, Problem, request } from "./lib/api.js";
import { fieldsOf } from "./lib/form.js";
import { dayTime } from "./lib/format.js";
import { nameOf } from "./lib/i18n.js";
import { html, nothing } from "./lib/lit.js";
import { mark } from "./lib/marks.js";
import { startPlainPage } from "./lib/plain.js";
import { reasonOf } from "./lib/shell.js";
import { drawing, extentOf, placeOf } from "./plan/drawing.js";
import { copied, drawingOf, freeId, move, rounded, turn } from "./plan/draft.js";
import { chosenPanel, facadeTable } from "./plan/panel.js";
import { poseSheet } from "./plan/pose.js";
import { say } from "./words/plan.js";

/**
 * @typedef {import("./plan/draft.js").Plan} Plan
 * @typedef {import("./plan/draft.js").Chosen} Chosen
 * @typedef {import("./plan/draft.js").Place} Place
 * @typedef {import("./lib/types.js").Named} Named
 * @typedef {{estates: Named[], without: Named[], plan: Plan | null}} Snapshot
 */

const STEP_M = 0.5;
const CLOSE_M = 3;
/** @type {Plan | null} */
let standing = null;
/** @type {Plan | null} */
let draft = null;
/** @type {Chosen | null} */
let chosen = null;
/** @type {"building" | "tree" | "wall" | null} */
let tool = null;
/** @type {Place[]} */
let drawn = [];
/** @type {{from: Place, isTurn: boolean} | null} */
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

async function read() {
  const { estates, without } = await request("GET", "/api/plans");
  const wanted = new URLSearchParams(location.search).get("estate");
  const estate = estates.find((/** @type {Named} */ one) => one.id === wanted) ?? estates[0];
  const plan = estate ? await request("GET", `/api/estates/${estate.id}/plan`, undefined, MAKING_MS) : null;
  begin(plan);
  return { estates, without, plan };
}

/** @param {Plan | null} plan */
function begin(plan) {
  standing = plan;
  draft = plan && copied(plan);
  extent = plan && extentOf(plan);
  isDirty = false;
  drawn = [];
  tool = null;
}

/** @param {Snapshot} snapshot */
function body(snapshot) {
  if (draft === null || standing === null || extent === null) return html`<main class="planning"><section class="panel"><p class="calm-line">${mark("unknown")} ${say("no_plan")}</p><p class="fine">${say("no_plan_hint")}</p></section></main>`;
  const hand = { chosen, drawn, extent, choose, down, at };
  return html`<main class="planning" @pointermove=${dragging} @pointerup=${release} @pointercancel=${release} @keydown=${key}>
    <section class="panel picture">
      ${tools(snapshot)}
      ${drawing(draft, hand)}
      <p class="fine">${tool === null ? say("hint") : say(`click_${tool}`)}</p>
    </section>
    <div class="side">
      ${summary(draft)}
      <section class="panel">${chosenPanel(draft, chosen, { changed, takeAway, pose: isDirty ? null : openPose })}</section>
      <section class="panel">${facadeTable(draft, before)}</section>
    </div>
  </main>${sheet === null ? nothing : sheet()}`;
}

/** @param {Snapshot} snapshot */
function tools({ estates }) {
  const use = (/** @type {typeof tool} */ wanted) => () => {
    tool = wanted;
    drawn = [];
    chosen = null;
    page.redraw();
  };
  return html`<div class="tools">
    ${estates.length > 1 ? estates.map((estate) => html`<a class="button" href=${`/plan?estate=${estate.id}`} aria-current=${estate.id === standing?.estate.id ? "page" : nothing}>${nameOf(estate.name)}</a>`) : html`<h2>${nameOf(standing?.estate.name ?? { zh: "", en: "" })}</h2>`}
    <span class="fill"></span>
    ${tool === null
      ? /** @type {const} */ (["building", "tree", "wall"]).map((one) => html`<button type="button" @click=${use(one)}>${say(`add_${one}`)}</button>`)
      : html`<button type="button" @click=${use(null)}>${say("stop")}</button>`}
  </div>`;
}

/** @param {Plan} plan */
function summary(plan) {
  return html`<section class="panel summary">
    <p class="fine">${say("version", { n: plan.version, by: plan.entered_by ?? "", at: plan.entered_at ? dayTime(plan.entered_at) : "" })}</p>
    <p><b data-testid="blind">${plan.blind}</b> <span class="fine">${say("blind_of", { blind: plan.blind, cells: plan.cells })}</span></p>
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
  try {
    const plan = /** @type {Plan} */ (await request("PUT", `/api/estates/${old.estate.id}/plan`, drawingOf(draft, old, reason), MAKING_MS));
    begin(plan);
    compare(old, plan);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    refused = error.status === 409 ? say("refused_stale") : reasonOf(error);
  }
  isBusy = false;
  page.redraw();
}

/** Says what a new version changed. @param {Plan} old @param {Plan} plan */
function compare(old, plan) {
  before = new Map(old.facades.map((facade) => [facade.id, facade.blind ?? 0]));
  told = say("saved", { before: old.blind, after: plan.blind });
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
  if (draft === null || chosen === null || chosen.of === "camera") return;
  (chosen.of === "building" ? draft.buildings : draft.occluders).splice(chosen.number, 1);
  chosen = null;
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

/** @param {PointerEvent} event @param {Chosen} wanted @param {boolean} isTurn */
function down(event, wanted, isTurn) {
  const from = placeOf(event);
  if (tool !== null || from === null) return;
  event.stopPropagation();
  chosen = wanted;
  dragged = { from, isTurn };
  page.redraw();
}

/** @param {PointerEvent} event */
function dragging(event) {
  const here = dragged && placeOf(event);
  if (dragged === null || here === null || draft === null || chosen === null) return;
  if (dragged.isTurn) {
    const mount = draft.cameras[chosen.number]?.mount;
    if (mount) turn(draft, chosen, (Math.atan2(here[0] - mount.x_m, here[1] - mount.y_m) * 180) / Math.PI);
  } else {
    move(draft, chosen, here[0] - dragged.from[0], here[1] - dragged.from[1]);
    dragged.from = here;
  }
  changed();
}

function release() {
  dragged = null;
}

/** Where somebody clicks beside all things: a corner of what is being drawn. @param {Place} place */
function at([x, y]) {
  const first = drawn[0];
  if (tool === null || draft === null) {
    chosen = null;
    page.redraw();
    return;
  }
  if (tool === "tree") finish([[x, y]]);
  else if (tool === "wall" && first) finish([first, [x, y]]);
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
  if (tool === "building") {
    draft.buildings.push({ id: freeId(draft), footprint: corners, floors: 18, storey_height_m: 3 });
    chosen = { of: "building", number: draft.buildings.length - 1 };
  } else {
    const [at] = corners;
    draft.occluders.push(tool === "tree" && at ? { kind: "tree", at, radius_m: 3, height_m: 8 } : { kind: "wall", line: corners, height_m: 2.5, thickness_m: 0.3 });
    chosen = { of: "occluder", number: draft.occluders.length - 1 };
  }
  tool = null;
  drawn = [];
  changed();
}

/** @param {KeyboardEvent} event */
function key(event) {
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
