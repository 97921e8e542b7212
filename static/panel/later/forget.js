/* "Forget me on this browser": said what it means, confirmed, done. */

import { byId, element } from "../dom.js";
import { words } from "./words.js";

/** @param {Panel.Chat} chat */
export function ask(chat) {
  const named = chat.boot?.user.state === "logged-in";
  const yes = element("button", { type: "button", id: "forget", class: "button danger" }, words.forgetYes);
  const no = element("button", { type: "button", class: "button quiet" }, words.cancel);
  const dialog = /** @type {HTMLDialogElement} */ (
    element(
      "dialog",
      { class: "dialog", "aria-labelledby": "forget-title" },
      element("h2", { id: "forget-title" }, words.forgetTitle),
      element("p", {}, named ? words.forgetNamed : words.forgetAnonymous),
      element("div", { class: "choices" }, yes, no),
    )
  );
  no.addEventListener("click", () => dialog.close());
  yes.addEventListener("click", () => {
    forget(chat);
    dialog.close();
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    byId("more").focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  no.focus();
}

/** Delete what this browser keeps, and let the page end the rest. @param {Panel.Chat} chat */
function forget(chat) {
  for (const name of /** @type {const} */ (["sessionStorage", "localStorage"])) {
    try {
      const storage = window[name];
      for (const key of Object.keys(storage)) if (key.startsWith("whosthere:") && key.endsWith(chat.platformId)) storage.removeItem(key);
    } catch {
      // blocked: then nothing is kept there
    }
  }
  chat.outside.tell({ type: "forget" });
}
