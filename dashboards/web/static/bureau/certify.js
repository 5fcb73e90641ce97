/** Certifies how a facade was watched: a span of days, a purpose, and a file comes. */

import { download, Problem } from "../lib/api.js";
import { serverNow } from "../lib/clock.js";
import { fieldsOf, focusWhenShown } from "../lib/form.js";
import { html, nothing, ref } from "../lib/lit.js";
import { reasonOf } from "../lib/shell.js";
import { say } from "../words/certify.js";

/** @typedef {{estate: string, facade: string, floor: number, bay: number}} Place */

const DAY_MS = 86_400_000;
/** Days are those of China's clocks, wherever the browser stands. */
const CHINA_MS = 8 * 3_600_000;

/** @param {() => void} redraw */
export function certifying(redraw) {
  /** @type {{facade: string | null, isMaking: boolean, told: string}} */
  const at = { facade: null, isMaking: false, told: "" };

  /** @param {Partial<typeof at>} to */
  function turn(to) {
    Object.assign(at, to);
    redraw();
  }

  /** @param {string} facade */
  function opener(facade) {
    const isOpen = at.facade === facade;
    return html`<button type="button" class="link certify-open" aria-expanded=${isOpen ? "true" : "false"} data-testid="certify"
      @click=${() => turn({ facade: isOpen ? null : facade, told: "" })}>${say(isOpen ? "close" : "open")}</button>`;
  }

  /** @param {Place} place */
  function form(place) {
    if (at.facade !== place.facade) return nothing;
    const [first, last] = lastMonth(serverNow());
    return html`<form class="certify" @submit=${(/** @type {SubmitEvent} */ event) => issue(place, fieldsOf(event))}>
      <label>${say("first")} <input type="date" name="first" required .value=${first} ${ref(focusWhenShown)} /></label>
      <label>${say("last")} <input type="date" name="last" required .value=${last} /></label>
      <label>${say("scope")} <select name="scope"><option value="facade">${say("facade")}</option>
        <option value="cell">${say("cell", { floor: place.floor, bay: place.bay })}</option><option value="estate">${say("estate")}</option></select></label>
      <input name="purpose" required maxlength="500" aria-label=${say("purpose")} placeholder=${say("purpose")} data-testid="certify-purpose" />
      <button type="submit" class="primary" ?disabled=${at.isMaking} data-testid="certify-issue">${say("issue")}</button>
      <output class="fine" data-testid="certify-told">${at.told || say("what")}</output>
    </form>`;
  }

  /** @param {Place} place @param {(name: string) => string} field */
  async function issue(place, field) {
    if (at.isMaking) return;
    turn({ isMaking: true, told: say("making") });
    const scope = field("scope");
    try {
      await download("/api/certificates", {
        estate: place.estate,
        facades: scope === "estate" ? null : [place.facade],
        cell: scope === "cell" ? [place.floor, place.bay] : null,
        begin: `${field("first")}T00:00:00+08:00`,
        end: `${dayAfter(field("last"))}T00:00:00+08:00`,
        purpose: field("purpose"),
      });
      turn({ isMaking: false, told: say("done") });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      turn({ isMaking: false, told: say("failed", { why: reasonOf(error) }) });
    }
  }

  return { opener, form };
}

/** First and last day of the month before this one, in China. @param {number} now_ms */
function lastMonth(now_ms) {
  const local = new Date(now_ms + CHINA_MS);
  const first = Date.UTC(local.getUTCFullYear(), local.getUTCMonth() - 1, 1);
  const last = Date.UTC(local.getUTCFullYear(), local.getUTCMonth(), 0);
  return [first, last].map((at) => new Date(at).toISOString().slice(0, 10));
}

/** @param {string} day */
function dayAfter(day) {
  return new Date(Date.parse(`${day}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10);
}
