/** The plan as a picture, north up: what stands, which facades are watched how far, where cameras look. */

import { nameOf } from "../lib/i18n.js";
import { html, nothing, svg } from "../lib/lit.js";
import { say } from "../words/plan.js";
import { halfOf } from "./camera.js";
import { edgesOf, endsOf } from "./facades.js";

/**
 * @typedef {import("./draft.js").Plan} Plan
 * @typedef {import("./draft.js").Chosen} Chosen
 * @typedef {import("./draft.js").Place} Place
 * @typedef {{chosen: Chosen | null, drawn: Place[], extent: Extent, under: unknown, choose: (chosen: Chosen | null) => void,
 *   down: (event: PointerEvent, chosen: Chosen, handle: Handle) => void, at: (event: PointerEvent, place: Place) => void}} Hand
 * @typedef {"whole" | "aim" | number} Handle What of a thing is held: all of it, where a camera looks, a corner.
 * @typedef {{left: number, top: number, width: number, height: number}} Extent In the picture's own frame: x east, y south, metres.
 */

const SIGHT_M = 16;
const EDGE_M = 8;
const LEAST_M = 36;
/** Height ÷ width: there is room to draw beside what stands in a row. */
const FLATTEST = 0.5;
/** What is shown of an estate of which nothing stands yet. */
const EMPTY_M = { left: -10, top: -110, width: 160, height: 120 };

/** What the picture must hold. @param {Plan} plan @param {Place[]} [more] @returns {Extent} */
export function extentOf(plan, more = []) {
  const places = [
    ...more,
    ...plan.buildings.flatMap((building) => building.footprint),
    ...plan.occluders.flatMap((thing) => (thing.kind === "tree" ? [thing.at] : thing.line)),
    ...plan.cameras.flatMap(({ mount }) => (mount ? [/** @type {Place} */ ([mount.x_m, mount.y_m])] : [])),
  ];
  if (places.length === 0) return { ...EMPTY_M };
  const xs = spanOf(places.map(([x]) => x), LEAST_M);
  const ys = spanOf(places.map(([, y]) => -y), xs.long * FLATTEST);
  return { left: xs.low, top: ys.low, width: xs.long, height: ys.long };
}

/** Where numbers begin and how far they reach, with an edge around them. @param {number[]} numbers @param {number} least */
function spanOf(numbers, least) {
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  const long = Math.max(high - low + 2 * EDGE_M, least);
  return { low: (low + high - long) / 2, long };
}

/** Nearer or farther by a factor, about its middle. @param {Extent} extent @param {number} factor @returns {Extent} */
export function zoomed({ left, top, width, height }, factor) {
  const [broad, high] = [width * factor, height * factor];
  return { left: left + (width - broad) / 2, top: top + (height - high) / 2, width: broad, height: high };
}

/** How broad the squares behind the plan are, m. @param {Extent} extent */
export const squareOf = ({ width }) => (width > 600 ? 50 : width > 60 ? 10 : 5);

/** @param {Plan} plan @param {Hand} hand */
export function drawing(plan, hand) {
  const { left, top, width, height } = hand.extent;
  const press = (/** @type {PointerEvent} */ event) => {
    const place = placeOf(event);
    if (place) hand.at(event, place);
  };
  const square = squareOf(hand.extent);
  return html`<svg class="plan" viewBox="${left} ${top} ${width} ${height}" role="group" aria-label=${say("plan_of", { estate: nameOf(plan.estate.name) })} @pointerdown=${press}>
    <defs><pattern id="squares" width=${square} height=${square} patternUnits="userSpaceOnUse"><path d=${`M ${square} 0 H 0 V ${square}`}></path></pattern></defs>
    ${hand.under}
    <rect class="squares" x=${left - width} y=${top - height} width=${width * 3} height=${height * 3} fill="url(#squares)"></rect>
    ${plan.buildings.map((building, number) => polygon(building, { of: "building", number }, hand))}
    ${plan.occluders.map((thing, number) => occluder(thing, { of: "occluder", number }, hand))}
    ${plan.facades.map((each) => facade(plan, each, hand))}
    ${plan.cameras.map((camera, number) => sight(camera, { of: "camera", number }, hand))}
    ${plan.buildings.map((building, number) => (hand.chosen?.of === "building" && hand.chosen.number === number ? corners(building, hand.chosen, hand) : nothing))}
    ${hand.drawn.length ? svg`<polyline class="drawn" points=${pointsOf(hand.drawn)}></polyline>${hand.drawn.map(([x, y]) => svg`<circle class="drawn" cx=${x} cy=${-y} r="0.9"></circle>`)}` : nothing}
  </svg>`;
}

/** Where on the plan somebody points, m. @param {PointerEvent} event @returns {Place | null} */
export function placeOf(event) {
  const picture = /** @type {Element} */ (event.target).closest("svg") ?? document.querySelector("svg.plan");
  const matrix = /** @type {SVGSVGElement | null} */ (picture)?.getScreenCTM();
  if (!matrix) return null;
  const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
  return [x, -y];
}

/** @param {Place[]} places */
const pointsOf = (places) => places.map(([x, y]) => `${x},${-y}`).join(" ");

