/** 覆盖监管, the bureau: estates by what was worst in a month, their facades cell by cell, equipment and inspections. */

import { coverage } from "./bureau/coverage.js";
import { draws } from "./bureau/draws.js";
import { facadeCard } from "./bureau/facade.js";
import { months, monthLine, monthMeaning, monthShifts, monthTotals, ranking } from "./bureau/months.js";
import { ranked, rankedFacades } from "./bureau/rank.js";
import { records } from "./bureau/records.js";
import { dayTime } from "./lib/format.js";
import { currentLanguage, nameOf, setLanguage } from "./lib/i18n.js";
import { html, nothing, render, repeat } from "./lib/lit.js";
import { mark } from "./lib/marks.js";
import { startPage } from "./lib/page.js";
import { header, refusal, staleLine, withoutSnapshot } from "./lib/shell.js";
import { say } from "./words/bureau.js";
import { say as sayOversight } from "./words/oversight.js";

/** @typedef {import("./lib/types.js").Bureau} Bureau */
/** @typedef {import("./lib/types.js").Estate} Estate */

const VIEWS = /** @type {const} */ (["cells", "records", "draws"]);
const root = /** @type {HTMLElement} */ (document.getElementById("app"));
/** @type {string | null} */
let selected = null;
let isOpen = false;
/** @type {typeof VIEWS[number]} */
let shown = "cells";

/** @param {import("./lib/page.js").View<Bureau>} view */
function draw(view) {
  const bureau = view.snapshot;
  if (bureau === null) {
    render(html`${header("bureau", view.live, nothing, page.redraw)}${withoutSnapshot(view.problem, page.refetch)}`, root);
    return;
  }
  const month = review.month;
  const order = month?.estates.map((one) => one.id) ?? ranked(bureau.estates).map((one) => one.id);
  const estate = bureau.estates.find((one) => one.id === (selected ?? order[0])) ?? null;
  render(
    html`${header("bureau", view.live, period(bureau), page.redraw)} ${staleLine(view.problem ?? review.problem)}
      <main class="bureau">
        ${month === null ? nothing : html`${monthLine(month, review.ask)} ${monthTotals(month)}`}
        <div class="bureau-body">
          <div class="left">${bureau.estates.length === 0 ? noEstates() : month === null ? nothing : html`
            ${ranking(month, new Map(bureau.estates.map((one) => [one.id, one])), estate?.id ?? null, isOpen, { estate: choose, facade: showFacade })}
            ${monthShifts(month)} ${monthMeaning()}`}</div>
          ${estate === null ? nothing : right(estate)}
        </div>
      </main>
      ${refusal(page.redraw)}`,
    root,
  );
}

/** @param {Bureau} bureau */
function period({ window }) {
  return html`<span>${say("window", { from: dayTime(window.from), to: dayTime(window.to) })}</span>`;
}

function noEstates() {
  return html`<section class="panel"><p class="calm-line">${mark("unknown")} ${say("no_estates")}</p></section>`;
}

/** Shows an estate with its facades; once more, without. @param {string} estate */
function choose(estate) {
  isOpen = selected !== estate || !isOpen;
  selected = estate;
  page.redraw();
}

/** @param {string} facade */
function showFacade(facade) {
  shown = "cells";
  cells.show(facade);
  page.redraw();
}

/** @param {Estate} estate */
function right(estate) {
  return html`<div class="right">
    <div class="view-line"><h2 data-testid="estate-title">${nameOf(estate.name)}</h2>
      <div class="views" role="group" aria-label=${sayOversight("views")}>${VIEWS.map((one) => html`<button type="button" class="quiet" data-view=${one}
        aria-pressed=${String(one === shown)} @click=${() => turn(one)}>${sayOversight(`view_${one}`)}</button>`)}</div></div>
    ${shown === "records" ? equipment.view(estate.id) : shown === "draws" ? inspections.view() : facades(estate)}
  </div>`;
}

/** @param {typeof VIEWS[number]} view */
function turn(view) {
  shown = view;
  page.redraw();
}

/** @param {Estate} estate */
function facades(estate) {
  return html`${cells.view(estate.id)}<section class="facades">
    <h2>${say("strip")}</h2>
    <ul class="legend">
      ${/** @type {const} */ (["full", "part", "blind", "unknown"]).map((tone) => html`<li><i class="swatch ${tone}"></i>${say(`legend_${tone}`)}</li>`)}
    </ul>
    ${estate.facades.length === 0 ? html`<p class="calm-line">${mark("unknown")} ${say("no_facades")}</p>` : nothing}
    ${repeat(rankedFacades(estate.facades), (facade) => facade.id, facadeCard)}
  </section>`;
}

/** @param {Bureau} _ @param {import("./lib/types.js").Change[]} changes */
function follow(_, changes) {
  review.follow();
  void cells.follow(changes);
}

setLanguage(currentLanguage());
const cells = coverage(() => page.redraw());
const review = months(() => page.redraw());
const equipment = records(() => page.redraw());
const inspections = draws(() => page.redraw());
const page = startPage("/api/bureau", draw, follow);
