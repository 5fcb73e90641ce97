/** Cells of one facade of the chosen estate: what is fetched, which facade and cell are chosen, and how it is shown. */

import { Problem, request } from "../lib/api.js";
import { percent } from "../lib/format.js";
import { nameOf } from "../lib/i18n.js";
import { html, nothing } from "../lib/lit.js";
import { mark, sign } from "../lib/marks.js";
import { currentUser, reasonOf } from "../lib/shell.js";
import { doubtList } from "../orders/doubts.js";
import { say } from "../words/coverage.js";
import { advising } from "./advice.js";
import { cellCalled, cellName, placeOf } from "./cells.js";
import { certifying } from "./certify.js";
import { facadeDays } from "./days.js";
import { facadeMap } from "./map.js";
import { toFacade } from "./steps.js";

/** @typedef {import("../lib/types.js").Coverage} Coverage */
/** @typedef {import("../lib/types.js").CoverageBrief} CoverageBrief */
/** @typedef {import("../lib/types.js").FacadeCells} FacadeCells */
/** @typedef {import("../lib/types.js").FacadeHistory} FacadeHistory */

/** Changes after which cells may be others. Minutes come all the time and say nothing new where all is well. */
const TOPICS = new Set(["camera", "agent", "fault"]);
const AGAIN_MS = 60_000;
const CERTIFIERS = new Set(["bureau", "manager"]);
const CONFIRMERS = new Set(["maintenance", "manager"]);

/** @param {import("./steps.js").BureauAddress} address @param {() => void} redraw */
export function coverage(address, redraw) {
  /** @type {{estate: string | null, all: Coverage | null, facade: string | null, cells: FacadeCells | null, history: FacadeHistory | null, pointed: number | null,
   *   confirming: string | null, problem: Problem | null, read: number}} */
  const at = { estate: null, all: null, facade: null, cells: null, history: null, pointed: null, confirming: null, problem: null, read: -Infinity };

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
  function load(facade) {
    if (at.facade === facade) return;
    Object.assign(at, { facade, cells: null, history: null, pointed: null });
    void readFacade();
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
    if (found === undefined) return problem();
    const { building, facade } = address.at;
    const inside = found.facades.filter((one) => !building || one.building === building);
    const modelled = inside.filter((one) => one.modelled);
    const own = modelled.find((one) => one.id === facade) ?? modelled[0];
    if (own === undefined) return html`<p class="calm-line">${mark("unknown")} ${say("not_modelled_long")}</p>`;
    if (own.id !== at.facade) queueMicrotask(() => load(own.id));
    return html`<section class="panel coverage" data-testid="coverage">
      ${tabs(inside, own.id, estate)} ${doubts(estate)} ${problem()}
      ${at.cells === null || at.cells.id !== own.id ? nothing : cellsOf(at.cells, own.building)}
    </section>`;
  }

  /** @param {FacadeCells} cells @param {string} building */
  function cellsOf(cells, building) {
    const chosen = cellCalled(cells, address.at.cell);
    const here = toFacade(cells.estate, building, cells.id);
    /** @param {number} cell @param {boolean} isStep */
    const choose = (cell, isStep) => address.go({ ...here, cell: cellName(cells, cell) }, isStep);
    /** @param {string} camera @param {import("../lib/lit.js").Fragment} name @param {number} cell */
    const camera = (camera, name, cell) => address.link({ ...here, cell: cellName(cells, cell), camera }, name, { title: say("proof") });
    return html`${title(cells)} ${certificates.form({ estate: cells.estate, facade: cells.id, ...placeOf(cells, chosen) })}
      ${facadeMap(cells, at.history, { chosen, pointed: at.pointed }, { choose, point: (pointed) => turn({ pointed }), camera })}
      ${advice(cells)}
      ${at.history === null ? nothing : facadeDays(at.history)}`;
  }

  function problem() {
    return at.problem === null ? nothing : html`<p class="wrong" role="alert">${reasonOf(at.problem)}</p>`;
  }

  /** @param {FacadeCells} cells */
  function title(cells) {
    const share = 1 - cells.blind / cells.watched.length;
    const size = { floors: cells.floors.at(-1) ?? 0, bays: cells.bays.at(-1) ?? 0 };
    return html`<h3 class="coverage-title" data-testid="coverage-title" data-lost=${cells.lost} data-facade=${cells.id}>${nameOf(cells.name)}
      <span class="fine">${say("size", size)} · ${say("now", { share: percent(share) })}</span> ${CERTIFIERS.has(currentUser().role) ? certificates.opener(cells.id) : nothing}</h3>`;
  }

  /** @param {CoverageBrief[]} facades @param {string} chosen @param {string} estate */
  function tabs(facades, chosen, estate) {
    return html`<div class="coverage-tabs" role="group" aria-label=${say("facades_of")}>${facades.map((facade) => html`<button
      type="button" class="quiet" data-cells-of=${facade.id} aria-pressed=${facade.id === chosen ? "true" : "false"} ?disabled=${!facade.modelled}
      title=${facade.modelled ? nothing : say("not_modelled_long")} @click=${() => address.go(toFacade(estate, facade.building, facade.id))}>${nameOf(facade.name)}
      ${!facade.modelled ? html`<span class="fine">${say("not_modelled")}</span>`
        : facade.blind ? html`<span class=${facade.lost ? "blind-n lost" : "blind-n"}>${say("blind_n", { n: facade.blind })}</span>` : sign("good", say("all_watched"))}</button>`)}</div>`;
  }

  /** @param {string} estate */
  function doubts(estate) {
    const own = at.all?.doubts.filter((doubt) => doubt.estate === estate) ?? [];
    const ask = CONFIRMERS.has(currentUser().role) ? (/** @type {string | null} */ confirming) => turn({ confirming }) : null;
    return doubtList(own, at.confirming, ask, confirm);
  }

  /** Which facade's cells are shown, and its building. */
  function shown() {
    const found = at.all?.estates.flatMap((one) => one.facades).find((one) => one.id === at.facade);
    return { building: found?.building ?? "", facade: found?.id ?? "" };
  }

  /** @param {Partial<{pointed: number | null, confirming: string | null}>} to */
  function turn(to) {
    Object.assign(at, to);
    redraw();
  }

  return { follow, shown, view };
}
