/* Who writes at this moment: the visitor, shown for seconds; the agent, told to the visitor now and then. */

const EVERY_MS = 3000;

/**
 * Show that the visitor writes.
 * @param {HTMLElement | null} place
 */
export function watchTyping(place) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @param {boolean} typing @param {number} [seconds] */
  return (typing, seconds = 6) => {
    if (!place) return;
    clearTimeout(timer);
    place.textContent = typing ? "The visitor is typing…" : "";
    if (typing) timer = setTimeout(() => (place.textContent = ""), seconds * 1000);
  };
}

/**
 * Tell the visitor that somebody answers. Nothing depends on it, so nothing is tried twice.
 * @param {{api: string, conversation: string, csrf: string}} about
 */
export function tellTyping(about) {
  let told = -EVERY_MS;
  /** @param {boolean} typing */
  return (typing) => {
    const now = performance.now();
    if (typing ? now - told < EVERY_MS : told < 0) return;
    told = typing ? now : -EVERY_MS;
    fetch(`${about.api}/conversations/${about.conversation}/typing`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": about.csrf },
      body: JSON.stringify({ typing }),
    }).catch(() => {});
  };
}
