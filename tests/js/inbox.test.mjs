// The parts of the inbox that need no page.

import assert from "node:assert/strict";
import { test } from "node:test";

import { dayOf } from "../../static/inbox/days.js";
import { isFresh } from "../../static/inbox/notify.js";
import { fitting } from "../../static/inbox/options.js";
import { notice } from "../../static/inbox/presence.js";
import { trigger } from "../../static/inbox/suggest.js";

test("a slash offers replies where a word begins, and nowhere else", () => {
  assert.deepEqual(trigger("/", false), { sign: "/", typed: "", start: 0 });
  assert.deepEqual(trigger("Dear /re", false), { sign: "/", typed: "re", start: 5 });
  for (const text of ["and/or", "https://", "a /re now", "/re "]) assert.equal(trigger(text, false), null, text);
});

test("an at sign offers colleagues in notes only", () => {
  assert.deepEqual(trigger("please (@sa", true), { sign: "@", typed: "sa", start: 8 });
  assert.equal(trigger("please @sa", false), null);
  assert.equal(trigger("mail sam@example", true), null);
});

test("choices are found by any of their words, by their name first", () => {
  const all = [
    { label: "/hello", hint: "let me refer" },
    { label: "/refund", hint: "It is on its way" },
    { label: "/other", hint: "x" },
  ];
  assert.deepEqual(fitting(all, "ref", 9).map((one) => one.label), ["/refund", "/hello"]);
  assert.deepEqual(fitting(all, "WAY refund", 9).map((one) => one.label), ["/refund"]);
  assert.equal(fitting(all, "", 2).length, 2);
});

test("whoever writes is named before whoever looks", () => {
  const [ada, bob, eve] = ["Ada", "Bob", "Eve"].map((name) => ({ name, typing: false }));
  assert.equal(notice([]), "");
  assert.equal(notice([ada]), "Ada is looking at this, too");
  assert.equal(notice([ada, bob]), "Ada and Bob are looking at this, too");
  assert.equal(notice([ada, bob, eve]), "3 colleagues are looking at this, too");
  assert.equal(notice([ada, { ...bob, typing: true }]), "Bob is replying");
});

test("only a visitor's newer, unread message outside the spam is news", () => {
  const item = { place: "inbox", unread: 1, lastMessage: { authorKind: "user", createdAt: "2026-11-22T10:00:01.000Z" } };
  const since = "2026-11-22T10:00:00.000Z";
  assert.equal(isFresh(item, since), true);
  assert.equal(isFresh(item, item.lastMessage.createdAt), false);
  assert.equal(isFresh({ ...item, place: "spam" }, since), false);
  assert.equal(isFresh({ ...item, unread: 0 }, since), false);
  assert.equal(isFresh({ ...item, lastMessage: { ...item.lastMessage, authorKind: "agent" } }, since), false);
});

test("a day is the agent's own", () => {
  const midnight = new Date(2026, 10, 22).getTime();
  assert.equal(dayOf(midnight), "2026-11-22");
  assert.equal(dayOf(midnight - 1), "2026-11-21");
});
