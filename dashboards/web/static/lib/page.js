/**
 * What every live page does: load a snapshot, follow the changes after it, fetch anew (never twice at a time)
 * when something changed, and draw whenever there is something new to say, at least once a second.
 */

import { Problem, request } from "./api.js";
import { follow } from "./live.js";

/** Changes come in bursts: one transaction tells of an alert, a clip and a camera. */
const COALESCE_MS = 120;
const RETRY_MS = 3000;
/** Cameras tell of their minutes all the time, and each moves a day's share by little: they wait for each other. */
const MINUTES_MS = 5000;

/**
 * @template Snapshot
 * @typedef {{snapshot: Snapshot | null, problem: Problem | null, live: import("./live.js").LiveState}} View
 */

/**
 * Starts a live page.
 *
 * @template {{change: number}} Snapshot
 * @param {string | (() => string)} path Where the snapshot comes from.
 * @param {(view: View<Snapshot>) => void} draw
 * @param {(snapshot: Snapshot, changes: import("./types.js").Change[]) => Promise<void> | void} [onSnapshot]
 *   Told of each new snapshot and of the changes that led to it, before it is drawn.
 * @returns {{redraw: () => void, refetch: () => void, snapshot: () => Snapshot | null}}
 */
export function startPage(path, draw, onSnapshot = () => undefined) {
  /** @type {View<Snapshot>} */
  const view = { snapshot: null, problem: null, live: { state: "connecting", delay_s: null, since: 0 } };
  /** @type {import("./types.js").Change[]} */
  let changes = [];
  let isFollowing = false;
  let isFetching = false;
  let isWanted = false;
  let isDrawing = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let minutes;

  function redraw() {
    if (isDrawing) return;
    isDrawing = true;
    requestAnimationFrame(() => {
      isDrawing = false;
      draw(view);
    });
  }

  async function fetchSnapshot() {
    isFetching = true;
    isWanted = false;
    clearTimeout(minutes);
    minutes = undefined;
    const seen = changes;
    changes = [];
    try {
      const snapshot = /** @type {Snapshot} */ (await request("GET", typeof path === "function" ? path() : path));
      await onSnapshot(snapshot, seen);
      view.snapshot = snapshot;
      view.problem = null;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      changes = [...seen, ...changes].slice(-200); // told again with the next snapshot
      view.problem = error;
    } finally {
      isFetching = false;
      redraw();
    }
    if (view.snapshot !== null && !isFollowing) startFollowing(view.snapshot.change);
    if (isWanted) setTimeout(fetchSnapshot, COALESCE_MS);
    else if (view.problem) setTimeout(refetch, RETRY_MS);
  }

  function refetch() {
    if (isWanted) return;
    isWanted = true;
    if (!isFetching) setTimeout(fetchSnapshot, COALESCE_MS);
  }

  /** @param {number} since */
  function startFollowing(since) {
    isFollowing = true;
    let wasLost = false;
    follow(
      since,
      (change) => {
        changes = [...changes, change].slice(-200);
        if (change.topic === "minute") minutes ??= setTimeout(refetch, MINUTES_MS);
        else refetch();
      },
      (state) => {
        view.live = state;
        if (state.state === "open" && wasLost) refetch();
        wasLost = state.state === "lost";
        redraw();
      },
    );
  }

  // A page out of the browser's cache has a dead line and old numbers.
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  void fetchSnapshot();
  setInterval(redraw, 1000);
  redraw();
  return { redraw, refetch, snapshot: () => view.snapshot };
}
