/* The texts of the parts that most visits never need, in the language of the page. */

export { times } from "../words.js";

const locale = document.documentElement.lang;
const module = await import(`./words/${locale}.js`);
const number = new Intl.NumberFormat(locale);
const rules = new Intl.PluralRules(locale);

/** @type {Panel.LaterWords} */
export const words = module.words;

/**
 * Put values into a text; of one with plural forms, the form that fits `count`.
 * @param {string | Partial<Record<Intl.LDMLPluralRule, string>>} text
 * @param {Record<string, string | number>} values
 */
export function fill(text, values) {
  const form = typeof text === "string" ? text : text[rules.select(Number(values.count))] || text.other || "";
  return form.replace(/\{(\w+)\}/g, (whole, name) => {
    const value = values[name];
    return value === undefined ? whole : typeof value === "number" ? number.format(value) : value;
  });
}
