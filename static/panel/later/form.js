/* What the cards with forms share: two buttons, and one thing at a time. */

import { element } from "../dom.js";
import { words } from "./words.js";

/**
 * @param {Node[]} parts
 * @param {{save: string, skip: string}} labels
 * @param {(given: FormData) => Promise<void>} save may throw a text for the visitor
 * @param {() => Promise<void> | void} skip
 */
export function form(parts, labels, save, skip) {
  const node = /** @type {HTMLFormElement} */ (element("form", { class: "ask", novalidate: "" }));
  const saving = element("button", { class: "button" }, labels.save);
  const skipping = element("button", { type: "button", class: "button quiet" }, labels.skip);
  node.append(...parts, element("div", { class: "choices" }, saving, skipping));
  node.addEventListener("submit", (event) => {
    event.preventDefault();
    /** @type {HTMLInputElement | null} */
    const wrong = node.querySelector("input:required:invalid");
    if (wrong) wrong.focus();
    else void once(node, () => save(new FormData(node)));
  });
  act(skipping, node, skip);
  return node;
}

/** @param {HTMLElement} button @param {HTMLElement} place shows what went wrong @param {() => Promise<void> | void} work */
export function act(button, place, work) {
  button.addEventListener("click", () => void once(place, work));
}

/** @param {HTMLElement} place @param {() => Promise<void> | void} work */
async function once(place, work) {
  if (place.ariaBusy === "true") return;
  place.ariaBusy = "true";
  complain(place, "");
  try {
    await work();
  } catch (error) {
    complain(place, typeof error === "string" ? error : words.failed);
  }
  place.ariaBusy = "false";
}

/** @param {HTMLElement} place @param {string} text */
function complain(place, text) {
  place.querySelector(".wrong")?.remove();
  if (text) place.append(element("p", { class: "wrong", role: "alert" }, text));
}
