/** Where a plan is begun: by drawing, or from a map's file. */

import { Problem, request, MAKING_MS } from "../lib/api.js";
import { html, nothing } from "../lib/lit.js";
import { mark } from "../lib/marks.js";
import { sentence } from "../lib/refused.js";
import { reasonOf } from "../lib/shell.js";
import { say } from "../words/plan.js";
import { number } from "./numbers.js";

/**
 * @typedef {import("./draft.js").Plan} Plan
 * @typedef {import("../lib/refused.js").Objection} Objection
 * @typedef {import("./draft.js").Named & {agent: string, mount: import("./draft.js").Mount | null,
 *   lens: import("./draft.js").Lens | null, resolution: [number, number] | null}} ReadCamera
 * @typedef {{origin: import("./draft.js").Origin | null, buildings: import("./draft.js").Building[], occluders: Plan["occluders"],
 *   facades: import("./draft.js").Facade[], cameras: ReadCamera[], allowed: unknown, notes: Objection[], refused: Objection[]}} MapRead
 */

/** What a browser can tell of a text that spreadsheets in China may have written. @param {File} file */
async function textOf(file) {
  const bytes = await file.arrayBuffer();
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("gb18030").decode(bytes);
  }
}

/** Puts what a map's file draws on an empty plan. @param {Plan} plan @param {MapRead} found */
function take(plan, found) {
  const taken = new Set(plan.cameras.map((camera) => camera.id));
  const added = found.cameras.filter((camera) => !taken.has(camera.id) && camera.mount);
  Object.assign(plan, { origin: found.origin ?? plan.origin, buildings: found.buildings, occluders: found.occluders, allowed: found.allowed });
  plan.facades.push(...found.facades.map((facade) => ({ ...facade, isNew: true, cells: null, blind: null })));
  plan.cameras.push(...added.map((camera) => ({ ...camera, isNew: true, planned: true, masks: [], half_deg: null, watches: {}, doubted_since: null })));
}

/**
 * The panel of an estate of which nothing stands yet.
 *
 * @param {() => Plan | null} draft
 * @param {{redraw: () => void, changed: () => void, taken: () => void}} page
 */
export function starter(draft, page) {
  const asked = { local: false, default_floors: /** @type {number | null} */ (null) };
  const at = { said: "", told: /** @type {Objection[]} */ ([]), refused: /** @type {Objection[]} */ ([]), isBusy: false };

  /** @param {Event} event */
  async function read(event) {
    const field = /** @type {HTMLInputElement} */ (event.target);
    const [file] = field.files ?? [];
    const plan = draft();
    if (!file || plan === null) return;
    Object.assign(at, { said: "", told: [], refused: [], isBusy: true });
    page.redraw();
    try {
      const body = { name: file.name, text: await textOf(file), ...asked };
      const found = /** @type {MapRead} */ (await request("POST", `/api/estates/${plan.estate.id}/plan/read`, body, MAKING_MS));
      Object.assign(at, { told: found.notes, refused: found.refused });
      take(plan, found);
      page.taken();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      at.said = reasonOf(error);
    }
    at.isBusy = false;
    field.value = "";
    page.redraw();
  }

  /** @param {Plan} plan @param {"lon_deg" | "lat_deg"} key */
  function origin(plan, key) {
    const set = (/** @type {number} */ value) => {
      plan.origin = { lon_deg: 0, lat_deg: 0, ...plan.origin, [key]: value };
      page.changed();
    };
    return number(say(key), plan.origin?.[key] ?? null, set, { name: key });
  }

  /** @param {Plan} plan */
  function begin(plan) {
    return html`<section class="panel start">
      <h2>${say("start")}</h2>
      <p class="fine">${say("start_hint")}</p>
      <label>${say("map_file")}<input type="file" accept=".geojson,.json,.csv,.tsv,.txt" ?disabled=${at.isBusy} @change=${read} /></label>
      <div class="numbers">
        <label class="check"><input type="checkbox" .checked=${asked.local} @change=${(/** @type {Event} */ event) => (asked.local = /** @type {HTMLInputElement} */ (event.target).checked)} />${say("local")}</label>
        ${number(say("default_floors"), asked.default_floors, (value) => (asked.default_floors = Math.round(value)), { min: 1, step: "1" })}
      </div>
      <details><summary>${say("origin")}</summary><div class="numbers">${origin(plan, "lon_deg")}${origin(plan, "lat_deg")}</div></details>
      ${at.said ? html`<p class="wrong" role="alert">${at.said}</p>` : nothing}
    </section>`;
  }

  /** What was assumed of the file, and what of it was left out. */
  function told() {
    if (at.told.length + at.refused.length === 0) return nothing;
    return html`<section class="panel start" data-testid="map-read">
      ${at.refused.length ? html`<h3>${mark("high")} ${say("left_out", { n: at.refused.length })}</h3><ul>${at.refused.map((each) => html`<li>${sentence(each)}</li>`)}</ul>` : nothing}
      ${at.told.length ? html`<h3>${say("assumed", { n: at.told.length })}</h3><ul class="fine">${at.told.map((each) => html`<li>${sentence(each)}</li>`)}</ul>` : nothing}
    </section>`;
  }

  return {
    /** @param {Plan} plan @param {boolean} isEmpty */
    view: (plan, isEmpty) => html`${isEmpty ? begin(plan) : nothing}${told()}`,
    forget: () => Object.assign(at, { said: "", told: [], refused: [] }),
  };
}
