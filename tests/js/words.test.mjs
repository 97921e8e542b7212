import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";

const FOLDER = new URL("../../static/panel/words/", import.meta.url);
const { words: english } = await import(new URL("en.js", FOLDER));

/** Texts that are spelled the same in another language. */
const SAME = /** @type {Record<string, string[]>} */ ({});

const flat = (words) =>
  Object.entries(words).flatMap(([key, value]) =>
    typeof value === "string" ? [[key, value]] : Object.entries(value).map(([name, text]) => [`${key}.${name}`, text]),
  );
const holes = (text) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();

for (const file of readdirSync(FOLDER).filter((name) => name.endsWith(".js") && name !== "en.js")) {
  const language = file.slice(0, -3);
  test(`${language} has every text, in its own words and with the same values`, async () => {
    const { words } = await import(new URL(file, FOLDER));
    const other = new Map(flat(words));
    assert.deepEqual([...other.keys()], flat(english).map(([key]) => key));
    for (const [key, text] of flat(english)) {
      assert.deepEqual(holes(other.get(key)), holes(text), key);
      if (!SAME[language]?.includes(key)) assert.notEqual(other.get(key), text, key);
    }
  });
}
