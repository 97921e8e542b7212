/* Why there is no chat: who is there could not be confirmed, or not any more. */

import { byId, element } from "../dom.js";
import { drawing } from "./drawings.js";
import { words } from "./words.js";

/**
 * @param {Panel.Chat} chat
 * @param {string} problem "refused" or "expired"
 * @param {string} code the technical reason
 * @param {boolean} again whether the page can be asked for another proof
 */
export function draw(chat, problem, code, again) {
  const place = byId("trouble");
  const focused = place.contains(document.activeElement);
  const blocked = code === "blocked";
  const [title, text] = blocked
    ? [words.blockedTitle, words.blockedText]
    : problem === "expired" ? [words.expiredTitle, words.expiredText] : [words.refusedTitle, words.refusedText];
  const type = again && problem === "expired" ? "again" : "reload";
  const button = element("button", { type: "button", id: "trouble-button", class: "button" }, words[type]);
  button.addEventListener("click", () => {
    if (button.ariaBusy === "true") return; // the page answers by telling how it went, and this is drawn anew
    button.ariaBusy = "true";
    chat.outside.tell({ type });
  });
  place.replaceChildren(
    element("div", { class: "emblem" }, drawing("lock")),
    element("h2", { id: "trouble-title" }, title),
    element("p", {}, text),
    ...(blocked ? [] : [button]),
    element("p", {}, element("code", { id: "trouble-code" }, code)),
  );
  if (focused) button.focus();
}
