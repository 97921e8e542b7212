/* Writing: a field that grows, Enter to send, and a draft that is never lost. */

import { byId } from "./dom.js";

/**
 * @param {string} draftKey where this tab keeps the draft
 * @param {{send(text: string): void, close(): void}} act
 */
export function compose(draftKey, act) {
  const form = /** @type {HTMLFormElement} */ (byId("composer"));
  const field = /** @type {HTMLTextAreaElement} */ (byId("text"));
  let key = draftKey;

  /** @param {string | null} text */
  function keep(text) {
    try {
      if (text) sessionStorage.setItem(key, text);
      else sessionStorage.removeItem(key);
    } catch {
      // storage is blocked: the draft lives as long as the panel
    }
  }

  function grow() {
    form.classList.toggle("empty", !field.value.trim());
  }

  function send() {
    const text = field.value;
    if (!text.trim()) return;
    field.value = "";
    keep(null);
    grow();
    act.send(text);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
    field.focus();
  });
  field.addEventListener("input", () => {
    keep(field.value);
    grow();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      send();
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") act.close();
  });
  grow();
  return {
    focus: () => field.focus(),
    /** Take up this person's draft, or else begin with `text`. @param {string} owner @param {string} text */
    begin(owner, text) {
      if (key === `${draftKey}:${owner}`) return;
      key = `${draftKey}:${owner}`;
      let draft = "";
      try {
        draft = sessionStorage.getItem(key) || "";
      } catch {
        // see above
      }
      field.value = field.value || draft || text;
      grow();
    },
  };
}
