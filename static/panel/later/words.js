/* The texts of the parts that most visits never need, in the language of the page. */

const module = await import(`./words/${document.documentElement.lang}.js`);

/** @type {Panel.LaterWords} */
export const words = module.words;

export { fill, times } from "../words.js";
