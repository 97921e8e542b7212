/* Times in the agent's own zone: relative while near, exact on hover. */

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });
const short = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });

/** @param {number} at @param {number} now epoch milliseconds */
export function near(at, now) {
  const minutes = Math.max(0, Math.floor((now - at) / 60000));
  if (minutes < 1) return "now";
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 1440) return `${Math.floor(minutes / 60)} h`;
  return short.format(at);
}

/** @param {ParentNode} within */
export function localize(within) {
  const now = Date.now();
  for (const node of within.querySelectorAll("time[data-time]")) {
    const at = Date.parse(node.getAttribute("datetime") || "");
    if (Number.isNaN(at)) continue;
    const kind = node.getAttribute("data-time");
    const text = kind === "clock" ? clock.format(at) : kind === "near" ? near(at, now) : null;
    if (text !== null && node.textContent !== text) node.textContent = text;
    if (!node.hasAttribute("title")) node.setAttribute("title", exact.format(at));
  }
}
