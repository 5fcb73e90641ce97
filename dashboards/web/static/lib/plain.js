/** Pages without a live line: loaded when they open, and again after each thing that was done. */

import { Problem, request } from "./api.js";
import { currentLanguage, setLanguage } from "./i18n.js";
import { html, render } from "./lit.js";
import { attempt, header, refusal, withoutSnapshot } from "./shell.js";

/** @typedef {import("./lit.js").Fragment} Fragment */

/**
 * act: does something that may be refused, says so when it is, and loads anew.
 *
 * @typedef {{redraw: () => void, reload: () => Promise<void>, act: (action: () => Promise<void>) => Promise<void>}} PlainPage
 */
/** Where a snapshot comes from: an address, or what reads it. @template Snapshot @typedef {string | (() => Promise<Snapshot>)} Source */

/**
 * Starts such a page.
 *
 * @template Snapshot
 * @param {import("./types.js").PageName} page
 * @param {Source<Snapshot>} source
 * @param {(snapshot: Snapshot) => Fragment} body
 * @returns {PlainPage}
 */
export function startPlainPage(page, source, body) {
  const root = /** @type {HTMLElement} */ (document.getElementById("app"));
  /** @type {Snapshot | null} */
  let snapshot = null;
  /** @type {Problem | null} */
  let problem = null;

  function redraw() {
    const content = snapshot === null ? withoutSnapshot(problem, reload) : body(snapshot);
    render(html`${header(page, null, html``, redraw)}${content}${refusal(redraw)}`, root);
  }

  async function reload() {
    try {
      snapshot = /** @type {Snapshot} */ ((typeof source === "string" ? await request("GET", source) : await source()));
      problem = null;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      problem = error;
    }
    redraw();
  }

  /** @param {() => Promise<void>} action */
  async function act(action) {
    await attempt(action, redraw);
    await reload();
  }

  setLanguage(currentLanguage());
  redraw();
  void reload();
  return { redraw, reload, act };
}
