/** One facade: watched, blind or unknown now; by which cameras; how much of the day. */

import { moment, percent, span } from "../lib/format.js";
import { nameOf } from "../lib/i18n.js";
import { html, nothing } from "../lib/lit.js";
import { sign } from "../lib/marks.js";
import { say } from "../words/bureau.js";
import { toFacade } from "./steps.js";
import { dayStrip } from "./strip.js";

/** @typedef {import("../lib/types.js").Facade} Facade */

/** @type {Record<Facade["now"], import("../lib/marks.js").Tone>} */
const NOW_TONES = { watched: "good", blind: "critical", unknown: "unknown" };
/** @type {Record<string, import("../lib/marks.js").Tone>} */
const CAMERA_TONES = { streaming: "good", lost: "critical", unknown: "unknown" };

/** @param {Facade} facade @param {string} estate @param {import("./steps.js").BureauAddress} address */
export function facadeCard(facade, estate, address) {
  const here = toFacade(estate, facade.building, facade.id);
  return html`<article class="facade ${facade.now}" data-facade=${facade.id} data-now=${facade.now}>
    <header>
      <h3>${address.link(here, nameOf(facade.name))}</h3>
      <span class="fine">${say("facade_size", { floors: facade.floors, bays: facade.bays })}</span>
      <span class="facade-now">${sign(NOW_TONES[facade.now], say(facade.now))}
        <span class="fine">${facade.since ? say("since", { time: moment(facade.since) }) : nothing}</span></span>
    </header>
    <div class="facade-body">
      ${shares(facade)}
      <div class="covered"><span class="fine">${say("covered_by")}</span>
        ${facade.cameras.length === 0 ? sign("critical", say("no_camera")) : facade.cameras.map((camera) => html`<span class="camera-chip">
            ${address.link({ ...here, camera: camera.id }, sign(CAMERA_TONES[camera.state] ?? "unknown", `${nameOf(camera.name)} · ${say(camera.state)}`))}</span>`)}
      </div>
    </div>
    ${dayStrip(facade.strip, `${nameOf(facade.name)} ${say("strip")}`)}
  </article>`;
}

/** @param {Facade} facade */
function shares({ watched_share, unknown_share, counted_s }) {
  if (watched_share === null) return html`<p class="shares">${sign("unknown", say("share_unknown"))}</p>`;
  const rest = Math.max(0, 1 - watched_share - unknown_share);
  return html`<p class="shares">
    <b class="big">${percent(watched_share)}</b> ${say("watched_share")} <span class="fine">${say("counted", { time: span(counted_s) })}</span>
    ${rest > 0.0005 ? html`<span class="fine blind-share">${say("not_watched", { share: percent(rest) })}</span>` : nothing}
    ${unknown_share > 0.0005 ? html`<span class="fine">${say("unknown_share", { share: percent(unknown_share) })}</span>` : nothing}
  </p>`;
}
