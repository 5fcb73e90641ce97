/** A track over a clip: which point belongs to which instant. Pure; times in seconds of the clip unless said. */

/** @typedef {import("../lib/types.js").TrackPoint} TrackPoint */
/** @typedef {{track: TrackPoint[], offset_s: number}} Course A track and the clip time of its zero. */

const USUAL_FRAME_S = 1 / 25;

/** First and last clip time at which the object is seen. @param {Course} course @returns {[number, number]} */
export function fallSpan({ track, offset_s }) {
  return [offset_s + (track[0]?.[0] ?? 0), offset_s + (track.at(-1)?.[0] ?? 0)];
}

/**
 * The time between two frames: the median step of the track, which has a point for nearly every frame.
 *
 * @param {TrackPoint[]} track
 */
export function framePeriod(track) {
  const steps = track.slice(1).map((point, i) => point[0] - (track[i]?.[0] ?? 0));
  steps.sort((a, b) => a - b);
  return steps[Math.floor(steps.length / 2)] ?? USUAL_FRAME_S;
}

/** The points seen up to `clip_s`. @param {Course} course @param {number} clip_s */
export function seenUntil({ track, offset_s }, clip_s) {
  const late = track.findIndex((point) => point[0] + offset_s > clip_s);
  return late === -1 ? track : track.slice(0, late);
}

/**
 * Where the object is at `clip_s`, between two points on the straight line; null before and after the fall.
 *
 * @param {Course} course
 * @param {number} clip_s
 * @returns {{x_px: number, y_px: number} | null}
 */
export function positionAt({ track, offset_s }, clip_s) {
  const t = clip_s - offset_s;
  const after = track.findIndex((point) => point[0] >= t);
  const b = track[after];
  if (b === undefined) return null;
  const a = track[after - 1];
  if (a === undefined) return Math.abs(b[0] - t) < 0.005 ? { x_px: b[1], y_px: b[2] } : null;
  const share = (t - a[0]) / (b[0] - a[0]);
  return { x_px: a[1] + share * (b[1] - a[1]), y_px: a[2] + share * (b[2] - a[2]) };
}
