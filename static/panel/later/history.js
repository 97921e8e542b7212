/* The visitor's conversations, to look at an earlier one or to begin another. */

import { byId, element } from "../dom.js";
import { times, words as common } from "../words.js";
import { another } from "./states.js";
import { words } from "./words.js";

/** Show the list, or go back to the conversation. @param {Panel.Chat} chat @param {Panel.View} view */
export async function toggle(chat, view) {
  const leave = () => turn(view, false);
  if (view.listing) return leave();
  const { items } = await chat.api.call("GET", "/conversations");
  const list = element("ul", {}, ...items.map((/** @type {any} */ about) => item(about, enter)));
  const place = byId("history");
  place.replaceChildren(element("h2", { id: "history-title" }, common.conversations), list);
  // One open conversation at a time: another begins when that is closed.
  if (!items.some((/** @type {any} */ about) => about.state === "open")) {
    const fresh = element("button", { type: "button", id: "fresh", class: "button" }, words.newConversation);
    fresh.addEventListener("click", () => {
      another(chat);
      leave();
    });
    place.append(fresh);
  }
  turn(view, true);

  /** @param {any} about */
  function enter(about) {
    if (about.id !== chat.thread.id) chat.enter(about);
    leave();
  }
}

/** @param {Panel.View} view @param {boolean} listing */
function turn(view, listing) {
  const button = byId("conversations");
  view.listing = listing;
  button.setAttribute("aria-label", listing ? words.back : common.conversations);
  button.setAttribute("aria-expanded", String(listing));
  view.draw();
  const next = listing ? byId("history").querySelector("button") : byId("text");
  next?.focus();
}

/** @param {any} about @param {(about: any) => void} enter */
function item(about, enter) {
  const { body, createdAt } = about.lastMessage;
  const at = Date.parse(createdAt);
  const names = /** @type {Record<string, string>} */ (common.events);
  const state = names[about.state === "open" ? "reopened" : about.state] || "";
  const button = element(
    "button",
    { type: "button", class: about.unread ? "conversation news" : "conversation" },
    element("span", { class: "title", dir: "auto" }, about.title || body || state),
    element("time", { datetime: createdAt, title: times.exact(at) }, times.near(at)),
    element("span", { class: "last", dir: "auto" }, body || state),
  );
  if (about.unread) button.append(element("span", { class: "news-mark" }, common.unread));
  button.addEventListener("click", () => enter(about));
  return element("li", {}, button);
}
