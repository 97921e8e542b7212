import assert from "node:assert/strict";
import { test } from "node:test";

import { all, transcript } from "../../static/panel/later/transcript.js";
import { words } from "../../static/panel/words/en.js";

const said = (kind, body, more = {}) => ({ author: { kind, name: more.name ?? null }, body, createdAt: "2027-01-15T08:00:00Z", ...more });

test("a transcript names who said what and when, with files and what happened", () => {
  const messages = [
    said("user", "Where is it?"),
    said("agent", "Here:\nlook", { name: "Grace", attachments: [{ name: "receipt.pdf" }] }),
    said("agent", "Bye"),
    said("system", "", { event: "resolved" }),
  ];
  const text = transcript(messages, { title: "T", words, exact: () => "then" });
  const lines = ["T", "", "[then] You", "Where is it?", "", "[then] Grace", "Here:", "look", "[receipt.pdf]", ""];
  assert.equal(text, [...lines, "[then] Support", "Bye", "", "[then] Marked as resolved", ""].join("\r\n"));
});

test("every page of the log is read", async () => {
  const pages = { 0: { items: [1, 2], next: 2 }, 2: { items: [3], next: null } };
  const api = { call: async (method, path) => pages[path.split("after=")[1]] };
  assert.deepEqual(await all(api, "/conversations/c"), [1, 2, 3]);
});
