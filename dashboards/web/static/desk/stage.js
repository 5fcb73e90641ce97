/** The alert that fills the eye: where, when, how sure; its clip with the track; the controls of the clip. */

import { clockTime, moment } from "../lib/format.js";
import { nameOf } from "../lib/i18n.js";
import { html, keyed, live, nothing, ref } from "../lib/lit.js";
import { control, mark, sign } from "../lib/marks.js";
import { say as sayLife, whyInShort } from "../words/alarms.js";
import { say } from "../words/desk.js";
import { fallSpan } from "../video/track.js";
import { askWhy } from "./custody.js";
import { heldMark } from "./hold.js";
import { placeOf } from "./queue.js";

/** @typedef {import("../lib/types.js").AlertDetail} AlertDetail */
/** @typedef {import("../video/player.js").Player} Player */

/** @param {AlertDetail} detail */
export function title(detail) {
  const seen = (Date.parse(detail.last_visible_at) - Date.parse(detail.observed_at)) / 1000;
  return html`<div class="stage-title">
    <h2 data-testid="alert-title">${placeOf(detail)}</h2>
    <p class="stage-signs">
      ${sign(detail.severity, say(detail.severity))}
      <span class="score">${say("score", { score: detail.score.toFixed(2) })}</span>
      <span class="state ${detail.state}" data-testid="alert-state">${detail.state === "closed" ? say("closed_state") : say(detail.state)}</span>
      ${heldMark(detail)}
    </p>
    <p class="why">${whyInShort(detail)}</p>
    ${detail.shelved_until === null ? nothing : html`<p class="why shelf" data-testid="shelf">${sayLife("shelved_until", { time: moment(detail.shelved_until) })}${sayLife("joined")}${detail.shelve_reason ?? ""}</p>`}
    <p class="when">
      <span>${say("first_seen", { time: clockTime(detail.observed_at, 2) })}</span>
      <span>${say("last_seen", { time: clockTime(detail.last_visible_at, 2) })}</span>
      <span>${say("visible_for", { seconds: seen.toFixed(2) })}</span>
      ${detail.time_is === "known" ? nothing : html`<span data-testid="time-is">${say(`time_${detail.time_is}`)}</span>`}
      <span>${nameOf(detail.camera.name)}</span>
    </p>
  </div>`;
}

/** Whether the video is here. @param {AlertDetail} detail */
function isHere(detail) {
  return detail.clip === "stored" || detail.clip === "verified";
}

/** What can be played; null while the video is not here, or nobody has said why they look. @param {AlertDetail} detail */
export function playable(detail) {
  return isHere(detail) && detail.viewing !== null ? (detail.clip_detail?.url ?? null) : null;
}

/** @param {AlertDetail} detail @param {Player} player @param {import("./custody.js").Asking} asking */
export function screen(detail, player, asking) {
  const url = playable(detail);
  const { width, height } = detail.frame;
  const picture = url === null ? nothing : html`<video ${ref(player.attachVideo)} src=${url} playsinline preload="auto" data-testid="clip"
    @loadeddata=${asking.shown} @error=${asking.failed}></video>`;
  return html`<div class="fit">
    ${keyed(`${detail.id} ${url}`, html`<div class="screen" .style=${`--ratio: ${width} / ${height}`}>
      ${picture}
      <canvas class="overlay" ${ref(player.attachCanvas)} data-testid="overlay" aria-hidden="true"></canvas>
    </div>`)}
    ${isHere(detail) && url === null ? askWhy(asking) : screenNotice(detail, url, player)}
  </div>`;
}

/** @param {AlertDetail} detail @param {string | null} url @param {Player} player */
function screenNotice(detail, url, player) {
  if (detail.clip === "failed") {
    return html`<p class="screen-notice">${mark("high")} <b>${say("clip_failed")}</b> ${detail.clip_detail?.failed_reason ?? ""}</p>`;
  }
  if (detail.clip === "pruned") {
    return html`<p class="screen-notice">${mark("unknown")} <b>${say("clip_pruned")}</b></p>`;
  }
  if (url === null) {
    return html`<p class="screen-notice" data-testid="clip-pending">${mark("unknown")} <b>${say("clip_pending")}</b> ${say("clip_pending_hint")}</p>`;
  }
  return player.hasFailed ? html`<p class="screen-notice">${mark("high")} <b>${say("clip_unplayable")}</b></p>` : nothing;
}

/** @param {AlertDetail} detail @param {Player} player */
export function controls(detail, player) {
  if (playable(detail) === null) return nothing;
  const duration = player.duration_s || 1;
  const clip_s = player.clip_s ?? 0;
  const [first, last] = fallSpan(player.course);
  const at = Date.parse(detail.observed_at) + (clip_s - player.course.offset_s) * 1000;
  /** @param {number} s */
  const share = (s) => Math.min(100, Math.max(0, (s / duration) * 100));
  /** @param {InputEvent & {target: HTMLInputElement}} event */
  const seek = (event) => player.seek(Number(event.target.value));
  return html`<div class="controls">
    <div class="control-group">
      <button type="button" class="icon" aria-label=${say("step_back")} title="${say("step_back")} ←" @click=${() => player.step(-1)}>${control("back")}</button>
      <button type="button" class="icon play" data-testid="play" aria-label=${player.isPaused ? say("play") : say("pause")}
        title="${player.isPaused ? say("play") : say("pause")} ␣" @click=${() => player.toggle()}>${control(player.isPaused ? "play" : "pause")}</button>
      <button type="button" class="icon" aria-label=${say("step_on")} title="${say("step_on")} →" @click=${() => player.step(1)}>${control("on")}</button>
    </div>
    <time class="clip-time">${clockTime(at, 2)}</time>
    <span class="timeline" .style=${`--from: ${share(first)}%; --to: ${share(last)}%`}>
      <input type="range" min="0" max=${duration} step="0.001" .value=${live(String(clip_s))} aria-label=${say("timeline")} @input=${seek} />
    </span>
    <div class="control-group">
      <button type="button" class="toggle" aria-pressed=${player.isSlow} @click=${() => player.toggleSlow()}>${say("slow")}</button>
      <button type="button" class="toggle" aria-pressed=${player.isLooping} @click=${() => player.toggleLoop()}>${say("loop")}</button>
    </div>
  </div>`;
}
