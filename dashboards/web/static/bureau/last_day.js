/** The last day of an estate's facades, a strip each: fetched when it is shown, and as things change. */

import { answers } from "../lib/answers.js";
import { dayTime } from "../lib/format.js";
import { html, nothing, repeat } from "../lib/lit.js";
import { mark } from "../lib/marks.js";
import { say } from "../words/bureau.js";
import { facadeCard } from "./facade.js";

/** @typedef {import("../lib/types.js").BureauEstate} BureauEstate */
/** @typedef {import("../lib/types.js").Facade} Facade */
/** @typedef {import("./steps.js").BureauAddress} BureauAddress */

const STATES = /** @type {const} */ (["blind", "unknown", "watched"]);

/** @param {BureauAddress} address @param {() => void} redraw */
export function lastDay(address, redraw) {
  /** @type {import("../lib/answers.js").Answers<BureauEstate>} */
  const day = answers(redraw);

  /** @param {string} estate */
  function view(estate) {
    day.ask(`/api/bureau/estates/${estate}`);
    const found = day.found;
    if (found === null) return nothing;
    const { building, facade } = address.at;
    const shown = worstFirst(found.facades).filter((one) => (!building || one.building === building) && (!facade || one.id === facade));
    return html`<section class="facades">
      <h2>${say("strip")} <span class="fine">${say("window", { from: dayTime(found.window.from), to: dayTime(found.window.to) })}</span></h2>
      <ul class="legend">
        ${/** @type {const} */ (["full", "part", "blind", "unknown"]).map((tone) => html`<li><i class="swatch ${tone}"></i>${say(`legend_${tone}`)}</li>`)}
      </ul>
      ${found.facades.length === 0 ? html`<p class="calm-line">${mark("unknown")} ${say("no_facades")}</p>` : nothing}
      ${repeat(shown, (one) => one.id, (one) => facadeCard(one, estate, address))}
    </section>`;
  }

  return { follow: day.again, view };
}

/** Blind ones, then unknown ones, then by how little was watched. @param {Facade[]} facades */
function worstFirst(facades) {
  return [...facades].sort(
    (a, b) => STATES.indexOf(a.now) - STATES.indexOf(b.now) || (a.watched_share ?? -1) - (b.watched_share ?? -1) || a.id.localeCompare(b.id),
  );
}
