/* Writing: a field that grows, Enter to send, and a draft that is never lost and never somebody else's. */

import { byId } from "./dom.js";
import { fill, words } from "./words.js";

const TEXT_MOST = 10000; // code points, as the server counts

/**
 * @param {import("./slot.js").Slot} slot where this tab keeps the draft
 * @param {{send(text: string): void, close(): void}} act
 */
export function compose(slot, act) {
  const form = /** @type {HTMLFormElement} */ (byId("composer"));
  const field = /** @type {HTMLTextAreaElement} */ (byId("text"));
  const hint = byId("hint");
  const grows = CSS.supports("field-sizing", "content");

  /** How many characters do not fit. @param {string} text */
  function excess(text) {
    return text.length <= TEXT_MOST ? 0 : Math.max(0, [...text].length - TEXT_MOST);
  }

  function shown() {
    const over = excess(field.value);
    form.classList.toggle("empty", !field.value.trim() || over > 0);
    hint.hidden = over === 0;
    hint.textContent = over ? fill(words.tooLong, { most: TEXT_MOST, count: over }) : "";
    field.setAttribute("aria-invalid", String(over > 0));
    if (grows) return;
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight + field.offsetHeight - field.clientHeight}px`;
  }

  function send() {
    const text = field.value.replace(/[\0\p{Cs}]/gu, "");
    if (!text.trim() || excess(text)) return;
    field.value = "";
    slot.keep("");
    shown();
    act.send(text);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
    field.focus();
  });
  field.addEventListener("input", () => {
    slot.keep(field.value);
    shown();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !composing(event)) {
      event.preventDefault();
      send();
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !composing(event)) act.close();
  });
  return {
    focus: () => field.focus(),
    /** Take up this visitor's draft, or else begin with `text`. @param {string} owner @param {string} text */
    begin(owner, text) {
      if (slot.owner === owner) return;
      if (slot.owner) field.value = "";
      field.value = slot.take(owner) || field.value || text;
      shown();
    },
  };
}

/** Whether a key belongs to an input method; Safari says so by the code only. @param {KeyboardEvent} event */
function composing(event) {
  return event.isComposing || event.keyCode === 229;
}
