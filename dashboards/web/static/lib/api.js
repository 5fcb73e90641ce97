/** Talks to the API: JSON in and out, problems (RFC 9457) as one kind of error, round trips told to the clock. */

import { learn } from "./clock.js";

const TIMEOUT_MS = 15_000;

/** What went wrong, in the server's words where it had any. */
export class Problem extends Error {
  /**
   * @param {number} status The HTTP status; 0 when no answer came.
   * @param {string} title
   * @param {string} [detail]
   */
  constructor(status, title, detail = "") {
    super(detail || title);
    this.status = status;
    this.title = title;
    this.detail = detail;
  }
}

/**
 * One request. An answer without a session leads to the login page.
 *
 * @param {"GET" | "POST" | "DELETE"} method
 * @param {string} path
 * @param {unknown} [body]
 * @returns {Promise<any>}
 * @throws {Problem}
 */
export async function request(method, path, body) {
  const sent = performance.now();
  /** @type {Response} */
  let response;
  try {
    response = await fetch(path, {
      method,
      credentials: "same-origin",
      cache: "no-store",
      headers: headersFor(method),
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (error) {
    throw new Problem(0, "unreachable", error instanceof Error ? error.message : String(error));
  }
  const received = performance.now();
  if (response.status === 204) return null;
  const content = await response.json().catch(() => null);
  if (response.ok) {
    if (content && typeof content.now === "string") learn(content.now, sent, received);
    return content;
  }
  if (response.status === 401 && path !== "/api/session") goToLogin();
  throw new Problem(response.status, content?.title ?? response.statusText, content?.detail ?? "");
}

/** Leaves for the login page, which leads back here. */
export function goToLogin() {
  location.assign(`/login?next=${encodeURIComponent(location.pathname)}`);
}

/** @param {string} method */
function headersFor(method) {
  const accept = { Accept: "application/json" };
  if (method === "GET") return accept;
  return { ...accept, "Content-Type": "application/json", "X-Fallwatch": "1" };
}
