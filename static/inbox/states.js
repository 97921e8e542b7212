/* Resolve, reject and reopen without leaving the page: what is half-written stays where it is. */

/** @param {{api: string, conversation: string, csrf: string, changed(): void, failed(why: string): void}} about */
export function changeStates(about) {
  let busy = false;

  /** @param {string} state @returns {Promise<string>} what went wrong, empty if nothing did */
  async function put(state) {
    const response = await fetch(`${about.api}/conversations/${about.conversation}/state`, {
      method: "PUT",
      headers: { "Content-Type": "application/json", "X-CSRFToken": about.csrf },
      body: JSON.stringify({ state }),
    });
    if (response.ok) return "";
    return (await response.json().catch(() => ({}))).detail || `The server answered ${response.status}.`;
  }

  document.addEventListener("submit", (event) => {
    const form = /** @type {HTMLElement} */ (event.target);
    const button = /** @type {HTMLButtonElement | null} */ (event.submitter);
    if (!form.matches(".actions") || !button) return;
    event.preventDefault();
    if (busy) return;
    busy = true;
    put(button.value)
      .catch(() => "The server cannot be reached.")
      .then((trouble) => {
        busy = false;
        about.failed(trouble);
        about.changed();
      });
  });
}
