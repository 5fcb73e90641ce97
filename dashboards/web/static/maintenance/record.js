/** What a device is: maker, model, profile, and its firmware with the one before and the one that is wanted. */

import { dayOf } from "../lib/format.js";
import { html, nothing } from "../lib/lit.js";
import { say } from "../words/maintenance.js";

/** @typedef {import("../lib/types.js").DeviceRecord} DeviceRecord */

/** @param {DeviceRecord} record */
function isMismatched({ firmware, wanted_firmware }) {
  return firmware !== "" && wanted_firmware !== "" && firmware !== wanted_firmware;
}

/** @param {DeviceRecord} record */
function modelOf({ maker, model }) {
  return [maker, model].filter(Boolean).join(" ");
}

/** One line for the tree of devices; nothing where the device has told nothing. @param {DeviceRecord | null} record */
export function recordLine(record) {
  if (record === null) return nothing;
  const wrong = isMismatched(record);
  const firmware = wrong ? say("firmware_wrong", { has: record.firmware, wants: record.wanted_firmware }) : say("firmware", { version: record.firmware });
  return html`<span class="fine record" data-testid="record">
    ${modelOf(record)} ${record.firmware ? html`<span class=${wrong ? "warn" : ""}>${firmware}</span>` : nothing}
    ${record.profile ? html`<span>${profileOf(record)}</span>` : nothing}
  </span>`;
}

/** Rows for the card of a fault. @param {DeviceRecord | null} record */
export function recordRows(record) {
  if (record === null) return nothing;
  const model = modelOf(record);
  return html`${model ? html`<div><dt>${say("model")}</dt><dd>${model}${record.serial ? html`<span class="fine beneath">${say("serial", { serial: record.serial })}</span>` : nothing}</dd></div>` : nothing}
    ${record.firmware ? html`<div><dt>${say("firmware_is")}</dt><dd>${record.firmware}${before(record)}</dd></div>` : nothing}
    ${record.profile ? html`<div><dt>${say("profile")}</dt><dd>${profileOf(record)}</dd></div>` : nothing}`;
}

/** @param {DeviceRecord} record */
function profileOf({ profile, profile_version }) {
  return profile_version ? `${profile} v${profile_version}` : profile;
}

/** Since when it runs it, and what ran before. @param {DeviceRecord} record */
function before({ firmwares }) {
  const [now, last] = firmwares;
  if (now === undefined || last === undefined) return nothing;
  return html`<span class="fine beneath">${say("firmware_before", { day: dayOf(now.since), version: last.version })}</span>`;
}
