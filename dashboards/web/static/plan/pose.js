/** A camera's pose from points clicked in a still of its picture, which stays in this browser. */

import { Problem, request } from "../lib/api.js";
import { fieldsOf, openWhenShown } from "../lib/form.js";
import { listOf, nameOf } from "../lib/i18n.js";
import { html, nothing, ref } from "../lib/lit.js";
import { reasonOf } from "../lib/shell.js";
import { say } from "../words/plan.js";

const NEEDED = 4;

/**
 * @typedef {import("./draft.js").Plan} Plan
 * @typedef {{facade: string, before: number, after: number, gained: number, lost: number, unsure: number}} Change
 * @typedef {{mount: import("./draft.js").Mount, rms_px: number, points: {name: string, off_px: number}[],
 *   errors: import("./draft.js").Mount, changes: Change[], told: {agent: string, facades: string[]}}} Pose
 * @typedef {{facade: string, line: number, edge: number, at: [number, number]}} Point
 */

/**
 * The dialogue for one camera.
 *
 * @param {Plan} plan
 * @param {import("./draft.js").Camera} camera
 * @param {{redraw: () => void, close: () => void, entered: () => Promise<void>}} page
 */
export function poseSheet(plan, camera, page) {
  const facades = plan.facades.filter((facade) => facade.wall !== null && facade.cells !== null);
  /** @type {{address: string, size: [number, number] | null, points: Point[], pose: Pose | null, said: string, busy: boolean}} */
  const state = { address: "", size: null, points: [], pose: null, said: "", busy: false };

  function leave() {
    if (state.address) URL.revokeObjectURL(state.address);
    page.close();
  }

  /** @param {Event} event */
  function choose(event) {
    const file = /** @type {HTMLInputElement} */ (event.target).files?.[0];
    if (!file) return;
    if (state.address) URL.revokeObjectURL(state.address);
    Object.assign(state, { address: URL.createObjectURL(file), size: null, points: [], pose: null, said: "" });
    page.redraw();
  }

  /** @param {Event} event */
  function loaded({ target }) {
    const picture = /** @type {HTMLImageElement} */ (target);
    state.size = [picture.naturalWidth, picture.naturalHeight];
    page.redraw();
  }

  /** @param {MouseEvent} event */
  function click(event) {
    if (state.size === null) return;
    const box = /** @type {Element} */ (event.currentTarget).getBoundingClientRect();
    const [width, height] = state.size;
    const last = state.points.at(-1);
    const first = Object.keys(camera.watches)[0] ?? facades[0]?.id ?? "";
    state.points.push({
      facade: last?.facade ?? first,
      line: last?.line ?? 1,
      edge: last?.edge ?? 0,
      at: [((event.clientX - box.left) / box.width) * width - 0.5, ((event.clientY - box.top) / box.height) * height - 0.5],
    });
    state.pose = null;
    page.redraw();
  }

  /** @param {"POST" | "PUT"} method @param {Record<string, unknown>} more */
  async function ask(method, more) {
    state.busy = true;
    page.redraw();
    const path = `/api/cameras/${camera.id}/pose${method === "POST" ? "/solve" : ""}`;
    try {
      state.pose = await request(method, path, { picture: state.size, points: state.points, ...more });
      state.said = "";
      if (method === "PUT") {
        leave();
        await page.entered();
      }
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      state.said = reasonOf(error);
    }
    state.busy = false;
    page.redraw();
  }

  /** @param {SubmitEvent} event */
  function enter(event) {
    return ask("PUT", { replaces: plan.version, reason: fieldsOf(event)("reason") });
  }

  /** @param {Point} point @param {number} number */
  function row(point, number) {
    const set = (/** @type {"line" | "edge"} */ key) => (/** @type {Event} */ event) => {
      point[key] = Number(/** @type {HTMLInputElement} */ (event.target).value);
      state.pose = null;
      page.redraw();
    };
    const name = (/** @type {Event} */ event) => {
      point.facade = /** @type {HTMLSelectElement} */ (event.target).value;
      state.pose = null;
      page.redraw();
    };
    const drop = () => {
      state.points.splice(number, 1);
      state.pose = null;
      page.redraw();
    };
    const off = state.pose?.points[number]?.off_px;
    return html`<li>
      <b>${number + 1}</b>
      <label>${say("facade")}<select @change=${name}>${facades.map((one) => html`<option value=${one.id} ?selected=${one.id === point.facade}>${nameOf(one.name)}</option>`)}</select></label>
      <label>${say("line")}<input type="number" min="1" step="any" .value=${String(point.line)} @input=${set("line")} /></label>
      <label>${say("edge")}<input type="number" min="0" step="any" .value=${String(point.edge)} @input=${set("edge")} /></label>
      <span class="fine">${off === undefined ? nothing : say("off", { px: off.toFixed(1) })}</span>
      <button type="button" class="quiet" aria-label=${say("take_away")} @click=${drop}>×</button>
    </li>`;
  }

  function verdict() {
    if (state.pose === null) return nothing;
    const { mount, errors, changes, rms_px, told } = state.pose;
    const called = (/** @type {string} */ id) => nameOf(plan.facades.find((one) => one.id === id)?.name ?? { zh: id, en: id });
    const place = Math.hypot(errors.x_m, errors.y_m, errors.z_m).toFixed(2);
    return html`<div class="pose-found" data-testid="pose-found">
      <p>${say("found", { yaw: ((mount.yaw_deg + 360) % 360).toFixed(1), pitch: mount.pitch_deg.toFixed(1), roll: mount.roll_deg.toFixed(1), x: mount.x_m.toFixed(1), y: mount.y_m.toFixed(1), z: mount.z_m.toFixed(1) })}</p>
      <p>${say("found_error", { rms: rms_px.toFixed(1), yaw: errors.yaw_deg.toFixed(2), place })}</p>
      ${changes.map((change) => html`<p class="fine">${called(change.facade)} ${say("pose_change", { before: change.before, after: change.after, gained: change.gained, lost: change.lost, unsure: change.unsure })}</p>`)}
      ${told.facades.length ? html`<p class="fine">${say("pose_tells", { agent: told.agent, facades: listOf(told.facades.map(called)) })}</p>` : nothing}
      <form @submit=${enter}>
        <label>${say("reason")}<input name="reason" required maxlength="500" /></label>
        <button type="submit" class="primary" ?disabled=${state.busy}>${say("enter_pose")}</button>
      </form>
    </div>`;
  }

  return () => {
    const missing = NEEDED - state.points.length;
    return html`<dialog class="sheet pose" ${ref(openWhenShown)} @close=${leave}>
      <h2>${say("pose")} · ${nameOf(camera.name)}</h2>
      <p class="fine">${say("pose_hint")}</p>
      <label>${say("picture")}<input type="file" accept="image/*" @change=${choose} /></label>
      ${state.address ? html`<div class="still" @click=${click}><img src=${state.address} alt="" @load=${loaded} draggable="false" />${state.size === null ? nothing : state.points.map((point, number) => html`<i .style=${`left: ${((point.at[0] + 0.5) / (state.size?.[0] ?? 1)) * 100}%; top: ${((point.at[1] + 0.5) / (state.size?.[1] ?? 1)) * 100}%`}>${number + 1}</i>`)}</div>` : nothing}
      <ol class="clicks">${state.points.map(row)}</ol>
      ${state.said ? html`<p class="wrong" role="alert">${state.said}</p>` : nothing}
      ${verdict()}
      <div class="actions">
        <button type="button" ?disabled=${missing > 0 || state.busy} @click=${() => ask("POST", {})}>${missing > 0 ? say("more_points", { n: missing }) : say("solve")}</button>
        <button type="button" @click=${leave}>${say("close")}</button>
      </div>
    </dialog>`;
  };
}
