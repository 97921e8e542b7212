/* What helps somebody who writes too much. */

import { fill, words } from "./words.js";

/** @param {HTMLElement} place @param {number} most @param {number} count of characters too many */
export function tooLong(place, most, count) {
  place.textContent = fill(words.tooLong, { most, count });
}
