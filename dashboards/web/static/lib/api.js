/** Talks to the API: JSON in and out, problems (RFC 9457) as one kind of error, round trips told to the clock. */

import { learn } from "./clock.js";

const TIMEOUT_MS = 15_000;
/** Drawing the track into a clip takes about as long as the clip. */
export const MAKING_MS = 300_000;

/** What went wrong, in the server's words where it had any. */
export class Problem extends Error {
  /**
   * @param {number} status The HTTP status; 0 when no answer came.
   * @param {string} title
   * @param {string} [detail]
   * @param {boolean} [isOfFactor] It is the second factor that is missing or wrong.
   * @param {Record<string, string>} [fields] Which fields of what was sent do not fit, and why.
   * @param {import("./refused.js").Objection[]} [objections] What is wrong, each with its code.
   */
  constructor(status, title, detail = "", isOfFactor = false, fields = {}, objections = []) {
    super(detail || title);
    this.status = status;
    this.fields = fields;
    this.objections = objections;
    /** Whether what a box's own file says would count no more. */
    this.replacesOwn = false;
    /** Fields beside which it is said; the others are said below the form. @type {Set<string>} */
    this.placed = new Set();
    this.isOfFactor = isOfFactor;
    this.title = title;
    this.detail = detail;
  }
}

/**
 * One request. An answer without a session leads to the login page.
 *
 * @param {"GET" | "POST" | "PUT" | "DELETE"} method
 * @param {string} path
 * @param {unknown} [body] Sent as JSON, a file as it is.
 * @param {number} [timeout_ms]
 * @returns {Promise<any>}
 * @throws {Problem}
 */
export async function request(method, path, body, timeout_ms = TIMEOUT_MS) {
  const sent = performance.now();
  const response = await fetched(method, path, body, timeout_ms);
  const received = performance.now();
  if (response.status === 204) return null;
  const content = await response.json().catch(() => null);
  if (content && typeof content.now === "string") learn(content.now, sent, received);
  return content;
}

/**
 * A file that is made on demand, saved under the name that the server gives it.
 *
 * @param {string} path
 * @param {unknown} body
 * @throws {Problem}
 */
export async function download(path, body) {
  const response = await fetched("POST", path, body, MAKING_MS);
  const name = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition") ?? "")?.[1] ?? "";
  const address = URL.createObjectURL(await response.blob());
  const link = Object.assign(document.createElement("a"), { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), TIMEOUT_MS);
}

/** @param {"GET" | "POST" | "PUT" | "DELETE"} method @param {string} path @param {unknown} body @param {number} timeout_ms */
async function fetched(method, path, body, timeout_ms) {
  /** @type {Response} */
  let response;
  try {
    response = await fetch(path, {
      method,
      credentials: "same-origin",
      cache: "no-store",
      headers: headersFor(method, body instanceof Blob ? body.type : "application/json"),
      signal: AbortSignal.timeout(timeout_ms),
      ...(body === undefined ? {} : { body: body instanceof Blob ? body : JSON.stringify(body) }),
    });
  } catch (error) {
    throw new Problem(0, "unreachable", error instanceof Error ? error.message : String(error));
  }
  if (response.ok) return response;
  if (response.status === 401 && path !== "/api/session") goToLogin();
  const content = await response.json().catch(() => null);
  const problem = new Problem(response.status, content?.title ?? response.statusText, content?.detail ?? "", content?.second_factor === true, content?.fields, content?.objections);
  problem.replacesOwn = content?.replaces_own === true;
  throw problem;
}

/** Leaves for the login page, which leads back here. */
export function goToLogin() {
  location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
}

/** @param {string} method @param {string} type */
function headersFor(method, type) {
  const accept = { Accept: "application/json" };
  if (method === "GET") return accept;
  return { ...accept, "Content-Type": type, "X-Fallwatch": "1" };
}
