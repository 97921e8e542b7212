/* Times in the agent's own zone: relative while near, exact on hover. */

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });
const short = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const dated = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" });
const date = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long", year: "numeric" });
const moment = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const YEAR_DAYS = 300;

/** @param {number} at @param {number} now epoch milliseconds */
export function near(at, now) {
  const minutes = Math.max(0, Math.floor((now - at) / 60000));
  if (minutes < 1) return "now";
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 1440) return `${Math.floor(minutes / 60)} h`;
  return (minutes < 1440 * YEAR_DAYS ? short : dated).format(at);
}

/** @param {number} at @param {number} now epoch milliseconds */
export function day(at, now) {
  const midnight = new Date(now).setHours(0, 0, 0, 0);
  const days = Math.round((midnight - new Date(at).setHours(0, 0, 0, 0)) / 86400000);
  return days === 0 ? "Today" : days === 1 ? "Yesterday" : date.format(at);
}

/** @param {string | null} kind @param {number} at @param {number} now epoch milliseconds */
function words(kind, at, now) {
  if (kind === "clock") return clock.format(at);
  if (kind === "moment") return moment.format(at);
  if (kind === "day") return day(at, now);
  const text = near(at, now);
  if (kind !== "waits") return text;
  return text === "now" ? "waits" : `waits ${text}`;
}

/** @param {ParentNode} within */
export function localize(within) {
  const now = Date.now();
  for (const node of within.querySelectorAll("time[data-time]")) {
    const at = Date.parse(node.getAttribute("datetime") || "");
    if (Number.isNaN(at)) continue;
    const kind = node.getAttribute("data-time");
    const text = words(kind, at, now);
    if (node.textContent !== text) node.textContent = text;
    const title = exact.format(at);
    if (node.getAttribute("title") !== title) node.setAttribute("title", title);
  }
}
