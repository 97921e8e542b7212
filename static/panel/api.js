/* Calls of the widget API with the session the page handed over. */

import { retryAfter } from "./backoff.js";

const PATIENCE_MS = 15000;

/** What an answer other than success says. */
export class ApiError extends Error {
  /** @param {number} status @param {string} code @param {string} field @param {number} retryAfterMs @param {any} [challenge] */
  constructor(status, code, field, retryAfterMs, challenge) {
    super(code);
    this.status = status;
    this.code = code;
    this.field = field;
    this.retryAfterMs = retryAfterMs;
    this.challenge = challenge;
  }
}

export class Api {
  /** @param {string} base */
  constructor(base) {
    this.base = base;
    this.session = "";
  }

  /** @param {string} method @param {string} path @param {unknown} [body] @returns {Promise<any>} */
  async call(method, path, body) {
    const headers = /** @type {Record<string, string>} */ (body === undefined ? {} : { "Content-Type": "application/json" });
    const response = await this.open(method, path, headers, body, AbortSignal.timeout(PATIENCE_MS));
    return response.status === 204 ? null : response.json();
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {Record<string, string>} headers
   * @param {unknown} [body]
   * @param {AbortSignal} [signal]
   */
  async open(method, path, headers, body, signal) {
    const response = await fetch(this.base + path, {
      method,
      headers: { Authorization: `Bearer ${this.session}`, ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "omit",
      cache: "no-store",
      signal,
    });
    if (response.ok) return response;
    const problem = await response.json().catch(() => ({}));
    const after = retryAfter(response.headers.get("Retry-After"));
    throw new ApiError(response.status, String(problem.code || "unknown"), String(problem.field || ""), after, problem.challenge);
  }
}
