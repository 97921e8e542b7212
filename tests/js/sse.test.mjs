import assert from "node:assert/strict";
import { test } from "node:test";

import { parser } from "../../static/panel/sse.js";

/** @param {string[]} chunks */
function events(...chunks) {
  const found = [];
  const parse = parser((event) => found.push(event));
  for (const chunk of chunks) parse(chunk);
  return found;
}

const HELLO = { id: "7", event: "message", data: '{"a":1}' };

test("an event ends with an empty line, whatever ends the lines", () => {
  for (const end of ["\n", "\r\n", "\r"]) {
    const text = ["id: 7", "event: message", 'data: {"a":1}', "", ": next", ""].join(end);
    assert.deepEqual(events(text), [HELLO]);
  }
});

test("an event may arrive cut at any place", () => {
  const text = 'id: 7\r\nevent: message\r\ndata: {"a":1}\r\n\r\n';
  for (let cut = 0; cut <= text.length; cut++) {
    assert.deepEqual(events(text.slice(0, cut), text.slice(cut), "\n"), [HELLO], `cut at ${cut}`);
  }
});

test("comments and events without data deliver nothing", () => {
  assert.deepEqual(events(": keep-alive\n\n", "event: ready\n\n"), []);
});

test("several data lines are one text", () => {
  assert.equal(events("data: a\ndata: b\n\n")[0].data, "a\nb");
});

test("the id stays until another one comes, and one with U+0000 does not count", () => {
  const found = events("id: 1\ndata: a\n\ndata: b\n\nid: 2\0\ndata: c\n\n");
  assert.deepEqual(found.map((event) => event.id), ["1", "1", "1"]);
});

test("one space after the colon is no part of the value, a second one is", () => {
  assert.equal(events("data:  a\n\n")[0].data, " a");
  assert.equal(events("data:a\n\n")[0].data, "a");
});
