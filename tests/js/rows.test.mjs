import assert from "node:assert/strict";
import { test } from "node:test";

import { rows } from "../../static/panel/rows.js";
import { words } from "../../static/panel/words/en.js";

const NOON = new Date(2027, 0, 15, 12, 0).getTime();
const MINUTE = 60000;
const times = { time: (at) => `t${Math.round((at - NOON) / MINUTE)}`, day: (at) => `day ${new Date(at).getDate()}` };
const how = { now: NOON, words, times };

let seq = 0;
const said = (kind, at, more = {}) => ({
  id: `m${++seq}`, seq, author: { kind, name: kind === "agent" ? "Grace" : null }, body: "text",
  createdAt: new Date(at).toISOString(), ...more,
});

test("each day begins with its name", () => {
  const day = 24 * 60 * MINUTE;
  const found = rows([said("user", NOON - 5 * day), said("user", NOON - day), said("user", NOON)], [], how);
  assert.deepEqual(found.filter((row) => row.kind === "day").map((row) => row.body), ["day 10", "Yesterday", "Today"]);
});

test("messages of one author within five minutes are one group with one name and one time", () => {
  const found = rows([said("agent", NOON), said("agent", NOON + MINUTE), said("agent", NOON + 10 * MINUTE)], [], how);
  const messages = found.filter((row) => row.kind === "agent");
  assert.deepEqual(messages.map((row) => row.named), [true, false, true]);
  assert.deepEqual(messages.map((row) => row.meta), ["", "t1", "t10"]);
  assert.deepEqual(messages.map((row) => row.author), ["Grace", "Grace", "Grace"]);
});

test("two agents are two groups", () => {
  const found = rows([said("agent", NOON), said("agent", NOON, { author: { kind: "agent", name: "Sam" } })], [], how);
  assert.deepEqual(found.slice(1).map((row) => row.named), [true, true]);
});

test("a message keeps its key from the first try to send until the server has stored it", () => {
  const waiting = { clientMessageId: "c1", text: "text", state: "sending", at: NOON };
  const before = rows([], [waiting], how).at(-1);
  const after = rows([said("user", NOON, { clientMessageId: "c1" })], [], how).at(-1);
  assert.equal(before.key, after.key);
  assert.equal(before.meta, words.sending);
  assert.equal(after.meta, `t0 · ${words.sent}`);
});

test("a message that is stored and still in the outbox is shown once", () => {
  const waiting = { clientMessageId: "c1", text: "text", state: "sending", at: NOON };
  const found = rows([said("user", NOON, { clientMessageId: "c1" })], [waiting], how);
  assert.equal(found.filter((row) => row.kind === "user").length, 1);
});

test("a message that failed says so and can be tried again", () => {
  const found = rows([], [{ clientMessageId: "c1", text: "text", state: "failed", at: NOON }], how).at(-1);
  assert.equal(found.meta, words.failed);
  assert.equal(found.retry, "c1");
});

test("events of a conversation are told in words", () => {
  const found = rows([said("system", NOON, { event: "resolved" }), said("system", NOON, { event: "new-one" })], [], how);
  assert.deepEqual(found.slice(1).map((row) => row.body), [words.events.resolved, "new-one"]);
});

test("the newest message that the team has read says so, until they answer", () => {
  const log = [said("user", NOON), said("user", NOON + MINUTE), said("user", NOON + 2 * MINUTE)];
  const metas = (messages, seen, waiting = []) =>
    rows(messages, waiting, { ...how, seen }).filter((row) => row.kind === "user").map((row) => row.meta);
  assert.deepEqual(metas(log, log[0].seq - 1), ["", "", `t2 · ${words.sent}`]);
  assert.deepEqual(metas(log, log[1].seq), ["", `t1 · ${words.seen}`, `t2 · ${words.sent}`]);
  assert.deepEqual(metas(log, log[2].seq), ["", "", `t2 · ${words.seen}`]);
  assert.deepEqual(metas([...log, said("agent", NOON + 3 * MINUTE)], seq), ["", "", "t2"]);
  const waiting = { clientMessageId: "c1", text: "text", state: "sending", at: NOON + 3 * MINUTE };
  assert.deepEqual(metas(log, log[2].seq, [waiting]), ["", "", `t2 · ${words.seen}`, words.sending]);
});
