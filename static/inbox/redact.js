/* "Redact…" at a message: the question is a page of the server's, shown here in a window above the thread. */

import { parse } from "./replace.js";

/** @param {HTMLElement | null} thread has the focus when something was removed from it */
export function askToRedact(thread) {
  const found = document.getElementById("redaction");
  if (!(found instanceof HTMLDialogElement)) return;
  const dialog = found;

  /** @param {HTMLAnchorElement} link */
  async function ask(link) {
    const response = await fetch(link.href, { cache: "no-store", redirect: "manual" }).catch(() => null);
    const question = response?.ok ? parse(await response.text()).querySelector("#redacting") : null;
    if (!question) return location.assign(link.href); // the page says itself what is wrong
    dialog.replaceChildren(question);
    dialog.showModal();
    /** @type {HTMLElement | null} */ (question.querySelector("[data-keep]"))?.focus();
  }

  document.addEventListener("click", (event) => {
    const target = /** @type {Element} */ (event.target);
    const link = /** @type {HTMLAnchorElement | null} */ (target.closest("a[data-redact]"));
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    void ask(link);
  });
  dialog.addEventListener("click", (event) => {
    if (!(/** @type {Element} */ (event.target).closest("[data-keep]"))) return;
    event.preventDefault();
    dialog.close();
  });
  dialog.addEventListener("submit", () => {
    dialog.close();
    thread?.focus(); // the link that led here goes with the message
  });
}
