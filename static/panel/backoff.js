/* How long to wait before the next try. Pure. */

export const FIRST_MS = 1000;
export const MOST_MS = 30000;

/**
 * The wait before try number `attempt` (0 is the first retry): doubling, with jitter, so that clients do not come back
 * all at once.
 * @param {number} attempt
 * @param {number} random between 0 and 1
 */
export function wait(attempt, random) {
  return Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(attempt, 20)) * (0.75 + random / 2);
}

/** Milliseconds a `Retry-After` header asks for; 0 without a usable one. @param {string | null} header */
export function retryAfter(header) {
  const seconds = Number(header);
  return header !== null && Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, 600) * 1000 : 0;
}
