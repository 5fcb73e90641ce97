/** Cells of one facade of the chosen estate: what is fetched, which facade and cell are chosen, and how it is shown. */

import { Problem, request } from "../lib/api.js";
import { percent } from "../lib/format.js";
import { nameOf } from "../lib/i18n.js";
import { html, nothing } from "../lib/lit.js";
import { sign } from "../lib/marks.js";
import { currentUser } from "../lib/shell.js";
import { doubtList } from "../orders/doubts.js";
import { say } from "../words/coverage.js";
import { advising } from "./advice.js";
import { certifying } from "./certify.js";
import { facadeDays } from "./days.js";
import { facadeMap } from "./map.js";

/** @typedef {import("../lib/types.js").Coverage} Coverage */
/** @typedef {import("../lib/types.js").CoverageEstate} CoverageEstate */
/** @typedef {import("../lib/types.js").FacadeCells} FacadeCells */
/** @typedef {import("../lib/types.js").FacadeHistory} FacadeHistory */

/** Changes after which cells may be others. Minutes come all the time and say nothing new where all is well. */
const TOPICS = new Set(["camera", "agent", "fault"]);
const AGAIN_MS = 60_000;
const CONFIRMERS = new Set(["maintenance", "manager"]);

/**
 * @param {() => void} redraw
 */
export function coverage(redraw) {
  /** @type {{estate: string | null, all: Coverage | null, facade: string | null, cells: FacadeCells | null, history: FacadeHistory | null, cell: number, pointed: number | null,
   *   confirming: string | null, problem: Problem | null, read: number}} */
  const at = { estate: null, all: null, facade: null, cells: null, history: null, cell: 0, pointed: null, confirming: null, problem: null, read: -Infinity };

  const certificates = certifying(redraw);
  const advice = advising(redraw);

  /** @param {string} path */
  async function fetched(path) {
    try {
      return await request("GET", path);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      at.problem = error;
      return null;
    }
  }

  async function readFacade() {
    const facade = at.facade;
    if (facade === null) return;
    const isKnown = at.history !== null && at.history.id === facade;
    const path = `/api/coverage/facades/${facade}`;
    const [cells, history] = await Promise.all([fetched(path), isKnown && performance.now() - at.read < AGAIN_MS ? at.history : fetched(`${path}/history`)]);
    if (at.facade !== facade) return; // another was chosen meanwhile
    if (history !== at.history) at.read = performance.now();
    Object.assign(at, { cells, history });
    if (cells !== null && at.cell >= cells.watched.length) at.cell = 0;
    redraw();
  }

  /** After a snapshot of the page. @param {import("../lib/types.js").Change[]} changes What led to it; none: the first. */
  async function follow(changes) {
    const isDue = performance.now() - at.read > AGAIN_MS;
    if (at.all !== null && !isDue && !changes.some((change) => TOPICS.has(change.topic))) return;
    await readEstate();
    await readFacade();
  }

  async function readEstate() {
    const estate = at.estate;
    if (estate === null) return;
    at.problem = null;
    const all = await fetched(`/api/coverage?estate=${encodeURIComponent(estate)}`);
    if (all !== null && at.estate === estate) at.all = all;
    redraw();
  }

  /** @param {string} facade */
  function show(facade) {
    if (at.facade === facade) return;
    Object.assign(at, { facade, cells: null, history: null, cell: 0, pointed: null });
    void readFacade();
    redraw();
  }

  /** @param {string} camera @param {string} reason */
  async function confirm(camera, reason) {
    try {
      await request("POST", `/api/cameras/${camera}/pose/confirm`, { reason });
      at.confirming = null;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      at.problem = error;
    }
    redraw();
  }

  /** @param {string} estate */
  function view(estate) {
    if (at.estate !== estate) {
      at.estate = estate;
      queueMicrotask(readEstate);
    }
    const found = at.all?.estates.find((one) => one.id === estate);
    const modelled = found?.facades.filter((facade) => facade.modelled) ?? [];
    if (found === undefined || modelled.length === 0) return nothing;
    const own = modelled.find((facade) => facade.id === at.facade) ?? modelled[0];
    if (own === undefined) return nothing;
    if (own.id !== at.facade) queueMicrotask(() => show(own.id));
    return html`<section class="panel coverage" data-testid="coverage">
      ${tabs(found, own.id)} ${doubts(estate)}
      ${at.cells === null || at.cells.id !== own.id ? nothing : html`${title(at.cells)} ${certificates.form(placeIn(at.cells, estate))}
        ${facadeMap(at.cells, at.history, { chosen: at.cell, pointed: at.pointed }, { choose: (cell) => turn({ cell }), point: (pointed) => turn({ pointed }) })}
        ${advice(at.cells)}
        ${at.history === null ? nothing : facadeDays(at.history)}`}
    </section>`;
  }

  /** @param {FacadeCells} cells */
  function title(cells) {
    const share = 1 - cells.blind / cells.watched.length;
    const size = { floors: cells.floors.at(-1) ?? 0, bays: cells.bays.at(-1) ?? 0 };
    return html`<h3 class="coverage-title" data-testid="coverage-title" data-lost=${cells.lost} data-facade=${cells.id}>${nameOf(cells.name)}
      <span class="fine">${say("size", size)} · ${say("now", { share: percent(share) })}</span> ${certificates.opener(cells.id)}</h3>`;
  }

  /** Floor and bay of the chosen cell. @param {FacadeCells} cells @param {string} estate */
  function placeIn(cells, estate) {
    const columns = cells.bays.length;
    const [row, column] = [Math.floor(at.cell / columns), at.cell % columns];
    return { estate, facade: cells.id, floor: cells.floors[row] ?? 1, bay: cells.bays[column] ?? 1 };
  }

  /** @param {CoverageEstate} estate @param {string} chosen */
  function tabs(estate, chosen) {
    return html`<div class="coverage-tabs" role="group" aria-label=${say("facades_of")}>${estate.facades.map((facade) => html`<button
      type="button" class="quiet" data-cells-of=${facade.id} aria-pressed=${facade.id === chosen ? "true" : "false"} ?disabled=${!facade.modelled}
      title=${facade.modelled ? nothing : say("not_modelled_long")} @click=${() => show(facade.id)}>${nameOf(facade.name)}
      ${!facade.modelled ? html`<span class="fine">${say("not_modelled")}</span>`
        : facade.blind ? html`<span class=${facade.lost ? "blind-n lost" : "blind-n"}>${say("blind_n", { n: facade.blind })}</span>` : sign("good", say("all_watched"))}</button>`)}</div>`;
  }

  /** @param {string} estate */
  function doubts(estate) {
    const own = at.all?.doubts.filter((doubt) => doubt.estate === estate) ?? [];
    const ask = CONFIRMERS.has(currentUser().role) ? (/** @type {string | null} */ confirming) => turn({ confirming }) : null;
    return doubtList(own, at.confirming, ask, confirm);
  }

  /** @param {Partial<{cell: number, pointed: number | null, confirming: string | null}>} to */
  function turn(to) {
    Object.assign(at, to);
    redraw();
  }

  return { follow, show, view };
}
