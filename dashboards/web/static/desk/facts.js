/** The side of the desk: the loupe, what is known and what is not, whether the evidence holds, what was done. */

import { moment, offset, size } from "../lib/format.js";
import { nameOf, personOf } from "../lib/i18n.js";
import { html, nothing, ref } from "../lib/lit.js";
import { sign } from "../lib/marks.js";
import { say as sayCommon } from "../words/common.js";
import { say as sayLife, sayBecause } from "../words/alarms.js";
import { say, sayReason } from "../words/desk.js";
import { custody } from "./custody.js";
import { exporting } from "./export.js";
import { holds } from "./hold.js";
import { measured, placeInFull, placeSureness } from "./place.js";
import { playable } from "./stage.js";

/** @typedef {import("../lib/types.js").AlertDetail} AlertDetail */
/** @typedef {import("../lib/lit.js").Fragment} Fragment */

/** @param {AlertDetail} detail @param {import("../lib/types.js").People} people @param {import("../video/player.js").Player} player @param {import("./hold.js").Holding} holding */
export function facts(detail, people, player, holding) {
  return html`<aside class="facts">
    ${playable(detail) === null ? nothing : html`<section class="panel loupe">
      <h3>${say("loupe")}</h3>
      <canvas ${ref(player.attachLoupe)} data-testid="loupe" aria-hidden="true"></canvas>
    </section>`}
    <section class="panel">
      <h3>${say("facts")}</h3>
      <dl>
        ${fact(say("estate"), nameOf(detail.estate.name))}
        ${fact(say("camera"), nameOf(detail.camera.name))}
        ${origin(detail)}
        ${fact(say("how_sure"), sureness(detail.score))}
        ${fact(say("decided_after"), fromLastSeen(detail, detail.decided_at))}
        ${fact(say("received_after"), fromLastSeen(detail, detail.received_at))}
        ${fact(say("clock"), clockOffset(detail.clock))}
        ${detail.warnings.map((warning) => fact(say("warned"), warned(detail, warning)))}
      </dl>
    </section>
    ${priority(detail)} ${evidence(detail)} ${holds(detail, people, holding)} ${custody(detail, people)} ${history(detail, people)}
  </aside>`;
}

/** Each point of its priority, with the reason. @param {AlertDetail} detail */
function priority(detail) {
  if (detail.priority_reasons.length === 0) return nothing;
  return html`<section class="panel priority" data-testid="priority">
    <h3>${sayLife("why")}</h3>
    <dl>
      ${fact(sayLife("priority"), html`<b class=${detail.severity}>${say(detail.severity)}</b> ${sayLife("of_thousand", { n: detail.priority })}`)}
      ${detail.priority_reasons.map((reason) => fact(sayBecause(reason), sayLife("points", { n: reason.points })))}
    </dl>
  </section>`;
}

/** Floor, flat, height and how hard it lands; or that nobody knows. @param {AlertDetail} detail */
function origin({ place, pose_doubted }) {
  if (place === null) return fact(say("floor"), sign("unknown", say("floor_unknown")));
  return html`${fact(say("floor"), html`<b data-testid="place">${placeInFull(place)}</b><span class="fine beneath">${placeSureness(place)}</span>${pose_doubted ? html`<span class="beneath">${sign("high", say("pose_doubted"))}</span>` : nothing}`)}
    ${fact(say("released_at"), measured("metres", place.height_m))}
    ${place.size_m === undefined ? nothing : fact(say("breadth"), measured("metres", place.size_m))}
    ${place.speed_m_s === null ? nothing : fact(say("lands_with"), measured("metres_s", place.speed_m_s))}
    ${place.energy_j_per_kg === null ? nothing : fact(say("energy"), measured("joules_kg", place.energy_j_per_kg))}`;
}

/** A fall is often told while it still falls. @param {AlertDetail} detail @param {string} instant */
function fromLastSeen(detail, instant) {
  const late_s = (Date.parse(instant) - Date.parse(detail.last_visible_at)) / 1000;
  return say(late_s < 0 ? "before_last_seen" : "after_last_seen", { s: Math.abs(late_s).toFixed(1) });
}

