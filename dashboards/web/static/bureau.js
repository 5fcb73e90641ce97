/** 覆盖监管, the bureau: what was worst in a month, from estates down to a camera's proof; equipment and inspections. */

import { coverage } from "./bureau/coverage.js";
import { draws } from "./bureau/draws.js";
import { lastDay } from "./bureau/last_day.js";
import { months, monthLine, monthMeaning, monthShifts, monthTotals } from "./bureau/months.js";
import { proof } from "./bureau/proof.js";
import { ranking } from "./bureau/ranking.js";
import { records } from "./bureau/records.js";
import { bureauAddress, trail } from "./bureau/steps.js";
import { currentLanguage, nameOf, setLanguage } from "./lib/i18n.js";
import { html, nothing, render } from "./lib/lit.js";
import { mark } from "./lib/marks.js";
import { startPage } from "./lib/page.js";
import { header, reasonOf, refusal, staleLine, withoutSnapshot } from "./lib/shell.js";
import { say } from "./words/bureau.js";
import { say as sayOversight } from "./words/oversight.js";

/** @typedef {import("./lib/types.js").Bureau} Bureau */
/** @typedef {import("./lib/types.js").Estate} Estate */
/** @typedef {import("./lib/types.js").Month} Month */

const VIEWS = /** @type {const} */ (["cells", "records", "draws"]);
const NARROW = matchMedia("(max-width: 1180px)");
const root = /** @type {HTMLElement} */ (document.getElementById("app"));

/** @param {import("./lib/page.js").View<Bureau>} view */
function draw(view) {
  const bureau = view.snapshot;
  if (bureau === null) {
    render(html`${header("bureau", view.live, nothing, page.redraw)}${withoutSnapshot(view.problem, page.refetch)}`, root);
    return;
  }
  const month = review.month;
  const estate = bureau.estates.find((one) => one.id === (address.at.estate || month?.ranked[0]?.estate.id)) ?? null;
  render(
    html`${header("bureau", view.live, nothing, page.redraw)} ${staleLine(view.problem)}
      <main class="bureau">
        ${review.problem ? html`<p class="wrong" role="alert">${reasonOf(review.problem)}</p>` : nothing}
        ${month === null ? nothing : html`${monthLine(month, address)} ${monthTotals(month)}`}
        <div class="bureau-body">
          <div class="left">${bureau.estates.length === 0 ? noEstates() : month === null ? nothing : html`
            ${ranking(month, new Map(bureau.estates.map((one) => [one.id, one])), { estate: estate?.id ?? "", ...cells.shown() }, address)}
            ${monthShifts(month, address)} ${monthMeaning()}`}</div>
          ${estate === null ? nothing : right(estate, month)}
        </div>
      </main>
      ${refusal(page.redraw)}`,
    root,
  );
}

function noEstates() {
  return html`<section class="panel"><p class="calm-line">${mark("unknown")} ${say("no_estates")}</p></section>`;
}

/** @param {Estate} estate @param {Month | null} month */
function right(estate, month) {
  const shown = VIEWS.find((one) => one === address.at.view) ?? "cells";
  return html`<div class="right">
    ${address.at.estate ? trail(address, named(estate, month)) : nothing}
    <div class="view-line"><h2 data-testid="estate-title">${nameOf(estate.name)}</h2>
      <div class="views" role="group" aria-label=${sayOversight("views")}>${VIEWS.map((one) => html`<button type="button" class="quiet" data-view=${one}
        aria-pressed=${String(one === shown)} @click=${() => address.go({ view: one === "cells" ? "" : one, camera: "" })}>${sayOversight(`view_${one}`)}</button>`)}</div></div>
    ${shown === "records" ? equipment.view(estate.id) : shown === "draws" ? inspections.view() : address.at.camera ? behind.view() : html`${cells.view(estate.id)} ${day.view(estate.id)}`}
  </div>`;
}

/** What the steps of the way down are called. @param {Estate} estate @param {Month | null} month */
function named(estate, month) {
  const { building, facade } = address.at;
  return {
    estate: estate.name,
    building: month?.buildings.find((one) => one.id === building)?.name ?? null,
    facade: month?.facades.find((one) => one.id === facade)?.name ?? null,
    camera: behind.name(),
  };
}

/** @param {Bureau} _ @param {import("./lib/types.js").Change[]} changes */
function follow(_, changes) {
  review.follow();
  void cells.follow(changes);
  void day.follow();
}

setLanguage(currentLanguage());
const address = bureauAddress((before) => {
  review.follow();
  page.redraw();
  // Where both do not stand beside each other, what was chosen is far below.
  const isOther = address.at.facade !== before.facade || address.at.camera !== before.camera;
  if (address.at.facade && isOther && NARROW.matches) requestAnimationFrame(() => document.querySelector(".right")?.scrollIntoView());
});
const cells = coverage(address, () => page.redraw());
const day = lastDay(address, () => page.redraw());
const review = months(address, () => page.redraw());
const behind = proof(address, () => page.redraw());
const equipment = records(() => page.redraw());
const inspections = draws(() => page.redraw());
const page = startPage("/api/bureau", draw, follow);
