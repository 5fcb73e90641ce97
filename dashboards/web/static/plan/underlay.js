/** A picture of the estate's plan to draw upon. It stays in this browser, until the page is left. */

import { html, nothing, svg } from "../lib/lit.js";
import { say } from "../words/plan.js";
import { bearing } from "./draft.js";
import { number } from "./numbers.js";

/** @typedef {import("./draft.js").Place} Place */

/** So broad a picture is taken to be before two of its points are known. */
const BROAD_M = 200;

/**
 * Turned and sized by two points of it: how far they are apart, which way the second lies from the first, where that is.
 *
 * @param {{redraw: () => void, shown: () => void, aim: () => void}} page shown: it lies elsewhere; aim: two points will be clicked.
 */
export function underlay(page) {
  /** a, b: as a complex number, metres for a pixel, turned; east, south of its upper left corner. */
  const at = { address: "", size: [0, 0], a: 1, b: 0, east: 0, south: 0 };
  /** @type {{first: Place, second: Place, distance_m: number, bearing_deg: number, x_m: number, y_m: number} | null} */
  let known = null;

  /** @param {Event} event */
  async function choose(event) {
    const [file] = /** @type {HTMLInputElement} */ (event.target).files ?? [];
    if (!file) return;
    if (at.address) URL.revokeObjectURL(at.address);
    const picture = new Image();
    picture.src = URL.createObjectURL(file);
    await picture.decode().catch(() => undefined);
    const { naturalWidth: width, naturalHeight: height } = picture;
    Object.assign(at, { address: width ? picture.src : "", size: [width, height], a: BROAD_M / (width || 1), b: 0, east: 0, south: (-BROAD_M * height) / (width || 1) });
    known = null;
    page.shown();
  }

  /** Pixel of a place on the plan. @param {Place} place @returns {Place} */
  function pixelOf([x, y]) {
    const [east, south] = [x - at.east, -y - at.south];
    const square = at.a ** 2 + at.b ** 2;
    return [(east * at.a + south * at.b) / square, (south * at.a - east * at.b) / square];
  }

  /** Two points of it were clicked. @param {[Place, Place]} places */
  function aimed([first, second]) {
    known = {
      first: pixelOf(first),
      second: pixelOf(second),
      distance_m: Math.round(Math.hypot(second[0] - first[0], second[1] - first[1]) * 10) / 10,
      bearing_deg: Math.round(bearing(first, second)),
      x_m: Math.round(first[0] * 10) / 10,
      y_m: Math.round(first[1] * 10) / 10,
    };
    page.redraw();
  }

  function lay() {
    if (known === null) return;
    const [right, down] = [known.second[0] - known.first[0], known.second[1] - known.first[1]];
    const square = right ** 2 + down ** 2;
    if (square === 0 || !(known.distance_m > 0)) return;
    const way = (known.bearing_deg * Math.PI) / 180;
    const [east, south] = [known.distance_m * Math.sin(way), -known.distance_m * Math.cos(way)];
    at.a = (east * right + south * down) / square;
    at.b = (south * right - east * down) / square;
    at.east = known.x_m - (at.a * known.first[0] - at.b * known.first[1]);
    at.south = -known.y_m - (at.b * known.first[0] + at.a * known.first[1]);
    known = null;
    page.shown();
  }

  function take() {
    URL.revokeObjectURL(at.address);
    at.address = "";
    known = null;
    page.shown();
  }

  /** @param {"distance_m" | "bearing_deg" | "x_m" | "y_m"} key */
  function field(key) {
    return number(say(`underlay_${key}`), known?.[key] ?? null, (value) => known && (known[key] = value), { name: key });
  }

  return {
    aimed,
    /** Its corners on the plan. @returns {Place[]} */
    corners() {
      const [width, height] = at.size;
      if (!at.address || !width || !height) return [];
      return [[0, 0], [width, 0], [0, height], [width, height]].map(([right = 0, down = 0]) => [at.east + at.a * right - at.b * down, -(at.south + at.b * right + at.a * down)]);
    },
    picture: () => (at.address ? svg`<image class="underlay" href=${at.address} width=${at.size[0]} height=${at.size[1]} transform=${`matrix(${at.a} ${at.b} ${-at.b} ${at.a} ${at.east} ${at.south})`}></image>` : nothing),
    panel: () => html`<details class="underlay-panel" ?open=${known !== null}>
      <summary>${say("underlay")}</summary>
      <p class="fine">${say("underlay_hint")}</p>
      <label>${say("underlay_file")}<input type="file" accept="image/*" @change=${choose} /></label>
      ${at.address ? html`<div class="actions"><button type="button" @click=${page.aim}>${say("underlay_aim")}</button><button type="button" @click=${take}>${say("take_away")}</button></div>` : nothing}
      ${known === null ? nothing : html`<div class="numbers">${field("distance_m")}${field("bearing_deg")}${field("x_m")}${field("y_m")}</div><button type="button" class="primary" @click=${lay}>${say("underlay_lay")}</button>`}
    </details>`,
  };
}
