import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { Typing } from "../../static/panel/typing.js";

function scene({ writable = true } = {}) {
  const told = [];
  const chat = {
    thread: { id: "c", path: "/c", writable },
    api: { session: "s", call: async (method, path, body) => void told.push(body.typing) },
    outside: { changed() {} },
  };
  return { told, typing: new Typing(chat) };
}

test("typing is told every three seconds at most, and its end once", () => {
  mock.timers.enable({ apis: ["Date", "setTimeout"], now: 1_000_000 });
  const { told, typing } = scene();
  for (const ms of [0, 1000, 1000, 1500]) {
    mock.timers.tick(ms);
    typing.wrote(false);
  }
  typing.wrote(true);
  typing.wrote(true);
  assert.deepEqual(told, [true, true, false]);
  mock.timers.reset();
});

test("nothing is told where nothing may be written", () => {
  const { told, typing } = scene({ writable: false });
  typing.wrote(false);
  assert.deepEqual(told, []);
});

test("that the other side types is forgotten when the server said, and is of this conversation only", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { typing } = scene();
  typing.heard({ conversationId: "another", typing: true, expiresInSeconds: 6 });
  assert.equal(typing.on, false);
  typing.heard({ conversationId: "c", typing: true, expiresInSeconds: 6 });
  assert.equal(typing.on, true);
  mock.timers.tick(5999);
  assert.equal(typing.on, true);
  mock.timers.tick(1);
  assert.equal(typing.on, false);
  mock.timers.reset();
});
