/* The seconds until the server takes messages again: for the eyes only, a screen reader was told once. */

import { byId } from "../dom.js";
import { fill, words } from "./words.js";

/** @type {any} */
let timer = null;

/** @param {number} until epoch milliseconds */
export function count(until) {
  clearTimeout(timer);
  const left = Math.max(0, Math.ceil((until - Date.now()) / 1000));
  byId("countdown").textContent = left ? fill(words.seconds, { count: left }) : "";
  if (left) timer = setTimeout(() => count(until), 500);
}
