/* The npm package: once in a page, nothing on a server. */

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { load } from "../../packages/whosthere/index.js";

const options = { src: "https://chat.example.com/embed.js", config: { platformId: "p", userId: "ada" } };

/** A page that is just large enough: it keeps the scripts that are put into it. */
function page() {
  const scripts = [];
  globalThis.window = {};
  globalThis.document = {
    createElement: () => ({ remove() { scripts.splice(scripts.indexOf(this), 1); } }),
    head: { append: (script) => scripts.push(script) },
  };
  return scripts;
}

afterEach(() => {
  delete globalThis.window;
  delete globalThis.document;
});

test("On a server it does nothing, and says nothing.", () => {
  const chat = load(options);
  assert.equal(chat("open"), undefined);
});

test("In a page it sets the config, a queue and one script.", () => {
  const scripts = page();
  const chat = load({ ...options, nonce: "n" });
  chat("open");
  assert.equal(scripts.length, 1);
  assert.deepEqual([scripts[0].src, scripts[0].async, scripts[0].nonce], [options.src, true, "n"]);
  assert.equal(window.whosthereConfig, options.config);
  assert.deepEqual(window.Whosthere.q, [["open"]]);
});

test("A second call with the same config changes nothing; with another one it is an update.", () => {
  const scripts = page();
  load(options);
  const chat = load({ ...options, config: { ...options.config } });
  assert.deepEqual(window.Whosthere.q, []);
  load({ ...options, config: { platformId: "p", userId: "bob" } });
  assert.deepEqual(window.Whosthere.q, [["update"]]);
  chat("open");
  assert.deepEqual(window.Whosthere.q, [["update"], ["open"]]);
  assert.equal(scripts.length, 1);
});

test("What it returned before goes on to serve after the script has come, and after destroy.", () => {
  const scripts = page();
  const chat = load(options);
  const heard = [];
  window.Whosthere = Object.assign((...args) => heard.push(args), { q: { push() {} } });
  chat("open");
  assert.deepEqual(heard, [["open"]]);
  window.Whosthere = () => {};
  chat("open");
  load(options);
  assert.equal(scripts.length, 2);
});

test("When the script cannot be loaded, the next call tries again.", () => {
  const scripts = page();
  load(options);
  scripts[0].onerror();
  assert.equal(scripts.length, 0);
  load(options);
  assert.equal(scripts.length, 1);
});
