/** Which cameras would close what is blind of a facade: computed when somebody asks, for it takes seconds. */

import { MAKING_MS, Problem, request } from "../lib/api.js";
import { currentLanguage, listOf, nameOf } from "../lib/i18n.js";
import { html, nothing } from "../lib/lit.js";
import { reasonOf } from "../lib/shell.js";
import { say } from "../words/coverage.js";

/**
 * @typedef {{where: import("../lib/types.js").Name, offer: string, mount: {x_m: number, y_m: number, z_m: number, yaw_deg: number, pitch_deg: number},
 *   cost: number, closes: number, blind_left: number}} Advised
 * @typedef {{facade: string, blind_before: number, blind_after: number, closable: number, cameras: Advised[], factor: number}} Advice
 */

/** @param {() => void} redraw */
export function advising(redraw) {
  /** @type {{facade: string, advice: Advice | null, said: string, busy: boolean}} */
  const at = { facade: "", advice: null, said: "", busy: false };

  /** @param {string} facade */
  async function ask(facade) {
    Object.assign(at, { facade, advice: null, said: "", busy: true });
    redraw();
    try {
      const advice = await request("GET", `/api/coverage/facades/${facade}/advice`, undefined, MAKING_MS);
      if (at.facade === facade) at.advice = advice;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      at.said = reasonOf(error);
    }
    at.busy = false;
    redraw();
  }

  /** @param {import("../lib/types.js").FacadeCells} cells */
  return (cells) => {
    if (cells.blind === 0 && at.facade !== cells.id) return nothing;
    const isOwn = at.facade === cells.id;
    return html`<div class="advice" data-testid="advice" aria-live="polite">
      ${isOwn && at.advice !== null ? told(at.advice) : nothing} ${isOwn && at.said ? html`<p class="wrong">${at.said}</p>` : nothing}
      ${isOwn && at.advice !== null ? nothing : html`<button type="button" class="link" ?disabled=${at.busy} @click=${() => ask(cells.id)}>${isOwn && at.busy ? say("advising") : say("advise")}</button>`}
    </div>`;
  };
}

/** @param {Advice} advice */
function told(advice) {
  if (advice.cameras.length === 0) return html`<p>${say("advice_none")}</p>`;
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { where, offer } of advice.cameras) {
    const what = `${nameOf(where)}\n${offer}`;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  const cameras = listOf([...counts].map(([what, n]) => {
    const [where = "", offer = ""] = what.split("\n");
    return say("advice_camera", { where, offer, n });
  }));
  const numbers = new Intl.NumberFormat(currentLanguage(), { maximumFractionDigits: 1 });
  return html`<p><b>${say("advice", { cameras, before: advice.blind_before, after: advice.blind_after })}</b></p>
    <ol>${advice.cameras.map(({ where, offer, mount, closes, blind_left }) => html`<li class="fine">${say("advice_line", {
      where: nameOf(where), offer, closes, left: blind_left, x: numbers.format(mount.x_m), y: numbers.format(mount.y_m), z: numbers.format(mount.z_m),
      yaw: numbers.format((mount.yaw_deg + 360) % 360), pitch: numbers.format(mount.pitch_deg),
    })}</li>`)}</ol>
    <p class="fine">${say("advice_bound", { factor: numbers.format(advice.factor), closable: advice.closable })}</p>`;
}
