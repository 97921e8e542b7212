/* What is fetched when somebody reaches for it. */

import { byId, composing, later } from "./dom.js";

/**
 * @param {Panel.Chat} chat
 * @param {Panel.View} view
 * @param {() => void} changed files came, went, or arrived at the server
 */
export function reach(chat, view, changed) {
  /** @type {Panel.Tray | null} */
  let tray = null;

  /** @param {string} name @param {(part: any) => unknown} use */
  function use(name, use) {
    later(name)
      .then(use)
      .catch((error) => {
        chat.failed(error);
        chat.set({ link: "down" }); // the connection says when it is up again
      });
  }

  /** @param {Event} event @param {FileList | null | undefined} list */
  function take(event, list) {
    const files = [...(list || [])];
    if (!files.length || !chat.boot?.attachments?.maxBytes) return;
    event.preventDefault();
    use("tray", (part) => {
      tray ||= new part.Tray(chat, byId("tray"), changed);
      for (const file of files) tray?.add(file);
      byId("text").focus();
    });
  }

  const list = () => use("history", (part) => part.toggle(chat, view));
  const file = /** @type {HTMLInputElement} */ (byId("file"));
  byId("conversations").addEventListener("click", list);
  byId("more").addEventListener("click", () => use("menu", (part) => part.toggle(chat)));
  byId("earlier").addEventListener("click", () => use("earlier", (part) => part.show(chat, view)));
  byId("attach").addEventListener("click", () => file.click());
  file.addEventListener("change", (event) => {
    take(event, file.files);
    file.value = ""; // the same one may be chosen again
  });
  byId("text").addEventListener("paste", (event) => take(event, event.clipboardData?.files));
  for (const name of /** @type {const} */ (["dragover", "dragleave", "drop"])) {
    view.panel.addEventListener(name, (event) => {
      event.preventDefault(); // a file that is dropped beside must not replace the panel
      view.panel.classList.toggle("dropping", name === "dragover" && !!event.dataTransfer?.types.includes("Files"));
      if (name === "drop") take(event, event.dataTransfer?.files);
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || composing(event) || document.querySelector("dialog[open]")) return;
    if (byId("more").ariaExpanded === "true") byId("more").click();
    else if (view.listing) list();
    else chat.outside.tell({ type: "close" });
  });
  return {
    get tray() {
      return tray;
    },
    /** Leave what the page told about the visitor, as far as the server does not know better. */
    async introduce() {
      const { contact } = chat.config;
      if (Object.keys(contact || {}).length) await (await later("contact")).leave(chat, contact);
    },
  };
}
