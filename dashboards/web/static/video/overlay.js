/** Draws on the picture: the track as far as it was seen, the release point with its uncertainty, the object now. */

import { positionAt, seenUntil } from "./track.js";

/** @typedef {import("./track.js").Course} Course */
/** @typedef {import("../lib/types.js").Origin} Origin */
/** @typedef {{width: number, height: number}} Frame */
/**
 * @typedef {{course: Course, origin: Origin | null, frame: Frame, clip_s: number | null, label: string}} Scene
 * `clip_s` null: no picture to be in step with, the whole track is drawn.
 */

const TRACK = "#ff5a4f";
const ORIGIN = "#ffd84a";
const NOW = "#ffffff";
const HALO = "rgba(8, 10, 14, 0.75)";

/**
 * Draws anew. Everything is placed in frame pixels and drawn in screen pixels, so lines keep their width.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {Scene} scene
 */
export function drawOverlay(canvas, scene) {
  const ratio = devicePixelRatio || 1;
  const box = canvas.getBoundingClientRect();
  if (box.width === 0) return;
  canvas.width = Math.round(box.width * ratio);
  canvas.height = Math.round(box.height * ratio);
  const context = canvas.getContext("2d");
  if (context === null) return;
  context.scale(ratio, ratio);
  context.lineCap = "round";
  context.lineJoin = "round";
  // Pixel centres stand at whole numbers, so the frame reaches from -0.5 to width - 0.5.
  const scale = box.width / scene.frame.width;
  /** @param {number} px */
  const at = (px) => (px + 0.5) * scale;

  const seen = scene.clip_s === null ? scene.course.track : seenUntil(scene.course, scene.clip_s);
  dots(context, scene.course.track, at);
  line(context, seen, at);
  if (scene.origin !== null) release(context, scene.origin, at, scale, scene.label, box.width);
  const now = scene.clip_s === null ? null : positionAt(scene.course, scene.clip_s);
  if (now !== null) ring(context, at(now.x_px), at(now.y_px));
}

/** @typedef {(px: number) => number} Place */

/** @param {CanvasRenderingContext2D} context @param {import("../lib/types.js").TrackPoint[]} track @param {Place} at */
function dots(context, track, at) {
  context.fillStyle = TRACK;
  context.globalAlpha = 0.55;
  let last = { x: -100, y: -100 };
  for (const [, x_px, y_px] of track) {
    const here = { x: at(x_px), y: at(y_px) };
    if (Math.hypot(here.x - last.x, here.y - last.y) < 5) continue;
    context.beginPath();
    context.arc(here.x, here.y, 1.6, 0, 2 * Math.PI);
    context.fill();
    last = here;
  }
  context.globalAlpha = 1;
}

/** @param {CanvasRenderingContext2D} context @param {import("../lib/types.js").TrackPoint[]} track @param {Place} at */
function line(context, track, at) {
  if (track.length < 2) return;
  for (const [style, width] of /** @type {const} */ ([[HALO, 4.5], [TRACK, 2.25]])) {
    context.strokeStyle = style;
    context.lineWidth = width;
    context.beginPath();
    for (const [, x_px, y_px] of track) context.lineTo(at(x_px), at(y_px));
    context.stroke();
  }
}

/**
 * The release point: an ellipse as wide as it is unsure, never too small to see.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Origin} origin
 * @param {Place} at
 * @param {number} scale
 * @param {string} label
 * @param {number} width Of the picture on the screen.
 */
function release(context, origin, at, scale, label, width) {
  const [x, y] = [at(origin.x_px), at(origin.y_px)];
  const across = Math.max(12, origin.uncertainty_px * scale * 1.5);
  const down = Math.max(8, origin.uncertainty_px * scale);
  for (const [style, thick] of /** @type {const} */ ([[HALO, 4], [ORIGIN, 2]])) {
    context.strokeStyle = style;
    context.lineWidth = thick;
    context.beginPath();
    context.ellipse(x, y, across, down, 0, 0, 2 * Math.PI);
    context.stroke();
  }
  context.font = `600 13px ${getComputedStyle(document.body).fontFamily}`;
  const isRight = x + across + 12 + context.measureText(label).width < width;
  context.textAlign = isRight ? "left" : "right";
  context.textBaseline = "middle";
  const from = isRight ? x + across + 8 : x - across - 8;
  context.strokeStyle = HALO;
  context.lineWidth = 4;
  context.strokeText(label, from, y);
  context.fillStyle = ORIGIN;
  context.fillText(label, from, y);
}

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y */
function ring(context, x, y) {
  for (const [style, width] of /** @type {const} */ ([[HALO, 5], [NOW, 2]])) {
    context.strokeStyle = style;
    context.lineWidth = width;
    context.beginPath();
    context.arc(x, y, 15, 0, 2 * Math.PI);
    context.stroke();
  }
}

/**
 * The loupe: the picture around a point, enlarged without smoothing, since a falling object is a few pixels.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {HTMLVideoElement} video
 * @param {{x_px: number, y_px: number}} centre
 * @param {number} span_px Width of the part that is shown, frame pixels.
 */
export function drawLoupe(canvas, video, centre, span_px) {
  const context = canvas.getContext("2d");
  if (context === null || video.videoWidth === 0) return;
  const box = canvas.getBoundingClientRect();
  canvas.width = Math.max(1, Math.round(box.width * (devicePixelRatio || 1)));
  canvas.height = Math.max(1, Math.round(box.height * (devicePixelRatio || 1)));
  const high_px = (span_px * canvas.height) / canvas.width;
  context.imageSmoothingEnabled = false;
  const [left, top] = [centre.x_px - span_px / 2, centre.y_px - high_px / 2];
  context.drawImage(video, left, top, span_px, high_px, 0, 0, canvas.width, canvas.height);
}
