/**
 * What a page shows, kept in its address: a step can be sent to a colleague, opened beside, and undone by the browser's
 * way back.
 */

import { html } from "./lit.js";

/** @typedef {import("./lit.js").Fragment} Fragment */

/**
 * @template {string} Key
 * @typedef {{at: Readonly<Record<Key, string>>, go: (change: Partial<Record<Key, string>>, isStep?: boolean) => void,
 *   href: (change: Partial<Record<Key, string>>) => string,
 *   link: (change: Partial<Record<Key, string>>, content: Fragment, more?: {title?: string}) => Fragment}} Address
 */

/**
 * The address of this page. Empty is what nothing is said of.
 *
 * @template {string} Key
 * @param {readonly Key[]} keys
 * @param {(before: Record<Key, string>) => void} onTurn Told of each change, the way back too, and what was there before.
 * @returns {Address<Key>}
 */
export function addressOf(keys, onTurn) {
  let at = read();

  function read() {
    const asked = new URLSearchParams(location.search);
    return /** @type {Record<Key, string>} */ (Object.fromEntries(keys.map((key) => [key, asked.get(key) ?? ""])));
  }

  /** @param {Partial<Record<Key, string>>} change */
  function href(change) {
    const told = Object.entries({ ...at, ...change }).filter(([, value]) => value);
    return told.length === 0 ? location.pathname : `${location.pathname}?${new URLSearchParams(/** @type {[string, string][]} */ (told))}`;
  }

  /** isStep: the way back leads to what was before. @param {Partial<Record<Key, string>>} change @param {boolean} [isStep] */
  function go(change, isStep = true) {
    const next = href(change);
    if (next === href({})) return;
    if (isStep) history.pushState(null, "", next);
    else history.replaceState(null, "", next);
    turn({ ...at, ...change });
  }

  /** @param {Record<Key, string>} to */
  function turn(to) {
    const before = at;
    at = to;
    onTurn(before);
  }

  /** @param {Partial<Record<Key, string>>} change @param {Fragment} content @param {{title?: string}} [more] */
  function link(change, content, { title = "" } = {}) {
    /** @param {MouseEvent} event */
    const follow = (event) => {
      // Whoever wants it beside gets it so.
      if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      go(change);
    };
    return html`<a href=${href(change)} title=${title} @click=${follow}>${content}</a>`;
  }

  addEventListener("popstate", () => turn(read()));
  return { get at() { return at; }, go, href, link };
}
