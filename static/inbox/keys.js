/* Single keys, for hands that stay on the keyboard; off while writing, and off for good if somebody prefers that. */

const PAUSE_MS = 1200;

/**
 * @param {Record<string, () => void>} actions what each key does
 * @param {{prefer: import("./preferences.js").Preferences, commands: () => void}} about
 */
export function listenToKeys(actions, { prefer, commands }) {
  const sheet = /** @type {HTMLDialogElement} */ (document.getElementById("sheet"));
  for (const [name, does] of /** @type {[string, () => void][]} */ ([[".keys", () => sheet.showModal()], [".commands", commands]])) {
    const opener = /** @type {HTMLElement} */ (document.querySelector(name));
    opener.hidden = false;
    opener.addEventListener("click", does);
  }
  let going = -PAUSE_MS;

  /** The letter after `g`. @param {string} key */
  function go(key) {
    const fresh = performance.now() - going < PAUSE_MS;
    going = key === "g" ? performance.now() : -PAUSE_MS;
    const view = fresh && /^[a-z]$/.test(key) && document.querySelector(`nav [data-go="${key}"]`);
    if (view) /** @type {HTMLElement} */ (view).click();
    return Boolean(view);
  }

  document.addEventListener("keydown", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.isComposing || document.querySelector("dialog[open]")) return;
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      return commands();
    }
    // Not boxes to tick: the one of a sheet that has just closed keeps the focus until the next frame.
    const writing = target.closest("textarea, input:not([type=radio], [type=checkbox]), select, [contenteditable]");
    if (event.key === "Escape" && writing && !event.defaultPrevented) target.blur();
    if (writing || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "?") {
      event.preventDefault();
      sheet.showModal();
    } else if (prefer.wants("singleKeys")) {
      if (go(event.key)) event.preventDefault();
      else if (Object.hasOwn(actions, event.key)) {
        event.preventDefault();
        actions[event.key]();
      }
    }
  });
}
