/** Plays a clip in step with its track: frame by frame, at a quarter of the speed, the fall in a loop. */

import { drawLoupe, drawOverlay } from "./overlay.js";
import { fallSpan, framePeriod, positionAt } from "./track.js";

/** @typedef {import("../lib/types.js").AlertDetail} AlertDetail */

/** What is shown around the fall when it loops, seconds. */
const LEAD_S = 1.2;
const TAIL_S = 1;
const SLOW = 0.25;
const LOUPE_PX = 150;

export class Player {
  /** @param {() => void} onChange Something that the controls show has changed. */
  constructor(onChange) {
    this.onChange = onChange;
    /** @type {AlertDetail | null} */
    this.detail = null;
    this.label = "";
    this.isLooping = true;
    this.isSlow = false;
    this.hasFailed = false;
    /** Clip time of the frame on the screen, seconds; null before there is one. @type {number | null} */
    this.clip_s = null;
    /** @type {HTMLVideoElement | null} */
    this.video = null;
    /** @type {HTMLCanvasElement | null} */
    this.canvas = null;
    /** @type {HTMLCanvasElement | null} */
    this.loupe = null;
    this.watch = new ResizeObserver(() => this.draw());
  }

  /** Which alert is shown, and what stands at its release point. @param {AlertDetail | null} detail @param {string} label */
  show(detail, label) {
    this.detail = detail;
    this.label = label;
    this.draw();
  }

  get course() {
    return { track: this.detail?.track ?? [], offset_s: this.detail?.clip_detail?.event_offset_s ?? 0 };
  }

  get isPaused() {
    return this.video?.paused ?? true;
  }

  get duration_s() {
    const told = this.detail?.clip_detail?.duration_s ?? 0;
    return this.video && Number.isFinite(this.video.duration) ? this.video.duration : told;
  }

  /** lit's `ref`: called with the element when it is there, with undefined when it goes. */
  attachVideo = (/** @type {Element | undefined} */ element) => {
    this.video = element instanceof HTMLVideoElement ? element : null;
    this.clip_s = null;
    this.hasFailed = false;
    const video = this.video;
    if (video === null) return;
    video.muted = true;
    video.playbackRate = this.isSlow ? SLOW : 1;
    video.addEventListener("loadedmetadata", () => this.begin(video), { once: true });
    video.addEventListener("error", () => this.fail());
    video.addEventListener("ended", () => this.isLooping && this.begin(video));
    for (const name of ["play", "pause", "seeked"]) video.addEventListener(name, this.onChange);
    this.followFrames(video);
  };

  attachCanvas = (/** @type {Element | undefined} */ element) => {
    this.canvas = element instanceof HTMLCanvasElement ? element : null;
    this.watch.disconnect();
    if (this.canvas) this.watch.observe(this.canvas);
  };

  attachLoupe = (/** @type {Element | undefined} */ element) => {
    this.loupe = element instanceof HTMLCanvasElement ? element : null;
  };

  /** @param {HTMLVideoElement} video */
  begin(video) {
    video.playbackRate = this.isSlow ? SLOW : 1;
    video.currentTime = Math.max(0, fallSpan(this.course)[0] - LEAD_S);
    video.play().catch(() => this.onChange()); // a browser may refuse to start by itself: the button starts it
  }

  fail() {
    this.hasFailed = true;
    this.onChange();
  }

  /** @param {HTMLVideoElement} video */
  followFrames(video) {
    video.requestVideoFrameCallback((_now, { mediaTime }) => {
      if (this.video !== video) return;
      this.clip_s = mediaTime;
      this.draw();
      const [, last] = fallSpan(this.course);
      if (this.isLooping && !video.paused && mediaTime > last + TAIL_S) this.begin(video);
      this.onChange();
      this.followFrames(video);
    });
  }

  draw() {
    if (this.detail === null || this.canvas === null) return;
    const clip_s = this.video === null ? null : (this.clip_s ?? 0);
    const { frame, origin } = this.detail;
    drawOverlay(this.canvas, { course: this.course, origin, frame, clip_s, label: this.label });
    const centre = this.video && this.clip_s !== null ? this.centre(this.clip_s) : null;
    if (this.loupe && this.video && centre) drawLoupe(this.loupe, this.video, centre, Math.min(LOUPE_PX, frame.width));
  }

  /** What the loupe looks at: the object, else where it came from or went to. @param {number} clip_s */
  centre(clip_s) {
    const { track } = this.course;
    const [first] = fallSpan(this.course);
    const end = clip_s <= first ? track[0] : track.at(-1);
    return positionAt(this.course, clip_s) ?? (end ? { x_px: end[1], y_px: end[2] } : null);
  }

  toggle() {
    if (this.video?.paused) void this.video.play().catch(() => this.onChange());
    else this.video?.pause();
  }

  /** @param {1 | -1} direction */
  step(direction) {
    if (this.video === null) return;
    this.video.pause();
    // Not `clip_s`: it lags a frame behind a step that was made just now.
    this.seek(this.video.currentTime + direction * framePeriod(this.course.track));
  }

  /** @param {number} clip_s */
  seek(clip_s) {
    if (this.video) this.video.currentTime = Math.min(Math.max(0, clip_s), Math.max(0, this.duration_s - 0.001));
  }

  toggleSlow() {
    this.isSlow = !this.isSlow;
    if (this.video) this.video.playbackRate = this.isSlow ? SLOW : 1;
    this.onChange();
  }

  toggleLoop() {
    this.isLooping = !this.isLooping;
    this.onChange();
  }
}
