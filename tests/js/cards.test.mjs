import assert from "node:assert/strict";
import { test } from "node:test";

import { card, presence } from "../../static/panel/cards.js";

const QUIET = { state: "open", wrote: true, missing: [], asked: false, offer: null };

for (const [what, change, wanted] of [
  ["nothing to ask", {}, ""],
  ["a missing name", { missing: ["name"] }, "contact"],
  ["a missing name before anything was written", { missing: ["name"], wrote: false }, ""],
  ["a missing name that was asked for before", { missing: ["name"], asked: true }, ""],
  ["an offer, and a missing name", { missing: ["name"], offer: { conversations: 1 } }, "offer"],
  ["an offer in a resolved conversation", { state: "resolved", offer: { conversations: 1 } }, "resolved"],
  ["a rejected conversation", { state: "rejected", missing: ["name"] }, "over"],
  ["an ended conversation", { state: "ended" }, "over"],
  ["no conversation yet", { state: undefined, wrote: false }, ""],
]) {
  test(`the card for ${what}`, () => assert.equal(card({ ...QUIET, ...change }), wanted));
}

for (const [widget, wanted] of [
  [{}, "here"],
  [{ away: false, closesAt: 101 }, "here"],
  [{ away: false, closesAt: 100 }, ""],
  [{ away: true, opensAt: 101 }, "away"],
  [{ away: true, opensAt: 100 }, ""],
  [{ away: true, opensAt: null }, "away"],
]) {
  test(`at 100, ${JSON.stringify(widget)} means "${wanted}"`, () => assert.equal(presence(widget, 100), wanted));
}
