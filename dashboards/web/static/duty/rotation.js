/** Who takes turns: the shifts of a role, each with the people who have it for a week in turn. */

import { beside } from "../lib/form.js";
import { personOf } from "../lib/i18n.js";
import { html, nothing } from "../lib/lit.js";
import { say } from "../words/duty.js";
import { arranging, dialogue } from "./sheet.js";

/** @typedef {import("../lib/types.js").Shift} Shift */
/** @typedef {import("../lib/types.js").People} People */
/** @typedef {import("../lib/types.js").OnCall} OnCall */
/** @typedef {import("./sheet.js").Sheet} Sheet */

const WEEK_DAYS = /** @type {const} */ ([0, 1, 2, 3, 4, 5, 6]);
const WEEK_MS = 7 * 86_400_000;

/** A shift that somebody may go on from: all day and all week, from this Monday on. @param {string[]} members @returns {Shift} */
function newShift(members) {
  const today = new Date();
  today.setDate(today.getDate() - ((today.getDay() + 6) % 7));
  return { people: members.slice(0, 1), anchor: isoDay(today), begins: "00:00", ends: "00:00", weekdays: [...WEEK_DAYS] };
}

/** @param {Date} day */
function isoDay(day) {
  return new Date(day.getTime() - day.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}

/** As it is edited: times to the minute. @param {Shift[]} shifts @returns {Shift[]} */
export function drafted(shifts) {
  return shifts.map((shift) => ({ ...shift, people: [...shift.people], weekdays: [...shift.weekdays], begins: shift.begins.slice(0, 5), ends: shift.ends.slice(0, 5) }));
}

/**
 * @param {Sheet} sheet
 * @param {OnCall} role
 * @param {Shift[]} shifts Changed as it is edited.
 * @param {People} people
 * @param {string} zone
 * @param {(shifts: Shift[]) => void} save
 */
export function rotationSheet(sheet, role, shifts, people, zone, save) {
  const add = () => {
    shifts.push(newShift(role.members));
    sheet.redraw();
  };
  const fields = html`<p class="fine">${say("rotation_hint", { zone })}</p>
    ${role.members.length === 0 ? html`<p class="wrong">${say("gap_nobody")}</p>` : nothing}
    ${shifts.map((shift, at) => shiftFields(sheet, shift, at, shifts, role, people))}
    ${shifts.length === 0 ? html`<p class="faint">${say("no_shifts")}</p>` : nothing}
    ${beside(sheet.problem, "people", say("wrong_people", { role: say(`role_${role.role}`) }))}
    <button type="button" @click=${add} ?disabled=${role.members.length === 0} data-testid="add-shift">${say("add_shift")}</button>`;
  /** @param {SubmitEvent} event */
  const submit = (event) => {
    event.preventDefault();
    save(shifts);
  };
  return dialogue(sheet, say("rotation_of", { role: say(`role_${role.role}`) }), arranging(sheet, fields, submit));
}

/** @param {Sheet} sheet @param {Shift} shift @param {number} at @param {Shift[]} shifts @param {OnCall} role @param {People} people */
function shiftFields(sheet, shift, at, shifts, role, people) {
  const set = (/** @type {"begins" | "ends" | "anchor"} */ key) => (/** @type {Event} */ event) => {
    shift[key] = /** @type {HTMLInputElement} */ (event.target).value;
    sheet.redraw();
  };
  const remove = () => {
    shifts.splice(at, 1);
    sheet.redraw();
  };
  const wrong = (/** @type {string} */ field, /** @type {Parameters<typeof say>[0]} */ word) => beside(sheet.problem, `shifts.${at}.${field}`, say(word));
  return html`<fieldset class="shift" data-shift=${at}>
    <legend>${say("shift", { n: at + 1 })}</legend>
    <div class="triple">
      <label>${say("begins")}<input type="time" required .value=${shift.begins} @change=${set("begins")} data-field="begins" />${wrong("begins", "wrong_time")}</label>
      <label>${say("ends")}<input type="time" required .value=${shift.ends} @change=${set("ends")} data-field="ends" />${wrong("ends", "wrong_time")}<span class="fine">${spanOf(shift)}</span></label>
      <label>${say("anchor")}<input type="date" required .value=${shift.anchor} @change=${set("anchor")} data-field="anchor" />${wrong("anchor", "wrong_day")}</label>
    </div>
    <div class="days" role="group" aria-label=${say("weekdays")}>${WEEK_DAYS.map((day) => dayTick(sheet, shift, day))}</div>
    ${turns(sheet, shift, role, people)} ${wrong("people", "wrong_nobody")}
    <button type="button" class="quiet" @click=${remove} data-testid="drop-shift">${say("drop_shift")}</button>
  </fieldset>`;
}

/** What its hours come to: people read 00:00 to 00:00 as nothing. @param {Shift} shift */
function spanOf({ begins, ends }) {
  if (begins === ends) return say("all_day");
  return ends < begins ? say("next_day") : nothing;
}

/** @param {Sheet} sheet @param {Shift} shift @param {0 | 1 | 2 | 3 | 4 | 5 | 6} day */
function dayTick(sheet, shift, day) {
  const toggle = () => {
    shift.weekdays = WEEK_DAYS.filter((one) => (one === day ? !shift.weekdays.includes(one) : shift.weekdays.includes(one)));
    sheet.redraw();
  };
  return html`<label class="tick"><input type="checkbox" .checked=${shift.weekdays.includes(day)} @change=${toggle} />${say(`day_${day}`)}</label>`;
}

/** Who has it, in turn. @param {Sheet} sheet @param {Shift} shift @param {OnCall} role @param {People} people */
function turns(sheet, shift, role, people) {
  const week = Math.max(0, Math.floor((Date.now() - Date.parse(shift.anchor)) / WEEK_MS));
  const now = shift.people.length === 0 ? -1 : week % shift.people.length;
  const move = (/** @type {number} */ at, /** @type {number} */ by) => {
    const [person] = shift.people.splice(at, 1);
    if (person !== undefined && by !== 0) shift.people.splice(at + by, 0, person);
    sheet.redraw();
  };
  const add = (/** @type {Event} */ event) => {
    const choice = /** @type {HTMLSelectElement} */ (event.target);
    if (choice.value !== "") shift.people.push(choice.value);
    choice.value = "";
    sheet.redraw();
  };
  return html`<ol class="turns">${shift.people.map(
      (person, at) => html`<li><span>${personOf(people, person)}${at === now ? html` <span class="fine">${say("this_week")}</span>` : nothing}</span>
        <button type="button" class="quiet" ?disabled=${at === 0} @click=${() => move(at, -1)} aria-label=${say("earlier", { who: personOf(people, person) })}>↑</button>
        <button type="button" class="quiet" @click=${() => move(at, 0)} aria-label=${say("take_out", { who: personOf(people, person) })}>×</button></li>`,
    )}</ol>
    <label>${say("in_turn")}<select @change=${add} data-testid="add-person"><option value="">${say("choose_person")}</option>
      ${role.members.map((person) => html`<option value=${person}>${personOf(people, person)}</option>`)}</select></label>`;
}
