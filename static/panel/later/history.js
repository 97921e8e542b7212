/* The visitor's conversations, to look at an earlier one or to begin another. */

import { byId, element } from "../dom.js";
import { times, words } from "../words.js";

/**
 * List them.
 * @param {import("../chat.js").Chat} chat
 * @param {() => void} leave goes back to the conversation
 */
export async function list(chat, leave) {
  const { items } = await chat.api.call("GET", "/conversations");
  byId("history-list").replaceChildren(...items.map((/** @type {any} */ about) => item(about, enter)));
  const fresh = byId("fresh");
  // One open conversation at a time: another begins when that is closed.
  fresh.hidden = items.some((/** @type {any} */ about) => about.state === "open");
  fresh.onclick = () => {
    chat.another();
    leave();
  };

  /** @param {any} about */
  function enter(about) {
    if (about.id !== chat.thread.id) chat.enter(about);
    leave();
  }
}

/** @param {any} about @param {(about: any) => void} enter */
function item(about, enter) {
  const { body, createdAt } = about.lastMessage;
  const at = Date.parse(createdAt);
  const names = /** @type {Record<string, string>} */ (words.events);
  const state = names[about.state === "open" ? "reopened" : about.state] || "";
  const button = element(
    "button",
    { type: "button", class: about.unread ? "conversation news" : "conversation" },
    element("span", { class: "title", dir: "auto" }, about.title || body || state),
    element("time", { datetime: createdAt, title: times.exact(at) }, times.near(at)),
    element("span", { class: "last", dir: "auto" }, body || state),
  );
  if (about.unread) button.append(element("span", { class: "news-mark" }, words.unread));
  button.addEventListener("click", () => enter(about));
  return element("li", {}, button);
}
