/** 一机一档: how full the records of an estate are, each device with what its record lacks, and a form to complete it. */

import { request } from "../lib/api.js";
import { answers } from "../lib/answers.js";
import { fieldsOf, focusWhenShown } from "../lib/form.js";
import { percent, percentOrDash } from "../lib/format.js";
import { listOf, nameOf } from "../lib/i18n.js";
import { html, nothing, ref, repeat } from "../lib/lit.js";
import { sign } from "../lib/marks.js";
import { attempt, currentUser, reasonOf } from "../lib/shell.js";
import { say } from "../words/oversight.js";

/** @typedef {import("../lib/types.js").Equipment} Equipment */
/** @typedef {import("../lib/types.js").EquipmentItem} Item */

const RECORDERS = new Set(["maintenance", "manager"]);
const PAPER = /** @type {const} */ (["place", "installed_on", "installer", "keeper", "keeper_phone", "warranty_until", "maker", "model", "serial"]);
const DAYS = new Set(["installed_on", "warranty_until"]);

/** @param {() => void} redraw */
export function records(redraw) {
  /** @type {import("../lib/answers.js").Answers<Equipment>} */
  const at = answers(redraw);
  /** The device whose form is open, as in its address. @type {string | null} */
  let opened = null;

  /** @param {string} estate */
  function view(estate) {
    const query = `?estate=${estate}`;
    at.ask(`/api/bureau/equipment${query}`);
    const found = at.found;
    if (found === null) opened = null;
    return html`<section class="panel records" data-testid="records">
      <h2>${say("records_title")}
        <span class="month-files"><a class="button" href=${`/api/bureau/equipment/export${query}&format=xlsx`} download>Excel</a>
          <a class="button" href=${`/api/bureau/equipment/export${query}&format=csv`} download>${say("export_csv")}</a></span></h2>
      ${at.problem ? html`<p class="wrong" role="alert">${reasonOf(at.problem)}</p>` : nothing}
      ${found === null ? nothing : html`${summary(found)} ${found.items.length === 0 ? html`<p class="fine">${say("no_items")}</p>` : table(found)}`}
    </section>`;
  }

  /** @param {Equipment} found */
  function summary({ total }) {
    return html`<dl class="record-sums">
      <div><dt>${say("share_full")}</dt><dd><b>${percentOrDash(total.share)}</b> <span class="fine">${say("full_of", { full: total.full, items: total.items })}</span></dd></div>
      <div><dt>${say("networked")}</dt><dd><b>${total.items ? percent(total.networked / total.items) : "–"}</b> <span class="fine">${say("networked_of", { n: total.networked, items: total.items })}</span></dd></div>
      <div><dt>${say("upgrades")}</dt><dd><b>${total.upgrades}</b></dd></div>
    </dl>`;
  }

  /** @param {Equipment} found */
  function table(found) {
    const heads = /** @type {const} */ (["device", "model", "resolution", "firmware", "networked", "record"]);
    return html`<div class="scroll"><table>
      <thead><tr>${heads.map((key) => html`<th scope="col">${say(key)}</th>`)}</tr></thead>
      <tbody>${repeat(found.items, (item) => item.kind + item.id, (item) => row(item))}</tbody>
    </table></div>`;
  }

  /** @param {Item} item */
  function row(item) {
    const { fields } = item;
    const key = `${item.kind}s/${item.id}`;
    const may = RECORDERS.has(currentUser().role);
    const network = item.networked === null ? sign("unknown", say("never")) : item.networked ? sign("good", say("online")) : sign("critical", say("offline"));
    const lacks = listOf(item.missing.map((field) => say(/** @type {"field_place"} */ (`field_${field}`))));
    return html`<tr data-device=${item.id}><th scope="row">${nameOf(item.name)}</th>
      <td>${[fields["maker"], fields["model"]].filter(Boolean).join(" ") || "–"}</td>
      <td>${fields["resolution"] ?? "–"}</td>
      <td>${fields["firmware"] ?? "–"} ${item.upgrade_wanted ? html`<span class="late">${say("upgrade_to", { version: item.wanted_firmware })}</span>` : nothing}</td>
      <td>${network}</td>
      <td class="lacks">${item.missing.length === 0 ? sign("good", say("record_full")) : html`<span class="fine">${say("record_lacks", { fields: lacks })}</span>`}
        ${may && opened !== key ? html`<button type="button" class="link" @click=${() => open(key)}>${say("enter_paper")}</button>` : nothing}</td></tr>
      ${opened === key ? html`<tr><td colspan="6">${form(item, key)}</td></tr>` : nothing}`;
  }

  /** @param {string | null} key */
  function open(key) {
    opened = key;
    redraw();
  }

  /** @param {Item} item @param {string} key */
  function form(item, key) {
    return html`<form class="paper" @submit=${(/** @type {SubmitEvent} */ event) => save(event, key)}>
      ${PAPER.map((name, index) => html`<label>${say(`field_${name}`)}<input name=${name} type=${DAYS.has(name) ? "date" : "text"} maxlength="200" .value=${item.paper[name] ?? ""} ${index === 0 ? ref(focusWhenShown) : nothing} /></label>`)}
      <div class="paper-do"><button type="submit" class="primary">${say("paper_save")}</button>
        <button type="button" class="quiet" @click=${() => open(null)}>${say("paper_cancel")}</button></div>
    </form>`;
  }

  /** @param {SubmitEvent} event @param {string} key */
  async function save(event, key) {
    const typed = fieldsOf(event);
    const paper = Object.fromEntries(PAPER.map((name) => [name, DAYS.has(name) ? typed(name) || null : typed(name)]));
    await attempt(async () => {
      await request("PUT", `/api/bureau/equipment/${key}`, paper);
      opened = null;
    }, redraw);
    await at.again();
  }

  return { view };
}
