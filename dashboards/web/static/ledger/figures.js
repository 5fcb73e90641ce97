/** The figures against their targets, and camera by camera what is behind one of them. */

import { dayTime, percent, percentOrDash, span } from "../lib/format.js";
import { nameOf } from "../lib/i18n.js";
import { html, nothing, repeat } from "../lib/lit.js";
import { mark, sign } from "../lib/marks.js";
import { nameOfKind } from "../words/faults.js";
import { say } from "../words/ledger.js";

/** @typedef {import("../lib/types.js").Ledger} Ledger */
/** @typedef {import("../lib/types.js").Figure} Figure */
/** @typedef {import("../lib/types.js").Account} Account */
/** @typedef {"availability" | "picture" | "recording" | "clips"} Share */

const SHARES = /** @type {const} */ (["availability", "picture", "recording", "clips"]);

/** Share → its parts of one camera's account. @type {Record<Share, (one: Account) => {part: number, whole: number, lost: Account["outages"]}>} */
const PARTS = {
  availability: (one) => ({ part: one.online_s, whole: one.due_s, lost: one.outages }),
  picture: (one) => ({ part: one.sound_s, whole: one.online_s, lost: one.blinded }),
  recording: (one) => ({ part: one.recorded_s, whole: one.due_s, lost: one.unrecorded }),
  clips: (one) => ({ part: one.clips, whole: one.falls, lost: [] }),
};

/** @param {Ledger} ledger @param {Share} chosen @param {(key: Share) => void} choose */
export function figureCards(ledger, chosen, choose) {
  const by = new Map(ledger.figures.map((figure) => [figure.key, figure]));
  return html`<section class="figures-row">${SHARES.map((key) => shareCard(/** @type {Figure} */ (by.get(key)), key, key === chosen, choose))}</section>
    <section class="figures-row small">${/** @type {const} */ (["mtta", "mttr", "on_time"]).map((key) => workCard(/** @type {Figure} */ (by.get(key))))}</section>`;
}

/** @param {Figure} figure @param {Share} key @param {boolean} isChosen @param {(key: Share) => void} choose */
function shareCard(figure, key, isChosen, choose) {
  const tone = figure.meets === null ? "unknown" : figure.meets ? "good" : "critical";
  const target = figure.target === null ? "" : `${Number((figure.target * 100).toFixed(2))}%`;
  return html`<button type="button" class="figure ${tone}" data-figure=${key} data-meets=${String(figure.meets)} aria-pressed=${String(isChosen)} @click=${() => choose(key)}>
    <span class="fine">${say(key)}</span>
    <b>${percentOrDash(figure.value)}</b>
    <span class="against">${figure.meets === null ? html`<span class="fine">${say("nothing")}</span>` : sign(tone, say(figure.meets ? "meets" : "misses"))}
      <span class="fine">${say("target", { share: target })}</span></span>
    <span class="fine">${parts(key, figure.numerator, figure.denominator)}</span>
  </button>`;
}

/** @param {Figure} figure */
function workCard(figure) {
  const isShare = figure.key === "on_time";
  const value = figure.value === null ? "–" : isShare ? percent(figure.value) : span(figure.value);
  const below = isShare ? say("of_pieces", { part: figure.numerator, whole: figure.denominator }) : say("over", { n: figure.denominator });
  return html`<div class="figure" data-figure=${figure.key}><span class="fine">${say(figure.key)}</span><b>${value}</b><span class="fine">${below}</span></div>`;
}

/** @param {Share} key @param {number} part @param {number} whole */
function parts(key, part, whole) {
  if (key === "clips") return say("of_pieces", { part, whole });
  return say("of_time", { part: hours(part), whole: hours(whole) });
}

/** @param {number} seconds */
function hours(seconds) {
  return say("hours", { n: (seconds / 3600).toFixed(2) });
}

/** The worst first; a camera's row opens what it lost. @param {Ledger} ledger @param {Share} key @param {string | null} opened @param {(id: string) => void} open */
export function behind(ledger, key, opened, open) {
  const rows = ledger.cameras.map((one) => ({ one, ...PARTS[key](one) })).sort((a, b) => ratio(a) - ratio(b));
  return html`<section class="panel behind" data-testid="behind">
    <h2>${say("behind", { figure: say(key) })}</h2>
    <p class="fine">${say(`${key}_how`)} ${say("excluded_how")}</p>
    <div class="scroll"><table>
      <thead><tr><th scope="col">${say("camera")}</th><th scope="col">${say("share")}</th><th scope="col">${say("numerator")}</th><th scope="col">${say("denominator")}</th><th scope="col">${say("excluded")}</th><th scope="col">${say("losses")}</th></tr></thead>
      <tbody>${repeat(rows, ({ one }) => one.id, ({ one, part, whole, lost }) => html`
        <tr data-camera=${one.id}><th scope="row">${nameOf(one.name)}</th>
          <td>${whole > 0 ? percent(part / whole) : "–"}</td><td>${amount(key, part)}</td><td>${amount(key, whole)}</td>
          <td>${one.excluded_s > 0 ? hours(one.excluded_s) : "–"}</td>
          <td>${lost.length === 0 ? mark("good") : html`<button type="button" class="link" aria-expanded=${String(one.id === opened)} @click=${() => open(one.id)}>${say("losses_n", { n: lost.length })}</button>`}</td></tr>
        ${one.id === opened && lost.length > 0 ? html`<tr class="lost"><td colspan="6"><ul>${lost.map((outage) => html`<li>${lossLine(outage)}</li>`)}</ul></td></tr>` : nothing}`)}</tbody>
    </table></div>
  </section>`;
}

/** @param {{part: number, whole: number}} row */
function ratio({ part, whole }) {
  return whole > 0 ? part / whole : 2;
}

/** @param {Share} key @param {number} value */
function amount(key, value) {
  return key === "clips" ? String(value) : hours(value);
}

/** @param {Account["outages"][number]} outage */
function lossLine({ begin, end, why }) {
  const length = span((Date.parse(end) - Date.parse(begin)) / 1000);
  const words = why === "" ? say("why_none") : why === "unknown" ? say("why_unknown") : /^[a-z_]+$/.test(why) ? nameOfKind(why) : why;
  return say("lost_span", { begin: dayTime(begin), end: dayTime(end), length, why: words });
}