/** What a siren or lamp did, and when beside the fall. @param {AlertDetail} detail @param {import("../lib/types.js").Warning} warning */
function warned(detail, { device, outcome, acted_at, reason }) {
  const when = outcome === "on" ? fromLastSeen(detail, acted_at) : reason;
  return html`<span data-testid="warned">${sign(outcome === "on" ? "good" : "high", say(`warned_${outcome}`, { device }))}</span><span class="fine beneath">${when}</span>`;
}

/** @param {string} term @param {Fragment} value */
function fact(term, value) {
  return html`<div><dt>${term}</dt><dd>${value}</dd></div>`;
}

/** @param {number} score */
function sureness(score) {
  return html`<span class="meter" .style=${`--share: ${score * 100}%`}></span> ${score.toFixed(2)}`;
}

/** @param {AlertDetail["clock"]} clock */
function clockOffset({ offset_s, uncertainty_s }) {
  if (offset_s === null) return sign("unknown", sayCommon("unknown"));
  return uncertainty_s === null ? offset(offset_s) : `${offset(offset_s)} ± ${Math.round(uncertainty_s * 1000)} ms`;
}

/** @param {AlertDetail} detail */
function evidence(detail) {
  const clip = detail.clip_detail;
  if (clip === null || clip.sha256 === null) {
    return html`<section class="panel"><h3>${say("evidence")}</h3>
      <p class="fine">${detail.clip === "failed" ? `${say("clip_failed")} ${clip?.failed_reason ?? ""}` : say("no_clip_yet")}</p></section>`;
  }
  const length = (clip.duration_s ?? 0).toFixed(1);
  const bytes = size(clip.size_bytes ?? 0);
  return html`<section class="panel" data-testid="evidence">
    <h3>${say("evidence")}</h3>
    <dl>
      ${fact(say("hash"), hashSign(clip.hash_matches))}
      ${fact(say("signature"), clip.signature_valid ? sign("good", say("signature_yes", { who: clip.signed_by ?? "" })) : sign("critical", say("signature_no")))}
      ${fact(say("clip_complete"), say(clip.complete ? "clip_is_complete" : "clip_is_short", { length, size: bytes }))}
    </dl>
    <p class="hash" title="SHA-256">${clip.sha256}</p>
    ${detail.clip === "verified" ? exporting(detail.id) : nothing}
  </section>`;
}

/** @param {boolean | null} matches */
function hashSign(matches) {
  if (matches === null) return sign("unknown", say("hash_waiting"));
  return matches ? sign("good", say("hash_yes")) : sign("critical", say("hash_no"));
}

/** @param {AlertDetail} detail @param {import("../lib/types.js").People} people */
function history(detail, people) {
  return html`<section class="panel">
    <h3>${say("history")}</h3>
    <ol class="history">
      ${detail.history.map((line) => html`<li>
        <time>${moment(line.at)}</time>
        <span>${line.by === "system" ? say("system") : personOf(people, line.by)} ${deed(line.what, people)}${line.note ? html`<q>${line.note}</q>` : nothing}</span>
      </li>`)}
    </ol>
    <p class="hash" title=${say("message")}>${detail.message_id}</p>
  </section>`;
}

/** @type {Set<string>} Deeds that their word alone tells. */
const PLAIN = new Set(["confirmed", "note", "unshelved", "shelf_ended", "reopened"]);

/** @param {string} what @param {import("../lib/types.js").People} people */
function deed(what, people) {
  const [verb = "", ...more] = what.split(":");
  const detail = more.join(":");
  if (verb === "raised" || verb === "acknowledged") return say(`did_${verb}`);
  if (PLAIN.has(verb)) return sayLife(/** @type {"did_note"} */ (`did_${verb}`));
  if (verb === "assigned") return sayLife("did_assigned", { who: personOf(people, detail) });
  if (verb === "shelved") return sayLife("did_shelved", { time: moment(detail) });
  if (verb === "severity") return sayLife("did_severity", { severity: say(/** @type {import("../lib/types.js").Severity} */ (detail)) });
  return verb === "closed" ? say("did_closed", { reason: sayReason(detail) }) : what;
}
