/* While writing: `/` offers canned replies, `@` in a note offers colleagues. */

import { fitting, options } from "./options.js";
import { resources } from "./team.js";

const MOST = 8;
const SLASH = /(?:^|\s)\/([\w-]{0,50})$/;
const AT = /(?:^|[\s([{])@([^\s@]{0,64})$/;

/**
 * What is being typed before the caret: the sign, what follows it, and where the sign stands.
 * @param {string} before @param {boolean} noting
 * @returns {{sign: "/" | "@", typed: string, start: number} | null}
 */
export function trigger(before, noting) {
  const match = (noting ? AT : SLASH).exec(before);
  return match && { sign: noting ? "@" : "/", typed: match[1], start: before.length - match[1].length - 1 };
}

/**
 * @param {HTMLTextAreaElement} field
 * @param {{api: string, conversation: string, platform: string, noting(): boolean}} about
 */
export function suggest(field, about) {
  const box = /** @type {HTMLElement} */ (document.getElementById("suggestions"));
  const list = /** @type {HTMLElement} */ (document.getElementById("suggested"));
  const count = /** @type {HTMLElement} */ (document.getElementById("suggestion-count"));
  const choice = options(list, field, count);
  const team = resources(about);
  let dismissed = "";
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-haspopup", "listbox");

  function close() {
    if (box.hidden) return;
    box.hidden = true;
    field.removeAttribute("aria-activedescendant");
    field.removeAttribute("aria-controls");
    list.replaceChildren();
    count.textContent = "";
  }

  function typed() {
    const here = field.selectionStart === field.selectionEnd ? field.value.slice(0, field.selectionStart) : "";
    return trigger(here, about.noting());
  }

  async function look() {
    const wanted = typed();
    if (!wanted || dismissed === field.value.slice(0, wanted.start + 1)) return close();
    const all = wanted.sign === "/" ? await replies() : await people();
    const still = typed();
    if (document.activeElement !== field || !still || still.start !== wanted.start) return close();
    const fit = fitting(all, still.typed, MOST);
    if (!fit.length) return close();
    box.hidden = false;
    field.setAttribute("aria-controls", list.id);
    choice.show(fit);
  }

  async function replies() {
    const all = await team.replies();
    return all.map((one) => ({ label: `/${one.name}`, hint: one.body, choose: () => insert(one.body) }));
  }

  async function people() {
    const all = await team.colleagues();
    return all.map((one) => ({ label: one.name, hint: one.email, choose: () => insert(`@${one.email} `) }));
  }

  /** Put a text where the sign and the word stand. @param {string} text */
  function insert(text) {
    const wanted = typed();
    if (wanted) field.setRangeText(text, wanted.start, field.selectionStart, "end");
    close();
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  field.addEventListener("input", () => void look());
  field.addEventListener("click", () => void look());
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    if (box.hidden || event.isComposing || event.ctrlKey || event.metaKey) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") choice.move(event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Enter" || event.key === "Tab") choice.choose();
    else if (event.key === "Escape") {
      dismissed = field.value.slice(0, (typed()?.start || 0) + 1); // until another sign is typed
      close();
    } else return;
    event.preventDefault();
  });
}
