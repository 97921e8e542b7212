/* What helps somebody who writes too much, or while nobody is there. */

import { fill, times, words } from "./words.js";

const WEEK_MS = 6 * 86400000; // after that, the name of a day is not enough

/** @param {HTMLElement} place @param {number} most @param {number} count of characters too many; 0 when files are missing */
export function hint(place, most, count) {
  place.textContent = count ? fill(words.tooLong, { most, count }) : words.chooseAgain;
}

/** @param {HTMLElement} place @param {number | null} opensAt epoch milliseconds */
export function away(place, opensAt) {
  place.textContent = opensAt ? fill(words.awayUntil, { at: next(opensAt, Date.now()) }) : words.awayText;
}

/** The time today, with the day of the week after that, or the date. @param {number} at @param {number} now */
function next(at, now) {
  if (new Date(at).toDateString() === new Date(now).toDateString()) return times.time(at);
  if (at - now > WEEK_MS) return times.exact(at);
  const clock = /** @type {const} */ ({ weekday: "long", hour: "numeric", minute: "2-digit" });
  return new Intl.DateTimeFormat(document.documentElement.lang, clock).format(at);
}
