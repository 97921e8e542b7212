/* The menu behind the three dots: what visitors may do with their own data. */

import { byId, element } from "../dom.js";
import { drawing } from "./drawings.js";
import { ask } from "./forget.js";
import { save } from "./save.js";
import { all, transcript } from "./transcript.js";
import { fill, times, words } from "./words.js";

/** @type {HTMLElement | null} */
let menu = null;

/** @param {Panel.Chat} chat */
export function toggle(chat) {
  if (menu) return close(true);
  menu = element("div", { id: "menu", class: "menu", role: "group" });
  menu.setAttribute("aria-label", byId("more").getAttribute("aria-label") || "");
  if (chat.thread.id !== null) menu.append(entry("save", words.download, () => download(chat)));
  menu.append(entry("leave", words.forget, () => ask(chat)));
  byId("more").after(menu);
  byId("more").ariaExpanded = "true";
  menu.querySelector("button")?.focus();
  document.addEventListener("pointerdown", outside);
  menu.addEventListener("focusout", (event) => {
    if (event.relatedTarget instanceof Node && !inside(event.relatedTarget)) close(false);
  });
}

/** @param {Node} node */
const inside = (node) => !!menu?.contains(node) || byId("more").contains(node);

/** @param {PointerEvent} event */
function outside(event) {
  if (event.target instanceof Node && !inside(event.target)) close(false);
}

/** @param {boolean} back whether the focus goes back to the button */
function close(back) {
  document.removeEventListener("pointerdown", outside);
  const was = menu;
  menu = null; // before the focus moves
  if (back) byId("more").focus();
  was?.remove();
  byId("more").ariaExpanded = "false";
}

/** @param {"save" | "leave"} name @param {string} label @param {() => unknown} work */
function entry(name, label, work) {
  const button = element("button", { type: "button" }, drawing(name), element("span", {}, label));
  button.addEventListener("click", () => {
    close(true);
    void work();
  });
  return button;
}

/** @param {Panel.Chat} chat */
async function download(chat) {
  try {
    const { thread, api, boot } = chat;
    const messages = await all(api, thread.path);
    const title = fill(words.transcript, { name: boot?.widget.name });
    const text = transcript(messages, { title, words: (await import("../words.js")).words, exact: times.exact });
    const day = new Date(messages[0]?.createdAt || Date.now()).toISOString().slice(0, 10);
    save(new Blob([text], { type: "text/plain;charset=utf-8" }), `${words.file}-${day}.txt`);
  } catch (error) {
    chat.failed(error);
    chat.set({ link: "down" });
  }
}
