import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";

import { sha256, solve } from "../../static/panel/later/proof.js";

const hex = (text) => createHash("sha256").update(text).digest("hex");

test("the digest is that of SHA-256, whatever the length", () => {
  for (let length = 0; length < 200; length++) {
    const text = "whosthere".repeat(23).slice(0, length);
    const words = Array.from(sha256(text), (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
    assert.equal(words, hex(text), `length ${length}`);
  }
});

test("the number is found, and what was signed goes back with it", async () => {
  const salt = "0123456789abcdef?expires=1800000000&", signature = "signed";
  for (const number of [0, 1, 255, 4711]) {
    const challenge = hex(salt + number);
    const asked = { algorithm: "SHA-256", challenge, maxNumber: 5000, salt, signature };
    assert.deepEqual(await solve(asked), { algorithm: "SHA-256", challenge, number, salt, signature });
  }
});

test("a challenge without a solution, or of another kind, is given up", async () => {
  const asked = { algorithm: "SHA-256", challenge: hex("nothing"), maxNumber: 300, salt: "s&", signature: "" };
  await assert.rejects(solve(asked));
  await assert.rejects(solve({ ...asked, algorithm: "SHA-1" }));
});
