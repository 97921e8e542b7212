/* Why there is no chat: who is there could not be confirmed, or not any more. */

import { byId, element } from "../dom.js";
import { drawing } from "./drawings.js";
import { words } from "./words.js";

/** @param {Panel.Chat} chat @param {string} problem "refused" or "expired" @param {string} code the technical reason */
export function draw(chat, problem, code) {
  const [title, text] =
    problem === "expired" ? [words.expiredTitle, words.expiredText] : [words.refusedTitle, words.refusedText];
  const reload = element("button", { type: "button", id: "trouble-button", class: "button" }, words.reload);
  reload.addEventListener("click", () => chat.outside.tell({ type: "reload" }));
  byId("trouble").replaceChildren(
    element("div", { class: "emblem" }, drawing("lock")),
    element("h2", { id: "trouble-title" }, title),
    element("p", {}, text),
    reload,
    element("p", {}, element("code", { id: "trouble-code" }, code)),
  );
}
