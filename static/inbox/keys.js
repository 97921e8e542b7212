/* Single keys, for hands that stay on the keyboard; off while writing, and off for good if somebody prefers that. */

const PREFERENCE = "whosthere:single-keys";

/** @param {Record<string, () => void>} actions what each key does */
export function listenToKeys(actions) {
  const sheet = /** @type {HTMLDialogElement} */ (document.getElementById("sheet"));
  const choice = /** @type {HTMLInputElement} */ (document.getElementById("single-keys"));
  const opener = /** @type {HTMLElement} */ (document.querySelector(".keys"));
  choice.checked = preferred();
  choice.addEventListener("change", () => prefer(choice.checked));
  opener.hidden = false;
  opener.addEventListener("click", () => sheet.showModal());

  document.addEventListener("keydown", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    const writing = target.closest("textarea, input:not([type=radio]), select, [contenteditable]");
    if (event.key === "Escape" && writing) target.blur();
    if (writing || sheet.open || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "?") {
      event.preventDefault();
      sheet.showModal();
    } else if (choice.checked && Object.hasOwn(actions, event.key)) {
      event.preventDefault();
      actions[event.key]();
    }
  });
}

function preferred() {
  try {
    return localStorage.getItem(PREFERENCE) !== "off";
  } catch {
    return true; // storage is forbidden
  }
}

/** @param {boolean} wanted */
function prefer(wanted) {
  try {
    localStorage.setItem(PREFERENCE, wanted ? "on" : "off");
  } catch {
    // as long as this page, then
  }
}
