/** Pages without a live line: loaded when they open, and again after each thing that was done. */

import { Problem, request } from "./api.js";
import { currentLanguage, setLanguage } from "./i18n.js";
import { html, render } from "./lit.js";
import { attempt, header, refusal, withoutSnapshot } from "./shell.js";

/** @typedef {import("./lit.js").Fragment} Fragment */

/**
 * Starts such a page.
 *
 * @template Snapshot
 * @param {import("./types.js").PageName} page
 * @param {string} path Where the snapshot comes from.
 * @param {(snapshot: Snapshot) => Fragment} body
 * @returns {{redraw: () => void, reload: () => Promise<void>, act: (action: () => Promise<void>) => Promise<void>}}
 *   act: does something that may be refused, says so when it is, and loads anew.
 */
export function startPlainPage(page, path, body) {
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
      snapshot = /** @type {Snapshot} */ (await request("GET", path));
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
