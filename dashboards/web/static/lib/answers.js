/** What a part of a page asks for itself: the answer to what was asked last, and what went wrong with it. */

import { Problem, request } from "./api.js";

/**
 * ask: asks where that is another question than before. again: asks the same anew; what was answered stays meanwhile.
 *
 * @template Answer
 * @typedef {{readonly found: Answer | null, readonly problem: Problem | null, ask: (path: string) => void, again: () => Promise<void>}} Answers
 */

/**
 * @template Answer
 * @param {() => void} redraw
 * @returns {Answers<Answer>}
 */
export function answers(redraw) {
  /** @type {{path: string, found: Answer | null, problem: Problem | null}} */
  const at = { path: "", found: null, problem: null };

  async function again() {
    const path = at.path;
    if (!path) return;
    try {
      const found = await request("GET", path);
      if (path === at.path) Object.assign(at, { found, problem: null }); // else another was asked for meanwhile
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (path === at.path) at.problem = error;
    }
    redraw();
  }

  /** @param {string} path */
  function ask(path) {
    if (at.path === path) return;
    Object.assign(at, { path, found: null, problem: null });
    // Asked for while a page is drawn: not within that.
    queueMicrotask(() => void again());
  }

  return { get found() { return at.found; }, get problem() { return at.problem; }, ask, again };
}
