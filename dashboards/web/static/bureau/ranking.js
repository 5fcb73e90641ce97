/** Estates, buildings, facades in the order that the address says; an estate opens to its buildings, those to their facades. */

import { percent, percentOrDash } from "../lib/format.js";
import { nameOf } from "../lib/i18n.js";
import { html, nothing, repeat } from "../lib/lit.js";
import { mark, sign } from "../lib/marks.js";
import { say } from "../words/oversight.js";
import { toBuilding, toEstate, toFacade } from "./steps.js";

/** @typedef {import("../lib/types.js").Estate} Estate */
/** @typedef {import("../lib/types.js").Month} Month */
/** @typedef {import("../lib/types.js").MonthStanding} Standing */
/** @typedef {import("../lib/types.js").Ranked} Ranked */
/** @typedef {import("../lib/types.js").RankedBy} RankedBy */
/** @typedef {import("../lib/types.js").Level} Level */
/** @typedef {import("./steps.js").BureauAddress} BureauAddress */

const LEVELS = /** @type {const} */ (["estate", "building", "facade"]);
const FIGURES = /** @type {const} */ (["blind", "availability", "picture", "overdue", "oldest"]);
const DAY_S = 86_400;
const WIDEST_PX = 36;

/**
 * @param {Month} month
 * @param {Map<string, Estate>} now Estates as they are now.
 * @param {{estate: string, building: string, facade: string}} shown What the right of the page is about.
 * @param {BureauAddress} address
 */
export function ranking(month, now, shown, address) {
  const all = [...month.ranked, ...month.buildings, ...month.facades];
  const worst = Math.max(0.01, ...all.map((one) => one.after.blind.value ?? 0));
  const row = (/** @type {Level} */ level, /** @type {Ranked} */ one) => rowOf(level, one, { worst, shown, address, isFlat: month.of !== "estate" }, now.get(one.id));
  return html`<section class="panel ranking">
    <div class="levels" role="group" aria-label=${say("levels")}>${LEVELS.map((level) => html`<button type="button" class="quiet" data-level=${level}
      aria-pressed=${String(level === month.of)} @click=${() => address.go({ of: level === "estate" ? "" : level })}>${say(`by_${level}`)}</button>`)}</div>
    <div class="scroll"><table>
      <thead><tr>${head("name", month, address)}${FIGURES.map((key) => head(key, month, address))}</tr></thead>
      ${repeat(month.ranked, (one) => `${one.estate.id}/${one.building}/${one.id}`, (one) => html`<tbody>${row(month.of, one)}
        ${month.of === "estate" && one.id === address.at.estate ? month.buildings.map((building) => html`${row("building", building)}
          ${building.id === address.at.building ? month.facades.map((facade) => row("facade", facade)) : nothing}`) : nothing}</tbody>`)}
    </table></div>
    ${month.left ? html`<p class="fine ranking-left">${say("left", { n: month.left })}</p>` : nothing}
  </section>`;
}

/** What is clicked once more goes the other way round. @param {RankedBy} by @param {Month} month @param {BureauAddress} address */
function head(by, month, address) {
  const isLeading = month.by === by;
  const ascends = (by === "name" || by === "availability" || by === "picture") !== month.reverse;
  const turn = () => address.go({ by: by === "blind" ? "" : by, reverse: isLeading && !month.reverse ? "true" : "" });
  return html`<th scope="col" aria-sort=${isLeading ? (ascends ? "ascending" : "descending") : "none"}>
    <button type="button" class="link" data-by=${by} title=${say(by === "name" ? "sort_name" : "sort_worst")} @click=${turn}>${say(by === "name" ? month.of : by)}${isLeading ? html`<span aria-hidden="true"> ${ascends ? "▲" : "▼"}</span>` : nothing}</button></th>`;
}

/**
 * @param {Level} level
 * @param {Ranked} one
 * @param {{worst: number, shown: {estate: string, building: string, facade: string}, address: BureauAddress, isFlat: boolean}} about
 * @param {Estate | undefined} now
 */
function rowOf(level, one, { worst, shown, address, isFlat }, now) {
  const [estate, building] = [one.estate.id, one.building ?? ""];
  const here = level === "estate" ? toEstate(estate) : level === "building" ? toBuilding(estate, building) : toFacade(estate, building, one.id);
  const isShown = estate === shown.estate && (level === "estate" || building === shown.building) && (level !== "facade" || one.id === shown.facade);
  const isOpen = !isFlat && (level === "estate" ? estate === address.at.estate : level === "building" && building === address.at.building);
  const above = level === "estate" ? toEstate("") : toEstate(estate);
  const name = isFlat && level !== "estate" ? `${nameOf(one.estate.name)} ${nameOf(one.name)}` : nameOf(one.name);
  return html`<tr class=${isFlat ? "" : `is-${level}`} aria-current=${isShown ? "true" : nothing} data-ranked=${one.id} data-level=${level}>
    <th scope="row">${isFlat || level === "facade" ? nothing : html`<span class="opens" aria-hidden="true">${isOpen ? "▾" : "▸"}</span>`}
      ${level === "facade" && one.after.unmodelled ? name : address.link(isOpen ? above : here, name)}
      ${level === "estate" && now ? html`<span class="fine">${nowLine(now)}</span>` : nothing}
      ${level !== "facade" && one.after.unmodelled && one.after.unmodelled < one.after.facades ? html`<span class="fine">${say("unmodelled_n", { n: one.after.unmodelled })}</span>` : nothing}</th>
    ${figures(one.after, worst)}
  </tr>`;
}

/** @param {Standing} one @param {number} worst */
function figures(one, worst) {
  const blind = one.blind.value;
  const wide = `inline-size: ${Math.max(4, ((blind ?? 0) / worst) * WIDEST_PX)}px`;
  return html`<td>${blind === null ? sign("unknown", say("unknown")) : html`<span class="blind-bar" .style=${wide} aria-hidden="true"></span> ${percent(blind)}`}</td>
    <td>${percentOrDash(one.availability.value)}</td><td>${percentOrDash(one.picture.value)}</td>
    <td class=${one.overdue ? "late" : ""}>${one.overdue}</td><td>${age(one)}</td>`;
}

/** @param {Standing} one */
function age(one) {
  if (one.cells === 0 || one.oldest_blind_s === 0) return "–";
  return one.oldest_blind_s < DAY_S ? say("under_a_day") : say("days", { n: Math.floor(one.oldest_blind_s / DAY_S) });
}

/** @param {Estate} now */
function nowLine(now) {
  const all = now.facades_total;
  if (now.facades_blind_now) return html`${mark("critical")} ${say("blind_now_n", { n: now.facades_blind_now, all })}`;
  if (now.facades_unknown_now) return html`${mark("unknown")} ${say("unknown_now_n", { n: now.facades_unknown_now, all })}`;
  return all ? html`${mark("good")} ${say("all_now", { all })}` : nothing;
}
