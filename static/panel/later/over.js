/* The card of a conversation in which nothing can be written any more. */

import { element } from "../dom.js";
import { another } from "./states.js";
import { fill, words } from "./words.js";

/** @param {Panel.Chat} chat */
export function card(chat) {
  const { about, state } = chat.thread;
  const again = element("button", { type: "button", id: "another", class: "button" }, words.startNew);
  again.addEventListener("click", () => {
    another(chat);
    queueMicrotask(() => document.getElementById("text")?.focus()); // when it is drawn again
  });
  const said = element("p", { class: "lead" }, state === "rejected" ? words.rejected : words.ended);
  if (!about.rating) return element("div", { class: "ask" }, said, again);
  return element("div", { class: "ask" }, said, element("p", {}, fill(words.rated, { rating: about.rating.rating })), again);
}
