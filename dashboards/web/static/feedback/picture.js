/** A camera's picture with what was seen in it, what is ignored there, and what is proposed to be. */

import { html, nothing, svg } from "../lib/lit.js";
import { say } from "../words/feedback.js";

/** @typedef {import("../lib/types.js").Regions} Regions */
/** @typedef {import("../lib/types.js").Point} Point */

/** @param {Point[]} points */
const drawn = (points) => points.map((point) => point.join(",")).join(" ");

/** @param {Regions} regions @param {string} name What the camera is called. */
export function picture(regions, name) {
  if (regions.picture === null) return nothing;
  const [width, height] = regions.picture;
  return html`<svg class="seen" viewBox="0 0 ${width} ${height}" role="img" aria-label=${say("picture_of", { camera: name })} data-testid="picture">
      ${regions.image === null ? svg`<rect class="plain" width=${width} height=${height} />` : svg`<image href=${regions.image} width=${width} height=${height} preserveAspectRatio="none" />`}
      ${regions.wanted.map((polygon) => svg`<polygon class="wanted" points=${drawn(polygon)} />`)}
      ${regions.tracks.map((track) => svg`<polyline class=${track.false ? "false" : "real"} points=${drawn(track.points)} />`)}
      ${regions.proposals.map((one, at) => proposed(one.polygon, at + 1, height))}
    </svg>
    <ul class="legend">
      <li><i class="false"></i>${say("legend_false")}</li><li><i class="real"></i>${say("legend_real")}</li>
      <li><i class="proposed"></i>${say("legend_proposed")}</li>${regions.wanted.length > 0 ? html`<li><i class="wanted"></i>${say("legend_wanted")}</li>` : nothing}
      ${regions.image === null ? html`<li class="fine">${say("frame_only")}</li>` : nothing}
    </ul>`;
}

/** A region with its number. @param {Point[]} polygon @param {number} number @param {number} height Of the picture. */
function proposed(polygon, number, height) {
  const x = Math.min(...polygon.map(([x]) => x));
  const y = Math.min(...polygon.map(([, y]) => y));
  const size = height / 24;
  return svg`<polygon class="proposed" points=${drawn(polygon)} data-proposal=${number} />
    <text x=${x + size * 0.3} y=${y < size * 1.4 ? y + size * 1.1 : y - size * 0.3} font-size=${size}>${number}</text>`;
}
