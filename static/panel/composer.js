/* Writing: a field that grows, Enter to send, and a draft that is never lost and never somebody else's. */

import { byId, composing, later } from "./dom.js";

const TEXT_MOST = 10000; // code points, as the server counts

/**
 * @param {Panel.Slot} slot where this tab keeps the draft
 * @param {Panel.Slot} chosen whether files went with it: they are not kept
 * @param {{send(text: string, attachments: Panel.Attachment[]): void, typing(empty: boolean): void,
 *          files(): Panel.Tray | null}} act
 */
export function compose(slot, chosen, act) {
  const form = /** @type {HTMLFormElement} */ (byId("composer"));
  const field = /** @type {HTMLTextAreaElement} */ (byId("text"));
  const hint = byId("hint");
  const grows = CSS.supports("field-sizing", "content");
  let lost = false; // whether files that were chosen did not survive a reload
  let waits = false; // to be sent as soon as its files are at the server

  /** How many characters do not fit. @param {string} text */
  function excess(text) {
    return text.length <= TEXT_MOST ? 0 : Math.max(0, [...text].length - TEXT_MOST);
  }

  function shown() {
    const over = excess(field.value);
    const tray = act.files();
    form.classList.toggle("empty", over > 0 || !(field.value.trim() || tray?.busy || tray?.ready.length));
    hint.hidden = !over && !lost;
    if (!hint.hidden) void later("hint").then((part) => part.hint(hint, TEXT_MOST, over));
    field.setAttribute("aria-invalid", String(over > 0));
    if (grows) return;
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight + field.offsetHeight - field.clientHeight}px`;
  }

  function send() {
    const text = field.value.replace(/[\0\p{Cs}]/gu, "");
    const tray = act.files();
    if (excess(text) || (waits = !!tray?.busy)) return;
    const attachments = tray?.ready || [];
    if (!text.trim() && !attachments.length) return;
    field.value = "";
    lost = false;
    slot.keep("");
    chosen.keep("");
    tray?.clear();
    shown();
    act.send(text.trim() && text, attachments);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
    field.focus();
  });
  field.addEventListener("input", () => {
    slot.keep(field.value);
    waits = false;
    shown();
    act.typing(!field.value.trim());
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !composing(event)) {
      event.preventDefault();
      send();
    }
  });
  return {
    focus: () => field.focus(),
    /** Files came, went, or arrived at the server. */
    changed() {
      const tray = act.files();
      const some = !!(tray?.busy || tray?.ready.length);
      chosen.keep(some ? "yes" : "");
      lost &&= !some;
      shown();
      if (waits && tray && !tray.busy) send();
    },
    /** Take up this visitor's draft, or else begin with `text`. @param {string} owner @param {string} text */
    begin(owner, text) {
      if (slot.owner === owner) return;
      if (slot.owner) field.value = "";
      field.value = slot.take(owner) || field.value || text;
      lost = !!chosen.take(owner);
      shown();
    },
  };
}
