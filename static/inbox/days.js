/* Days of a thread in the agent's own time zone; the server groups them by UTC. */

/** @param {number} at epoch milliseconds @returns {string} the local date, as in 2026-11-22 */
export function dayOf(at) {
  const date = new Date(at);
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
}

/**
 * Put a separator before the first entry of each local day, instead of the ones that are there.
 * @param {Element} list the rows of a thread
 */
export function separate(list) {
  const from = list.querySelector(".from");
  for (const old of list.querySelectorAll('[data-key^="day-"]')) old.remove();
  let last = "";
  for (const row of Array.from(list.children)) {
    const instant = row.querySelector("time[data-time=clock]")?.getAttribute("datetime") || "";
    const day = instant && dayOf(Date.parse(instant));
    if (!day || day === last) continue;
    const separator = document.createElement("li");
    separator.className = "event";
    separator.dataset.key = `day-${day}`;
    const time = document.createElement("time");
    time.dateTime = instant;
    time.dataset.time = "day";
    separator.append(time);
    if (from && !last) separator.append(from);
    row.before(separator);
    last = day;
  }
}
