/* Sends the forms of a conversation without leaving the page: what is half-written stays where it is. */

/** @param {{changed(): void, failed(why: string): void}} about */
export function act(about) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "";
  let busy = false;

  document.addEventListener("submit", (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    if (!form.matches("form[data-live]")) return;
    event.preventDefault();
    if (busy) return;
    busy = true;
    const fields = new URLSearchParams({ zone });
    for (const [name, value] of new FormData(form, event.submitter)) fields.append(name, String(value));
    const menu = form.closest("details.menu");
    if (menu) {
      if (menu.contains(document.activeElement)) menu.querySelector("summary")?.focus();
      menu.removeAttribute("open");
    }
    post(form.action, fields)
      .catch(() => "The server cannot be reached.")
      .then((trouble) => {
        busy = false;
        if (trouble) menu?.setAttribute("open", ""); // what was chosen or typed there is still in it
        about.failed(trouble);
        about.changed();
      });
  });
}

/** Send a form; return what went wrong. @param {string} address @param {URLSearchParams} fields @returns {Promise<string>} */
async function post(address, fields) {
  const response = await fetch(address, { method: "POST", body: fields, redirect: "manual" });
  if (response.ok || response.type === "opaqueredirect") return "";
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  return page.querySelector("[data-detail]")?.textContent || `The server answered ${response.status}.`;
}
