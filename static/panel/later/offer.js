/* The card that offers what somebody wrote in this browser before they signed in. */

import { element } from "../dom.js";
import { act } from "./form.js";
import { fill, times, words } from "./words.js";

/** @param {Panel.Chat} chat */
export function card(chat) {
  const { conversations, startedAt } = chat.boot?.historyOffer || { conversations: 1, startedAt: "" };
  const place = element("div", { id: "offer", class: "ask" });
  const text = fill(words.offerText, { count: conversations, when: times.exact(Date.parse(startedAt)) });
  const buttons = [true, false].map((accept) => {
    const label = accept ? words.offerYes : words.offerNo;
    const button = element("button", { type: "button", class: accept ? "button" : "button quiet" }, label);
    act(button, place, () => {
      if (chat.boot) chat.boot.historyOffer = null;
      chat.outside.tell({ type: "offer", accept }); // the page has the proof of who wrote that
      chat.outside.changed();
    });
    return button;
  });
  place.append(element("p", { class: "lead" }, words.offer), element("p", {}, text), element("div", { class: "choices" }, ...buttons));
  return place;
}
