/** Draws for inspections: made from a seed that anybody can repeat, and what was found of each thing. */

import { request } from "../lib/api.js";
import { answers } from "../lib/answers.js";
import { fieldsOf } from "../lib/form.js";
import { dayTime } from "../lib/format.js";
import { nameOf, personOf } from "../lib/i18n.js";
import { html, nothing, repeat } from "../lib/lit.js";
import { sign } from "../lib/marks.js";
import { attempt, currentUser, reasonOf } from "../lib/shell.js";
import { say } from "../words/oversight.js";

/** @typedef {import("../lib/types.js").Draws} Draws */
/** @typedef {import("../lib/types.js").Draw} Draw */
/** @typedef {Draw["picks"][number]} Pick */

const INSPECTORS = new Set(["bureau", "auditor"]);
const USUAL = 6;
const SHOWN = 12;

/** @param {() => void} redraw */
export function draws(redraw) {
  /** @type {import("../lib/answers.js").Answers<Draws>} */
  const at = answers(redraw);
  const may = INSPECTORS.has(currentUser().role);

  function view() {
    at.ask("/api/bureau/draws");
    return html`<section class="panel draws" data-testid="draws">
      <h2>${say("draws_title")}</h2>
      <p class="fine">${say("draws_how")}</p>
      ${at.problem ? html`<p class="wrong" role="alert">${reasonOf(at.problem)}</p>` : nothing}
      ${may ? form() : nothing}
      ${at.found === null ? nothing : at.found.draws.length === 0 ? html`<p class="fine">${say("no_draws")}</p>` : repeat(at.found.draws, (one) => one.id, drawn)}
    </section>`;
  }

  function form() {
    const today = new Date();
    const seed = `${today.getFullYear()}${String(today.getMonth() + 1).padStart(2, "0")}${String(today.getDate()).padStart(2, "0")}`;
    return html`<form class="drawing" @submit=${draw}>
      <label>${say("seed")}<input name="seed" required maxlength="64" value=${seed} /></label>
      <label>${say("what")}<select name="what"><option value="facade">${say("of_facade")}</option><option value="camera">${say("of_camera")}</option></select></label>
      <label>${say("size")}<input name="size" type="number" required min="1" max="1000" value=${USUAL} /></label>
      <label class="wide">${say("purpose")}<input name="purpose" required maxlength="2000" /></label>
      <button type="submit" class="primary">${say("draw")}</button>
    </form>`;
  }

  /** @param {SubmitEvent} event */
  async function draw(event) {
    const typed = fieldsOf(event);
    const wanted = { seed: typed("seed"), what: typed("what"), size: Number(typed("size")), purpose: typed("purpose") };
    await attempt(() => request("POST", "/api/bureau/draws", wanted), redraw);
    await at.again();
  }

  /** @param {Draw} one */
  function drawn(one) {
    const by = personOf(at.found?.people ?? {}, one.drawn_by);
    const line = { seed: one.seed, n: Math.min(one.size, one.population), all: one.population, what: say(`of_${one.what}`), time: dayTime(one.drawn_at), by };
    return html`<article class="draw" data-draw=${one.id}>
      <h3>${one.purpose} <span class="fine">${say("draw_line", line)}</span></h3>
      <p class="fine" title=${one.sha256}>${say("draw_digest", { digest: `${one.sha256.slice(0, 16)}…` })}</p>
      <ol>${one.picks.slice(0, SHOWN).map((pick) => picked(one, pick))}</ol>
      ${one.picks.length > SHOWN ? html`<details><summary>+ ${one.picks.length - SHOWN}</summary><ol>${one.picks.slice(SHOWN).map((pick) => picked(one, pick))}</ol></details>` : nothing}
    </article>`;
  }

  /** @param {Draw} one @param {Pick} pick */
  function picked(one, pick) {
    const state = pick.outcome === null ? sign("unknown", say("waiting")) : pick.outcome === "passed" ? sign("good", say("passed")) : sign("critical", say("failed"));
    return html`<li data-pick=${pick.subject.id}><span>${nameOf(pick.estate.name)} · ${nameOf(pick.subject.name)}</span> ${state}
      ${pick.note ? html`<span class="fine">${pick.note}</span>` : nothing}
      ${may && pick.outcome === null ? html`<form @submit=${(/** @type {SubmitEvent} */ event) => found(event, one, pick)}>
        <input name="note" maxlength="2000" aria-label=${say("note")} placeholder=${say("note")} />
        <button type="submit" name="outcome" value="passed">${say("say_passed")}</button>
        <button type="submit" name="outcome" value="failed">${say("say_failed")}</button></form>` : nothing}</li>`;
  }

  /** @param {SubmitEvent} event @param {Draw} one @param {Pick} pick */
  async function found(event, one, pick) {
    const note = fieldsOf(event)("note");
    const outcome = /** @type {HTMLButtonElement} */ (event.submitter).value;
    await attempt(() => request("POST", `/api/bureau/draws/${one.id}/found`, { subject: pick.subject.id, outcome, note }), redraw);
    await at.again();
  }

  return { view };
}
