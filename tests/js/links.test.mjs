import assert from "node:assert/strict";
import { test } from "node:test";

import { parts } from "../../static/panel/later/links.js";

const hrefs = (text) => parts(text).filter((part) => part.href).map((part) => part.href);

test("the parts are the text", () => {
  for (const text of ["", "plain", "see https://a.example/x, then (http://b.example) and mailto:ada@example.com!", "https://"]) {
    assert.equal(parts(text).map((part) => part.text).join(""), text);
  }
});

test("web and mail addresses are links", () => {
  assert.deepEqual(hrefs("https://a.example/x?y=1#z http://b.example mailto:ada@example.com"), [
    "https://a.example/x?y=1#z", "http://b.example/", "mailto:ada@example.com",
  ]);
});

test("what ends the sentence is not part of the address, what closes a bracket of its own is", () => {
  assert.deepEqual(hrefs("(see https://a.example/x). https://a.example/b_(c)!"), ["https://a.example/x", "https://a.example/b_(c)"]);
});

test("nothing else becomes a link", () => {
  const others = [
    "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "vbscript:x", "//a.example", "www.a.example", "xhttps://a.example",
    "https://ada:secret@a.example", "mailto:nobody", "https://", "ada@example.com", "http:a.example",
  ];
  for (const text of others) assert.deepEqual(hrefs(text), [], text);
});

test("an address cannot turn the direction of the text around", () => {
  assert.deepEqual(hrefs("https://a.example/\u202etxt.exe"), ["https://a.example/"]);
});
