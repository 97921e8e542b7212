import assert from "node:assert/strict";
import { test } from "node:test";

import { Log } from "../../static/panel/log.js";

const message = (seq, kind = "user") => ({
  id: `m${seq}`, seq, author: { kind, name: null }, body: `text ${seq}`, createdAt: "2027-01-15T08:00:00Z",
});
const seqs = (log) => log.messages.map((known) => known.seq);

test("what arrives before the history is loaded is not stored, so nothing before it gets lost", () => {
  const log = new Log();
  assert.equal(log.add(message(7)), false);
  assert.deepEqual(seqs(log), []);
  log.begin(0);
  for (let seq = 1; seq <= 7; seq++) assert.equal(log.add(message(seq)), true);
  assert.deepEqual(seqs(log), [1, 2, 3, 4, 5, 6, 7]);
});

test("the first message of a conversation needs no history", () => {
  const log = new Log();
  assert.equal(log.add(message(1)), true);
  assert.equal(log.add(message(2)), true);
  assert.equal(log.hasEarlier, false);
});

test("a gap is reported and not stored over", () => {
  const log = new Log();
  log.add(message(1));
  assert.equal(log.add(message(3)), false);
  assert.equal(log.lastSeq, 1);
});

test("the same message twice is one message", () => {
  const log = new Log();
  log.add(message(1));
  assert.equal(log.add(message(1)), true);
  assert.deepEqual(seqs(log), [1]);
});

test("a long history begins in the middle, and earlier messages come before it", () => {
  const log = new Log();
  log.begin(100);
  log.add(message(101));
  assert.equal(log.hasEarlier, true);
  log.prepend([message(99), message(100), message(101)], 98);
  assert.deepEqual(seqs(log), [99, 100, 101]);
  assert.equal(log.start, 98);
  assert.equal(log.add(message(50)), true, "what lies before the start is no gap at the end");
});

test("only agents' messages are unread", () => {
  const log = new Log();
  ["user", "agent", "system", "agent"].forEach((kind, at) => log.add(message(at + 1, kind)));
  assert.equal(log.unreadAfter(0), 2);
  assert.equal(log.unreadAfter(2), 1);
});

test("what was taken back stays so, in the log and in older copies that arrive late", () => {
  const log = new Log();
  log.add(message(1));
  const left = { ...message(1), body: "", event: "redacted" };
  log.change(left);
  log.change({ ...message(2), body: "", event: "redacted" });
  log.add(message(1));
  log.add(message(2));
  assert.deepEqual(log.messages.map((known) => known.body), ["", ""]);
  const older = new Log();
  older.begin(1);
  older.change(left);
  older.prepend([message(1)], 0);
  assert.deepEqual(older.messages, [left]);
});
