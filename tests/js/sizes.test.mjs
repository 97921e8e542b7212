import assert from "node:assert/strict";
import { test } from "node:test";

import { ending, mediaType, reason, refusal, size } from "../../static/panel/later/sizes.js";

const LIMITS = { maxBytes: 1000, mediaTypes: ["image/png", "text/plain"] };

for (const [file, type, why] of [
  [{ name: "a.png", type: "image/png", size: 1 }, "image/png", ""],
  [{ name: "a.png", type: "image/png", size: 1001 }, "image/png", "tooLarge"],
  [{ name: "a.png", type: "image/png", size: 0 }, "image/png", "damaged"],
  [{ name: "README.md", type: "", size: 1 }, "text/plain", ""],
  [{ name: "server.LOG", type: "application/octet-stream", size: 1 }, "text/plain", ""],
  [{ name: "a.pdf", type: "application/pdf", size: 1 }, "application/pdf", "wrongKind"],
  [{ name: "page.html", type: "text/html", size: 1 }, "text/html", "wrongKind"],
  [{ name: "nothing", type: "", size: 1 }, "", "wrongKind"],
]) {
  test(`${file.name}, ${file.size} bytes: ${why || "may be sent"}`, () => {
    assert.equal(mediaType(file), type);
    assert.equal(refusal(file, LIMITS), why);
  });
}

test("what the server says becomes a reason that a visitor understands", () => {
  const answers = [[413, ""], [415, ""], [400, "invalid_field"], [400, "attachment_refused"], [429, ""], [503, ""], [0, ""]];
  assert.deepEqual(
    answers.map(([status, code]) => reason(status, code)),
    ["tooLarge", "wrongKind", "wrongKind", "damaged", "muchToday", "notUploaded", "notUploaded"],
  );
});

test("sizes are short and of this language", () => {
  assert.deepEqual([1, 999, 84_012, 999_600, 1_240_000, 10_000_000].map((bytes) => size(bytes, "en")), [
    "1 byte", "999 bytes", "84 kB", "1 MB", "1.2 MB", "10 MB",
  ]);
  assert.equal(size(1_240_000, "de"), "1,2 MB");
});

test("the sheet of paper shows the end of the name", () => {
  assert.deepEqual(["a.pdf", "a.tar.markdown", "nothing"].map(ending), ["PDF", "MARK", ""]);
});
