/**
 * The server's time as this browser knows it. A browser's clock may be wrong by hours, so every age and every
 * delay is told in server time: the offset comes from the request with the shortest round trip (the middle of
 * the round trip is taken as the moment of the answer, as NTP does, RFC 5905 section 8).
 */

const KEEP_MS = 5 * 60_000;

/** @type {{offset_ms: number, half_trip_ms: number, at: number} | null} */
let best = null;

/**
 * Learns from one answer.
 *
 * @param {string} now The server's clock in the answer.
 * @param {number} sent `performance.now()` when the request left, milliseconds.
 * @param {number} received `performance.now()` when the answer was there, milliseconds.
 */
export function learn(now, sent, received) {
  const half_trip_ms = (received - sent) / 2;
  const isBetter = best === null || half_trip_ms <= best.half_trip_ms || received - best.at > KEEP_MS;
  if (isBetter) best = { offset_ms: Date.parse(now) - (sent + received) / 2, half_trip_ms, at: received };
}

/** The server's time in milliseconds since 1970; the browser's own before anything was learnt. */
export function serverNow() {
  return best === null ? Date.now() : performance.now() + best.offset_ms;
}

/**
 * How long a message was on its way, seconds; null before anything was learnt.
 *
 * @param {string} now The server's clock in the message.
 */
export function delayOf(now) {
  return best === null ? null : Math.max(0, (serverNow() - Date.parse(now)) / 1000);
}
