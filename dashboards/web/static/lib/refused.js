/** What the server says no to, as sentences: what, where, what to do. */

import { currentLanguage, fill } from "./i18n.js";
import { say } from "../words/common.js";
import { REFUSALS } from "../words/refusals.js";

/**
 * One thing that is wrong, as the server tells it. at: where in a file that was uploaded. field: of what was sent.
 *
 * @typedef {{code: string, detail: string, values: Record<string, string | number>, field: string | null,
 *   at: {of: string, number: number, name: string} | null}} Objection
 */

/**
 * A sentence for each thing that is wrong; none where the server names no codes.
 *
 * @param {import("./api.js").Problem} problem
 * @param {(field: string) => string} [called] How people call a field of what was sent; empty, where nobody would know it.
 */
export function sentencesOf(problem, called = () => "") {
  return problem.objections.map((each) => sentence(each, called));
}

/** @param {Objection} each @param {(field: string) => string} [called] */
export function sentence(each, called = () => "") {
  const { code, detail, values, at, field } = each;
  const own = REFUSALS[code];
  const said = currentLanguage() === "en" || own === undefined ? detail : fill(own, values);
  if (at !== null) return `${say(at.of === "line" ? "at_line" : "at_feature", { n: at.number, name: at.name ? say("so_called", { name: at.name }) : "" })}${said}`;
  const name = field === null || currentLanguage() === "en" ? "" : called(field);
  return name ? say("of_field", { name, said }) : said;
}
