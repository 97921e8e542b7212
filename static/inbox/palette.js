/* All commands in one place: what the page's own buttons and links do, and canned replies. */

import { fitting, options } from "./options.js";
import { resources } from "./team.js";

const MOST = 40;

/**
 * @param {{api: string, conversation: string, platform: string}} about
 * @param {(text: string) => void} insert puts a canned reply into the composer
 * @returns {() => void} opens it
 */
export function palette(about, insert) {
  const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("palette"));
  const field = /** @type {HTMLInputElement} */ (document.getElementById("command"));
  const list = /** @type {HTMLElement} */ (document.getElementById("commands"));
  const choice = options(list, field, /** @type {HTMLElement} */ (document.getElementById("command-count")));
  const team = resources(about);
  /** @type {import("./options.js").Option[]} */
  let all = [];

  /** @param {() => void} run @returns {() => void} */
  const closing = (run) => () => {
    dialog.close();
    run();
  };

  function collect() {
    const buttons = /** @type {HTMLElement[]} */ (Array.from(document.querySelectorAll("[data-command]")));
    const links = /** @type {HTMLElement[]} */ (Array.from(document.querySelectorAll("nav[aria-label=Views] a[href]")));
    const search = document.getElementById("search");
    return [
      ...buttons.map((one) => ({ label: one.dataset.command || "", hint: "", choose: closing(() => one.click()) })),
      ...links.map((one) => ({ label: `Go to ${name(one)}`, hint: "", choose: closing(() => one.click()) })),
      ...(search ? [{ label: "Search", hint: "people and messages", choose: closing(() => search.focus()) }] : []),
    ];
  }

  const look = () => choice.show(fitting(all, field.value, MOST));
  field.addEventListener("input", look);
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") choice.move(event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Enter") choice.choose();
    else return;
    event.preventDefault();
  });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close()); // beside it

  return () => {
    all = collect();
    field.value = "";
    dialog.showModal();
    look();
    void team.replies().then((replies) => {
      if (!dialog.open) return;
      all = [...all, ...replies.map((one) => ({ label: `/${one.name}`, hint: one.body, choose: closing(() => insert(one.body)) }))];
      if (field.value) look();
      else choice.show(fitting(all, "", MOST));
    });
  };
}

/** What a link is called, without its count. @param {HTMLElement} link */
function name(link) {
  return (link.querySelector("span") || link).textContent?.trim() || "";
}
