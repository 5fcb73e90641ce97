/** 覆盖监管, the bureau: which facades are watched, which are not, and how much of the last day was. */

import { coverage } from "./bureau/coverage.js";
import { facadeCard } from "./bureau/facade.js";
import { meanShare, ranked, rankedFacades, unknownNow } from "./bureau/rank.js";
import { dayTime, percent } from "./lib/format.js";
import { currentLanguage, nameOf, setLanguage } from "./lib/i18n.js";
import { html, nothing, render, repeat } from "./lib/lit.js";
import { mark, sign } from "./lib/marks.js";
import { startPage } from "./lib/page.js";
import { header, staleLine, withoutSnapshot } from "./lib/shell.js";
import { say } from "./words/bureau.js";
import { say as sayCommon } from "./words/common.js";

/** @typedef {import("./lib/types.js").Bureau} Bureau */
/** @typedef {import("./lib/types.js").Estate} Estate */
/** @typedef {import("./lib/lit.js").Fragment} Fragment */

const root = /** @type {HTMLElement} */ (document.getElementById("app"));
/** @type {string | null} */
let selected = null;

/** @param {import("./lib/page.js").View<Bureau>} view */
function draw(view) {
  const bureau = view.snapshot;
  if (bureau === null) {
    render(html`${header("bureau", view.live, nothing, page.redraw)}${withoutSnapshot(view.problem, page.refetch)}`, root);
    return;
  }
  const estates = ranked(bureau.estates);
  const estate = estates.find((one) => one.id === selected) ?? estates[0] ?? null;
  render(
    html`${header("bureau", view.live, period(bureau), page.redraw)} ${staleLine(view.problem)}
      <main class="bureau">
        ${totals(estates)}
        <div class="bureau-body">
          <div class="left">${table(estates, estate)}${meaning()}</div>
          ${estate === null ? nothing : facades(estate)}
        </div>
      </main>`,
    root,
  );
}

/** @param {Bureau} bureau */
function period({ window }) {
  return html`<span>${say("window", { from: dayTime(window.from), to: dayTime(window.to) })}</span>`;
}

/** @param {Estate[]} estates */
function totals(estates) {
  const all = estates.reduce((sum, estate) => sum + estate.facades_total, 0);
  const blind = estates.reduce((sum, estate) => sum + estate.facades_blind_now, 0);
  const unknown = estates.reduce((sum, estate) => sum + unknownNow(estate), 0);
  const share = meanShare(estates);
  const of = say("of_facades", { n: all });
  return html`<section class="totals">
    ${total(say("kpi_share"), share === null ? sayCommon("unknown") : percent(share), nothing, share === null ? "unknown" : "")}
    ${total(say("kpi_blind"), String(blind), blind ? html`${mark("critical")} ${of}` : html`${mark("good")} ${of}`, blind ? "critical" : "")}
    ${total(say("kpi_unknown"), String(unknown), unknown ? html`${mark("unknown")} ${of}` : html`${mark("good")} ${of}`, "")}
    ${total(say("kpi_facades"), String(all), nothing, "")}
  </section>`;
}

/** @param {string} label @param {string} value @param {Fragment} aside @param {string} tone */
function total(label, value, aside, tone) {
  return html`<div class="total"><span class="fine">${label}</span><b class=${tone}>${value}</b><span class="fine">${aside}</span></div>`;
}

/** @param {Estate[]} estates @param {Estate | null} chosen */
function table(estates, chosen) {
  if (estates.length === 0) return html`<section class="panel"><p class="calm-line">${mark("unknown")} ${say("no_estates")}</p></section>`;
  return html`<section class="panel ranking">
    <table>
      <caption class="section">${say("estates")}</caption>
      <thead><tr><th scope="col">${say("estate")}</th><th scope="col">${say("blind_count")}</th><th scope="col">${say("share")}</th></tr></thead>
      <tbody>${repeat(estates, (estate) => estate.id, (estate) => row(estate, estate === chosen))}</tbody>
    </table>
  </section>`;
}

/** @param {Estate} estate @param {boolean} isChosen */
function row(estate, isChosen) {
  const select = () => {
    selected = estate.id;
    page.redraw();
  };
  const unknown = unknownNow(estate);
  const now = estate.facades_blind_now
    ? sign("critical", `${estate.facades_blind_now} / ${estate.facades_total}`)
    : unknown ? sign("unknown", `0 / ${estate.facades_total} · ${say("unknown")} ${unknown}`) : sign("good", `0 / ${estate.facades_total}`);
  return html`<tr aria-current=${isChosen ? "true" : nothing} data-estate=${estate.id}>
    <th scope="row"><button type="button" class="link" @click=${select}>${nameOf(estate.name)}</button></th>
    <td>${now}</td>
    <td>${estate.watched_share === null ? sign("unknown", sayCommon("unknown")) : html`<span class="meter" .style=${`--share: ${estate.watched_share * 100}%`}></span> ${percent(estate.watched_share)}`}</td>
  </tr>`;
}

function meaning() {
  return html`<section class="panel meaning">
    <h3>${say("formula_title")}</h3>
    <p>${say("formula")}</p>
    <p>${say("geometry_later")}</p>
  </section>`;
}

/** @param {Estate} estate */
function facades(estate) {
  return html`<section class="facades">
    <h2 data-testid="estate-title">${nameOf(estate.name)} <span class="fine">${say("strip")}</span></h2>
    <ul class="legend">
      ${/** @type {const} */ (["full", "part", "blind", "unknown"]).map((tone) => html`<li><i class="swatch ${tone}"></i>${say(`legend_${tone}`)}</li>`)}
    </ul>
    ${estate.facades.length === 0 ? html`<p class="calm-line">${mark("unknown")} ${say("no_facades")}</p>` : nothing}
    ${cells.view(estate.id)}
    ${repeat(rankedFacades(estate.facades), (facade) => facade.id, facadeCard)}
  </section>`;
}

setLanguage(currentLanguage());
const cells = coverage(() => page.redraw());
const page = startPage("/api/bureau", draw, (_, changes) => void cells.follow(changes));
