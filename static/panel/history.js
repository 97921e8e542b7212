/* The visitor's conversations, to look at an earlier one or to begin another. */

import { byId, element } from "./dom.js";
import { times, words } from "./words.js";

export class History {
  /** @param {import("./chat.js").Chat} chat @param {import("./view.js").View} view */
  constructor(chat, view) {
    this.chat = chat;
    this.view = view;
    byId("conversations").addEventListener("click", () => (this.shown ? this.leave() : void this.show()));
    byId("fresh").addEventListener("click", () => this.begin());
  }

  get shown() {
    return this.view.listing;
  }

  async show() {
    try {
      const { items } = await this.chat.api.call("GET", "/conversations");
      byId("history-list").replaceChildren(...items.map((/** @type {any} */ about) => this.item(about)));
      // One open conversation at a time: another begins when that is closed.
      byId("fresh").hidden = items.some((/** @type {any} */ about) => about.state === "open");
      this.#turn(true);
      /** @type {HTMLElement | null} */ (byId("history").querySelector("button"))?.focus();
    } catch {
      this.chat.set({ link: "down" }); // the live connection says when it is up again
    }
  }

  leave() {
    this.#turn(false);
    byId("text").focus();
  }

  /** @param {any} about */
  enter(about) {
    if (about === null || about.id !== this.chat.thread.id) this.chat.enter(about);
    this.leave();
  }

  /** Begin another conversation, with the words that the page puts into the visitor's mouth, if any. */
  begin() {
    const { began, config } = this.chat;
    this.enter(null);
    const text = began ? config.nextUserMessage : config.initialUserMessage;
    if (text) this.chat.send(text);
  }

  /** @param {boolean} listing */
  #turn(listing) {
    this.view.listing = listing;
    byId("conversations").setAttribute("aria-label", listing ? words.back : words.conversations);
    byId("conversations").setAttribute("aria-expanded", String(listing));
    this.view.changed();
  }

  /** @param {any} about */
  item(about) {
    const at = Date.parse(about.lastMessage.createdAt);
    const button = element(
      "button",
      { type: "button", class: about.unread ? "conversation news" : "conversation" },
      element("span", { class: "title", dir: "auto" }, about.title),
      element("time", { datetime: about.lastMessage.createdAt, title: times.exact(at) }, times.near(at)),
      element("span", { class: "last", dir: "auto" }, about.lastMessage.body || this.#state(about.state)),
    );
    if (about.unread) button.append(element("span", { class: "news-mark" }, words.unread));
    button.addEventListener("click", () => this.enter(about));
    return element("li", {}, button);
  }

  /** @param {string} state */
  #state(state) {
    const names = /** @type {Record<string, string>} */ (words.events);
    return names[state === "open" ? "reopened" : state] || "";
  }
}
