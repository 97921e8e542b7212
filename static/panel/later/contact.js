/* The card that asks for a missing name or email address, once; and what the page told about them. */

import { ApiError } from "../api.js";
import { element } from "../dom.js";
import { form } from "./form.js";
import { words } from "./words.js";

const FIELDS = /** @type {const} */ (["name", "email"]);

/** @param {Panel.Chat} chat @param {Panel.Slot} asked */
export function card(chat, asked) {
  const missing = FIELDS.filter((field) => unknown(chat).includes(field));
  const inputs = missing.map((field) => {
    const type = field === "email" ? "email" : "text";
    return element("input", { type, name: field, autocomplete: field, maxlength: "255", dir: "auto" });
  });
  const done = () => {
    asked.keep("yes");
    chat.outside.changed();
    document.getElementById("text")?.focus();
  };
  return form(
    [
      element("p", { class: "lead" }, words.contact),
      element("p", {}, words.contactText),
      ...missing.map((field, index) => element("label", {}, words[field], inputs[index])),
    ],
    { save: words.save, skip: words.notNow },
    async (given) => {
      const left = Object.fromEntries(missing.map((field) => [field, String(given.get(field)).trim()]).filter(([, text]) => text));
      await tell(chat, left).catch((error) => {
        if (error instanceof ApiError && error.status === 403) return; // nobody wants to know
        if (!(error instanceof ApiError) || error.code !== "invalid_field") throw error;
        const field = missing.find((name) => error.field === name) || missing[0];
        inputs[missing.indexOf(field)].focus();
        throw field === "email" ? words.emailBad : words.nameBad;
      });
      done();
    },
    done,
  );
}

/** Leave what the page told, as far as nobody told it before. @param {Panel.Chat} chat @param {any} contact */
export async function leave(chat, contact) {
  const missing = unknown(chat);
  const told = Object.entries(contact).filter(([field, text]) => text && missing.includes(field));
  if (told.length) await tell(chat, Object.fromEntries(told));
}

/** @param {Panel.Chat} chat @param {Record<string, string>} left */
async function tell(chat, left) {
  if (Object.keys(left).length) await chat.api.call("PUT", "/contact", left);
  chat.missing = unknown(chat).filter((field) => !left[field]);
}

/** @param {Panel.Chat} chat */
function unknown(chat) {
  return chat.missing || chat.boot?.user.missing || [];
}
