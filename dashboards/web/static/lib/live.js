/**
 * The live line: server-sent events with a state that people can see. A line that falls silent is closed and
 * opened anew from the last change seen, so that nothing is missed; a page without a line says so.
 */

import { goToLogin, Problem, request } from "./api.js";
import { delayOf } from "./clock.js";

/** @typedef {{state: "connecting" | "open" | "lost", delay_s: number | null, since: number}} LiveState */

/** Pings come every 5 s: three missed ones are a dead line. */
const SILENCE_MS = 16_000;
const BACKOFF_MS = [500, 1000, 2000, 4000, 8000];

/**
 * Follows the changes after `since`.
 *
 * @param {number} since Change number of the snapshot in hand.
 * @param {(change: import("./types.js").Change) => void} onChange
 * @param {(state: LiveState) => void} onState
 */
export function follow(since, onChange, onState) {
  let last = since;
  let attempts = 0;
  let closed = false;
  /** @type {EventSource | null} */
  let source = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let watchdog;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let retry;
  /** @type {LiveState} */
  let state = { state: "connecting", delay_s: null, since: performance.now() };

  /** @param {Partial<LiveState>} change */
  function tell(change) {
    const moved = change.state !== undefined && change.state !== state.state;
    state = { ...state, ...change, since: moved ? performance.now() : state.since };
    onState(state);
  }

  function heard() {
    attempts = 0;
    clearTimeout(watchdog);
    watchdog = setTimeout(lose, SILENCE_MS);
  }

  function lose() {
    clearTimeout(watchdog);
    source?.close();
    source = null;
    if (closed) return;
    tell({ state: "lost", delay_s: null });
    const pause = BACKOFF_MS[Math.min(attempts++, BACKOFF_MS.length - 1)] ?? 8000;
    retry = setTimeout(open, pause * (0.75 + Math.random() / 2));
    leaveIfLoggedOut();
  }

  function open() {
    source = new EventSource(`/api/live?since=${last}`);
    source.addEventListener("open", () => {
      heard();
      tell({ state: "open" });
    });
    source.addEventListener("ping", (event) => {
      heard();
      tell({ state: "open", delay_s: delayOf(JSON.parse(event.data).now) });
    });
    source.addEventListener("change", (event) => {
      heard();
      last = Math.max(last, Number(event.lastEventId) || 0);
      onChange(JSON.parse(event.data));
    });
    source.addEventListener("error", lose);
    watchdog = setTimeout(lose, SILENCE_MS);
  }

  function close() {
    closed = true;
    clearTimeout(retry);
    lose();
  }

  addEventListener("pagehide", close, { once: true });
  onState(state);
  open();
  return close;
}

/** An event stream does not tell why it was refused; the session does. */
async function leaveIfLoggedOut() {
  try {
    await request("GET", "/api/session");
  } catch (error) {
    if (error instanceof Problem && error.status === 401) goToLogin();
  }
}
