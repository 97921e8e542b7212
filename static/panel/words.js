/* The panel's texts and times in the language of its page: one language per load. */

const locale = document.documentElement.lang;
const module = await import(`./words/${locale}.js`);

/** @type {Panel.Words} */
export const words = module.words;

const time = new Intl.DateTimeFormat(locale, { timeStyle: "short" });
const day = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long" });
const exact = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "short" });
const short = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });

/** Moments and numbers as this language writes them; arguments are epoch milliseconds. */
export const times = {
  /** @param {number} at */
  time: (at) => time.format(at),
  /** @param {number} at */
  day: (at) => day.format(at),
  /** @param {number} at */
  exact: (at) => exact.format(at),
  /** The time today, the day before. @param {number} at */
  near: (at) => (new Date(at).toDateString() === new Date().toDateString() ? time : short).format(at),
};
