/* What is fetched when somebody reaches for it: the list of conversations, the menu, files to send. */

import { composing } from "./composer.js";
import { byId } from "./dom.js";
import { later } from "./later.js";
import { words } from "./words.js";

export class Parts {
  /** @param {import("./chat.js").Chat} chat @param {import("./view.js").View} view @param {() => void} changed files did */
  constructor(chat, view, changed) {
    this.chat = chat;
    this.view = view;
    this.changed = changed;
    /** @type {any} */
    this.tray = null;
    byId("conversations").addEventListener("click", () => (view.listing ? this.leave() : this.use("history", (it) => this.list(it))));
    byId("more").addEventListener("click", () => this.use("menu", (it) => it.toggle(chat)));
    byId("attach").addEventListener("click", () => byId("file").click());
    byId("file").addEventListener("change", ({ target }) => {
      const input = /** @type {HTMLInputElement} */ (target);
      this.add(input.files);
      input.value = ""; // the same file may be chosen again
    });
    byId("text").addEventListener("paste", (event) => this.taken(event, event.clipboardData));
    for (const name of /** @type {const} */ (["dragover", "dragleave", "drop"])) {
      view.panel.addEventListener(name, (event) => this.dragged(event));
    }
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !composing(event)) this.escape();
    });
  }

  /** Fetch a part and use it; the connection says when it is up again. @param {string} name @param {(part: any) => unknown} use */
  use(name, use) {
    later(name).then(use).catch((error) => {
      this.chat.failed(error);
      this.chat.set({ link: "down" });
    });
  }

  /** Leave what the page told about the visitor, as far as the server does not know better. */
  async introduce() {
    const { contact } = this.chat.config;
    if (Object.keys(contact || {}).length) await (await later("contact")).leave(this.chat, contact);
  }

  /** @param {any} part */
  async list(part) {
    await part.list(this.chat, () => this.leave());
    this.#turn(true);
    /** @type {HTMLElement | null} */ (byId("history").querySelector("button:not([hidden])"))?.focus();
  }

  leave() {
    this.#turn(false);
    queueMicrotask(() => byId("text").focus()); // when it is drawn again
  }

  /** @param {boolean} listing */
  #turn(listing) {
    this.view.listing = listing;
    byId("conversations").setAttribute("aria-label", listing ? words.back : words.conversations);
    byId("conversations").setAttribute("aria-expanded", String(listing));
    this.view.changed();
  }

  /** Take away what lies on top: the menu, the list, and last the panel. */
  escape() {
    if (document.querySelector("dialog[open]")) return; // closes by itself
    if (byId("more").ariaExpanded === "true") byId("more").click();
    else if (this.view.listing) this.leave();
    else this.chat.outside.tell({ type: "close" });
  }

  get takesFiles() {
    return !!this.chat.boot?.attachments?.maxBytes && !byId("composer").hidden;
  }

  /** @param {DragEvent} event */
  dragged(event) {
    if (!this.takesFiles || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    this.view.panel.classList.toggle("dropping", event.type === "dragover");
    if (event.type === "drop") this.add(event.dataTransfer.files);
  }

  /** @param {Event} event @param {DataTransfer | null} data */
  taken(event, data) {
    if (!this.takesFiles || !data?.files.length) return;
    event.preventDefault();
    this.add(data.files);
  }

  /** @param {FileList | null} files */
  add(files) {
    const chosen = [...(files || [])];
    if (!chosen.length) return;
    this.use("tray", (part) => {
      this.tray ||= new part.Tray(this.chat, byId("tray"), this.changed);
      for (const file of chosen) this.tray.add(file);
      byId("text").focus();
    });
  }
}
