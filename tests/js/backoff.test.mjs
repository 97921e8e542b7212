import assert from "node:assert/strict";
import { test } from "node:test";

import { FIRST_MS, MOST_MS, retryAfter, wait } from "../../static/panel/backoff.js";

test("waits double up to a limit", () => {
  assert.deepEqual([0, 1, 2, 3].map((attempt) => wait(attempt, 0.5)), [1000, 2000, 4000, 8000]);
  assert.equal(wait(1000, 0.5), MOST_MS);
});

test("clients do not come back all at once", () => {
  assert.equal(wait(0, 0), FIRST_MS * 0.75);
  assert.equal(wait(0, 1), FIRST_MS * 1.25);
});

test("Retry-After counts when it is a number of seconds, ten minutes at most", () => {
  const table = [["3", 3000], ["0.5", 500], ["9999", 600000], [null, 0], ["", 0], ["-1", 0], ["soon", 0], ["Infinity", 0]];
  for (const [header, ms] of table) assert.equal(retryAfter(header), ms, String(header));
});
