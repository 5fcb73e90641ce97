/** Chinese first, English by a switch that is remembered. A text that is missing in one language is an error. */

/** @typedef {"zh" | "en"} Language */
/** @typedef {import("./types.js").Name} Name */
/** @typedef {Record<string, string | number>} Values */

const KEY = "fallwatch.language";

/** @type {Language} */
let language = stored();

/** @returns {Language} */
function stored() {
  try {
    return localStorage.getItem(KEY) === "en" ? "en" : "zh";
  } catch {
    return "zh"; // storage may be forbidden in this browser; then the choice lives as long as the page
  }
}

/** The language in force. */
export function currentLanguage() {
  return language;
}

/** @param {Language} chosen */
export function setLanguage(chosen) {
  language = chosen;
  document.documentElement.lang = chosen === "zh" ? "zh-CN" : "en";
  try {
    localStorage.setItem(KEY, chosen);
  } catch {
    // see stored()
  }
}

/**
 * A function that says the words of one table. Values stand in the text as `{name}`.
 *
 * @template {Record<string, Name>} Table
 * @param {Table} table
 * @returns {(key: keyof Table & string, values?: Values) => string}
 */
export function wordsFrom(table) {
  return (key, values = {}) => fill(/** @type {Name} */ (table[key])[language], values);
}

/** @param {Name} name */
export function nameOf(name) {
  return name[language];
}

/** Things beside each other. @param {string[]} names */
export function listOf(names) {
  return names.join(language === "zh" ? "、" : ", ");
}

/** Sentences after each other. @param {string[]} sentences */
export function linesOf(sentences) {
  return sentences.join(language === "zh" ? "；" : "; ");
}

/** How somebody is called; the username of who has left. @param {import("./types.js").People} people @param {string | null} username */
export function personOf(people, username) {
  const name = username === null ? undefined : people[username];
  return name ? nameOf(name) : (username ?? "");
}

/**
 * A text with its values.
 *
 * @param {string} text
 * @param {Values} values
 */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, key) => (key in values ? String(values[key]) : whole));
}
