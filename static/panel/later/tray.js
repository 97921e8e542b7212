/* The files that go with the next message: each on its way to the server, ready, or not to be sent and why. */

import { ApiError } from "../api.js";
import { element, icon } from "../dom.js";
import { badge } from "./files.js";
import { reason, refusal, size } from "./sizes.js";
import { upload } from "./upload.js";
import { fill, words } from "./words.js";

/**
 * @typedef {object} Item
 * @property {File} file
 * @property {HTMLElement} node
 * @property {AbortController} [way] of a file on its way
 * @property {Panel.Attachment} [attachment]
 */

export class Tray {
  /** @param {Panel.Chat} chat @param {HTMLElement} place @param {() => void} changed */
  constructor(chat, place, changed) {
    this.chat = chat;
    this.place = place;
    this.changed = changed;
    /** @type {Item[]} */
    this.items = [];
  }

  get limits() {
    return this.chat.boot?.attachments || { maxBytes: 0, maxPerMessage: 0, mediaTypes: [] };
  }

  get busy() {
    return this.items.some((item) => item.way);
  }

  get ready() {
    return this.items.flatMap((item) => item.attachment || []);
  }

  clear() {
    for (const item of this.items) item.way?.abort();
    this.items = [];
    this.place.replaceChildren();
    this.place.hidden = true;
  }

  /** @param {File} file */
  add(file) {
    const item = { file, node: element("li", { class: "chip" }) };
    const wanted = this.items.filter((other) => other.way || other.attachment).length;
    const most = this.limits.maxPerMessage;
    this.items.push(item);
    this.place.append(item.node);
    this.place.hidden = false;
    if (wanted >= most) this.#refuse(item, fill(words.tooManyFiles, { count: most }), false);
    else this.#check(item);
    this.changed();
  }

  /** @param {Item} item */
  #check(item) {
    const why = refusal(item.file, this.limits);
    if (why) this.#refuse(item, this.#text(why), false);
    else void this.#send(item);
  }

  /** @param {Item} item */
  async #send(item) {
    const way = (item.way = new AbortController());
    const { name } = item.file;
    const bar = /** @type {HTMLProgressElement} */ (
      element("progress", { max: "1", value: "0", "aria-label": fill(words.uploading, { name }) })
    );
    this.#draw(item, bar);
    try {
      item.attachment = await upload(this.chat.api, item.file, (share) => (bar.value = share), way.signal);
      this.#draw(item, element("small", {}, size(item.file.size, document.documentElement.lang)));
    } catch (error) {
      if (way.signal.aborted) return;
      this.chat.failed(error);
      const { status, code } = error instanceof ApiError ? error : { status: 0, code: "" };
      const why = reason(status, code);
      this.#refuse(item, this.#text(why), why === "notUploaded" || why === "muchToday");
    } finally {
      item.way = undefined;
    }
    this.changed();
  }

  /** @param {"wrongKind" | "tooLarge" | "damaged" | "muchToday" | "notUploaded"} why */
  #text(why) {
    return fill(words[why], { most: size(this.limits.maxBytes, document.documentElement.lang) });
  }

  /** @param {Item} item @param {string} text @param {boolean} again whether another try may help */
  #refuse(item, text, again) {
    const said = element("small", { class: "wrong", role: "alert" }, text);
    if (!again) return this.#draw(item, said);
    const button = element("button", { type: "button", class: "retry" }, words.again);
    button.addEventListener("click", () => {
      void this.#send(item);
      this.changed();
    });
    this.#draw(item, said, button);
  }

  /** @param {Item} item @param {...Node} state */
  #draw(item, ...state) {
    const { name } = item.file;
    const remove = element("button", { type: "button", class: "icon", "aria-label": fill(words.remove, { name }) }, icon("cross"));
    remove.addEventListener("click", () => this.#remove(item));
    item.node.replaceChildren(badge(name), element("div", {}, element("bdi", { title: name }, name), ...state), remove);
  }

  /** @param {Item} item */
  #remove(item) {
    item.way?.abort();
    this.items = this.items.filter((other) => other !== item);
    item.node.remove();
    this.place.hidden = !this.items.length;
    document.getElementById("text")?.focus();
    this.changed();
  }
}
