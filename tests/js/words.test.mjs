import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";

/** Texts that are spelled the same in another language. */
const SAME = /** @type {Record<string, string[]>} */ ({});
const CATEGORIES = new Set(["zero", "one", "two", "few", "many", "other"]);
const COUNT_MOST = 10000;

const isPlural = (value) => typeof value === "object" && "other" in value && Object.keys(value).every((key) => CATEGORIES.has(key));
const flat = (words) =>
  Object.entries(words).flatMap(([key, value]) =>
    typeof value === "string" || isPlural(value) ? [[key, value]] : Object.entries(value).map(([name, text]) => [`${key}.${name}`, text]),
  );
const holes = (text) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();

/** The plural forms that numbers up to COUNT_MOST need. */
function needed(language) {
  const rules = new Intl.PluralRules(language);
  return [...new Set(Array.from({ length: COUNT_MOST + 1 }, (_, count) => rules.select(count)))].sort();
}

for (const part of ["words", "later/words"]) {
  const folder = new URL(`../../static/panel/${part}/`, import.meta.url);
  const { words: english } = await import(new URL("en.js", folder));
  for (const file of readdirSync(folder)) {
    const language = file.slice(0, -3);
    const { words } = await import(new URL(file, folder));

    test(`${part}: ${language} has every text, in its own words and with the same values`, () => {
      const other = new Map(flat(words));
      assert.deepEqual([...other.keys()].sort(), flat(english).map(([key]) => key).sort());
      for (const [key, text] of flat(english)) {
        const own = other.get(key);
        assert.equal(isPlural(own), isPlural(text), key);
        if (!isPlural(text)) assert.deepEqual(holes(own), holes(text), key);
        if (language !== "en" && !SAME[language]?.includes(key)) assert.notDeepEqual(own, text, key);
      }
    });

    test(`${part}: ${language} has the plural forms that its numbers need, each with what it is about`, () => {
      for (const [key, forms] of flat(words).filter(([, value]) => isPlural(value))) {
        assert.deepEqual(Object.keys(forms).sort(), needed(language), key);
        const all = holes(english[key].other);
        for (const [form, text] of Object.entries(forms)) {
          // "one second" may do without the number
          const exact = ["zero", "one", "two"].includes(form) ? all.filter((hole) => hole !== "{count}") : all;
          assert.deepEqual(holes(text).filter((hole) => exact.includes(hole)), exact, `${key}.${form}`);
        }
      }
    });
  }
}
