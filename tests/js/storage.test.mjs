import assert from "node:assert/strict";
import { test } from "node:test";

import { Outbox } from "../../static/panel/outbox.js";
import { Slot } from "../../static/panel/slot.js";

/** A storage that a test can look into. */
function shelf() {
  const kept = new Map();
  const storage = {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
  return { kept, slot: () => new Slot("k", () => storage) };
}

test("a visitor finds their draft again", () => {
  const { slot } = shelf();
  const first = slot();
  first.take("ada");
  first.keep("half a sentence");
  assert.equal(slot().take("ada"), "half a sentence");
});

test("somebody else finds nothing, and what was there is deleted", () => {
  const { kept, slot } = shelf();
  const first = slot();
  first.take("ada");
  first.keep("half a sentence");
  assert.equal(slot().take("bob"), "");
  assert.equal(kept.size, 0);
  assert.equal(slot().take("ada"), "");
});

test("blocked storage and broken content are like no storage", () => {
  const blocked = new Slot("k", () => { throw new Error("blocked"); });
  assert.equal(blocked.take("ada"), "");
  blocked.keep("text");
  const { kept, slot } = shelf();
  kept.set("k", "{");
  assert.equal(slot().take("ada"), "");
});

test("what was not confirmed is still in the outbox after a reload, and never in somebody else's", () => {
  const { slot } = shelf();
  const first = new Outbox(slot());
  first.take("ada");
  first.add("c1", "one", 1);
  first.add("c2", "two", 2);
  first.mark("c1", "failed");
  const again = new Outbox(slot());
  again.take("ada");
  assert.deepEqual(again.items, first.items);
  assert.equal(again.next()?.clientMessageId, "c2");
  again.settle("c2");
  again.settle("c1");
  assert.deepEqual(again.items, []);
  const other = new Outbox(slot());
  first.add("c3", "three", 3);
  other.take("bob");
  assert.deepEqual(other.items, []);
});
