/** 操作记录: who looked at, took out or changed what. */

import { request } from "./lib/api.js";
import { fieldsOf } from "./lib/form.js";
import { moment } from "./lib/format.js";
import { personOf } from "./lib/i18n.js";
import { html, nothing } from "./lib/lit.js";
import { startPlainPage } from "./lib/plain.js";
import { attempt } from "./lib/shell.js";
import { actionOf, subjectOf } from "./words/acts.js";
import { say } from "./words/people.js";

/**
 * @typedef {{number: number, at: string, by: string, action: string, subject: {type: string, id: string}, estate: string | null,
 *   purpose: string, content: Record<string, unknown>}} Entry
 * @typedef {{now: string, people: import("./lib/types.js").People, entries: Entry[], next: number | null}} Snapshot
 */

/** What was read after the first page. @type {Entry[]} */
let older = [];
/** @type {number | null | undefined} */
let next;
let by = "";

const page = startPlainPage("audit", "/api/audit", draw);

/** @param {Snapshot} snapshot */
function draw(snapshot) {
  const entries = by === "" ? [...snapshot.entries, ...older] : older;
  const after = next === undefined ? snapshot.next : next;
  return html`<main class="people">
    <div><h2>${say("log")}</h2><p class="faint">${say("log_hint")}</p></div>
    <form class="bar" @submit=${choose}>
      <label>${say("only_by")}<input name="by" maxlength="64" autocapitalize="none" autocomplete="off" /></label>
      <button type="submit">${say("show")}</button>
    </form>
    ${entries.length === 0 ? html`<p class="faint">${say("nothing_there")}</p>` : table(entries, snapshot.people)}
    ${after === null ? nothing : html`<div class="actions"><button type="button" @click=${() => more(after)}>${say("older")}</button></div>`}
  </main>`;
}

/** @param {Entry[]} entries @param {import("./lib/types.js").People} people */
function table(entries, people) {
  return html`<table>
    <thead><tr><th>${say("number")}</th><th>${say("at")}</th><th>${say("who")}</th><th>${say("action")}</th><th>${say("subject")}</th><th>${say("purpose")}</th></tr></thead>
    <tbody>${entries.map(
      (entry) => html`<tr data-testid="entry">
        <td class="number faint">${entry.number}</td>
        <td class="number">${moment(entry.at)}</td>
        <td>${personOf(people, entry.by)}<span class="fine">${entry.by}</span></td>
        <td>${actionOf(entry.action)}</td>
        <td>${subjectOf(entry.subject.type)}<span class="fine">${entry.subject.id}${entry.estate ? ` · ${entry.estate}` : ""}</span></td>
        <td>${entry.purpose}<span class="content">${contentOf(entry.content)}</span></td>
      </tr>`,
    )}</tbody>
  </table>`;
}

/** @param {Record<string, unknown>} content */
function contentOf(content) {
  const said = Object.entries(content).filter(([, value]) => value !== "" && value !== null);
  return said.map(([key, value]) => `${key}: ${typeof value === "string" ? value : JSON.stringify(value)}`).join(" · ");
}

/** @param {number} before */
function more(before) {
  return attempt(() => read(`before=${before}`), page.redraw);
}

/** @param {SubmitEvent} event */
function choose(event) {
  by = fieldsOf(event)("by").trim();
  older = [];
  next = undefined;
  return by === "" ? page.reload() : attempt(() => read(""), page.redraw);
}

/** @param {string} query */
async function read(query) {
  const found = /** @type {Snapshot} */ (await request("GET", `/api/audit?${query}${by === "" ? "" : `&by=${encodeURIComponent(by)}`}`));
  older = [...older, ...found.entries];
  next = found.next;
}