/** What can be chosen, by pointer and by key. @param {Chosen} chosen @param {Hand} hand */
function handles(chosen, hand) {
  return {
    isChosen: hand.chosen?.of === chosen.of && hand.chosen.number === chosen.number,
    press: (/** @type {PointerEvent} */ event) => hand.down(event, chosen, "whole"),
    focus: () => hand.choose(chosen),
  };
}

/** @param {import("./draft.js").Building} building @param {Chosen} chosen @param {Hand} hand */
function polygon(building, chosen, hand) {
  const { isChosen, press, focus } = handles(chosen, hand);
  const [x, y] = building.footprint.reduce(([a, b], [east, north]) => [a + east / building.footprint.length, b + north / building.footprint.length], [0, 0]);
  return svg`<g class="thing building" data-chosen=${isChosen ? "yes" : nothing} tabindex="0" role="button" aria-label=${`${say("building")} ${building.id}`} @pointerdown=${press} @focus=${focus}>
    <polygon points=${pointsOf(building.footprint)}></polygon>
    <text x=${x} y=${-y}>${building.id.replace(/^(tower|building)-/, "")}</text>
  </g>`;
}

/** Corners that may be dragged, and the numbers of the edges between them. @param {import("./draft.js").Building} building @param {Chosen} chosen @param {Hand} hand */
function corners(building, chosen, hand) {
  const press = (/** @type {number} */ corner) => (/** @type {PointerEvent} */ event) => hand.down(event, chosen, corner);
  const r = hand.extent.width / 150;
  return svg`<g class="corners">${edgesOf(building).map(({ number, left, right }) => svg`<text class="edge" x=${(left[0] + right[0]) / 2} y=${-(left[1] + right[1]) / 2}>${number}</text>`)}
    ${building.footprint.map(([x, y], corner) => svg`<circle class="corner" cx=${x} cy=${-y} r=${r} @pointerdown=${press(corner)}></circle>`)}</g>`;
}

/** @param {import("./draft.js").Tree | import("./draft.js").Wall} thing @param {Chosen} chosen @param {Hand} hand */
function occluder(thing, chosen, hand) {
  const { isChosen, press, focus } = handles(chosen, hand);
  return svg`<g class="thing ${thing.kind}" data-chosen=${isChosen ? "yes" : nothing} tabindex="0" role="button" aria-label=${`${say(thing.kind)} ${chosen.number + 1}`} @pointerdown=${press} @focus=${focus}>
    ${thing.kind === "tree" ? svg`<circle cx=${thing.at[0]} cy=${-thing.at[1]} r=${thing.radius_m}></circle>` : svg`<polyline class="catch" points=${pointsOf(thing.line)}></polyline><polyline points=${pointsOf(thing.line)}></polyline>`}
  </g>`;
}

/** A facade, by which its building is chosen. @param {Plan} plan @param {import("./draft.js").Facade} facade @param {Hand} hand */
function facade(plan, facade, hand) {
  const ends = endsOf(plan, facade);
  if (ends === null) return nothing;
  const [left, right] = ends;
  const share = facade.cells ? 1 - (facade.blind ?? 0) / facade.cells : 0;
  const tone = !facade.cells ? "unsaved" : share > 0.95 ? "good" : share > 0.6 ? "part" : "bad";
  const said = facade.cells ? `${say("blind")} ${facade.blind} / ${facade.cells}` : say("facade_unsaved");
  const number = plan.buildings.findIndex((building) => building.id === facade.wall?.building);
  const press = (/** @type {PointerEvent} */ event) => hand.down(event, { of: "building", number }, "whole");
  return svg`<line class="facade ${tone}" data-facade=${facade.id} @pointerdown=${press} x1=${left[0]} y1=${-left[1]} x2=${right[0]} y2=${-right[1]}><title>${nameOf(facade.name)} ${said}</title></line>`;
}

/** @param {import("./draft.js").Camera} camera @param {Chosen} chosen @param {Hand} hand */
function sight(camera, chosen, hand) {
  if (camera.mount === null) return nothing;
  const { isChosen, press, focus } = handles(chosen, hand);
  const { x_m: x, y_m: y, yaw_deg } = camera.mount;
  const half = halfOf(camera);
  /** @param {number} way @param {number} far @returns {Place} */
  const toward = (way, far) => [x + far * Math.sin((way * Math.PI) / 180), y + far * Math.cos((way * Math.PI) / 180)];
  const arc = [-1, -0.5, 0, 0.5, 1].map((share) => toward(yaw_deg + share * half, SIGHT_M));
  const [east, north] = toward(yaw_deg, SIGHT_M);
  const turn = (/** @type {PointerEvent} */ event) => hand.down(event, chosen, "aim");
  return svg`<g class="thing camera ${camera.doubted_since ? "doubted" : camera.planned ? "planned" : ""}" data-camera=${camera.id} data-chosen=${isChosen ? "yes" : nothing} tabindex="0" role="button" aria-label=${`${say("camera")} ${nameOf(camera.name)}${camera.planned ? ` ${say("planned")}` : ""}`} @pointerdown=${press} @focus=${focus}>
    <polygon class="sight" points=${pointsOf([[x, y], ...arc])}></polygon>
    <circle class="catch" cx=${x} cy=${-y} r="4"></circle><circle cx=${x} cy=${-y} r="1.6"></circle>
    ${isChosen ? svg`<circle class="turn" cx=${east} cy=${-north} r="2" @pointerdown=${turn}></circle>` : nothing}
  </g>`;
}
