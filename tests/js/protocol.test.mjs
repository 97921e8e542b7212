import assert from "node:assert/strict";
import { test } from "node:test";

import { allows, isPort } from "../../static/panel/protocol.js";

const SHOP = "https://shop.example.com";

test("an origin is compared as a whole string, and a star is exactly one label", () => {
  const table = [
    [[SHOP], SHOP, true],
    [[SHOP], "https://shop.example.com:444", false],
    [[SHOP], "http://shop.example.com", false],
    [[SHOP], "https://shop.example.com.evil.example", false],
    [["https://*.example.com"], SHOP, true],
    [["https://*.example.com"], "https://a.b.example.com", false],
    [["https://*.example.com"], "https://example.com", false],
    [["null"], "null", false],
    [[], SHOP, false],
  ];
  for (const [allowed, origin, expected] of table) assert.equal(allows(allowed, origin), expected, `${allowed} ${origin}`);
});

test("only the page that frames the panel, with one port and from a listed origin, is answered", () => {
  const parent = {};
  const good = { source: parent, origin: SHOP, data: "whosthere:port", ports: [{}] };
  assert.equal(isPort(good, parent, [SHOP]), true);
  for (const change of [{ source: {} }, { origin: "https://evil.example" }, { data: "other" }, { ports: [] }, { ports: [{}, {}] }]) {
    assert.equal(isPort({ ...good, ...change }, parent, [SHOP]), false, JSON.stringify(change));
  }
});
