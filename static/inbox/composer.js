/* Writing to a visitor or to the team: the draft is kept, a message goes exactly once, a failure loses nothing. */

import { drafts } from "./drafts.js";
import { attachments } from "./files.js";
import { suggest } from "./suggest.js";
import { tellTyping } from "./typing.js";

/** @typedef {"reply" | "note"} Kind */

/**
 * @param {HTMLFormElement} form
 * @param {{api: string, agent: string, platform: string, conversation: string, csrf: string, sent(): void, writes(): void}} about
 */
export function compose(form, about) {
  const field = /** @type {HTMLTextAreaElement} */ (form.elements.namedItem("text"));
  const key = /** @type {HTMLInputElement} */ (form.elements.namedItem("clientMessageId"));
  const status = /** @type {HTMLElement} */ (form.querySelector("#sending"));
  const label = /** @type {HTMLElement} */ (form.querySelector("#send-label"));
  const quiet = status.dataset.quiet || "";
  const draft = drafts(about.agent, about.conversation);
  const files = attachments(/** @type {HTMLInputElement} */ (form.elements.namedItem("file")), about);
  const tell = tellTyping(about);
  let sending = false;
  form.classList.add("lively");
  let attempted = "";

  /** @param {string} text @param {boolean} [trouble] */
  function say(text, trouble = false) {
    status.textContent = text;
    status.classList.toggle("trouble", trouble);
  }

  /** @param {Kind} kind */
  function choice(kind) {
    return /** @type {HTMLInputElement} */ (form.querySelector(`[name=kind][value=${kind}]`));
  }

  /** @returns {Kind} */
  function kind() {
    return choice("note").checked ? "note" : "reply";
  }

  /** @param {Kind} wanted */
  function choose(wanted) {
    const chosen = choice(wanted);
    if (chosen.disabled) return;
    chosen.checked = true;
    form.classList.toggle("noting", wanted === "note");
    field.placeholder = chosen.dataset.placeholder || "";
    label.textContent = chosen.dataset.send || "";
    draft.keep(field.value, wanted);
  }

  async function send() {
    const text = field.value;
    const withFiles = files.chosen();
    if (sending || !(text.trim() || (withFiles && !text))) return;
    if (withFiles && kind() === "note") return say("A note has no files. Take them away, or send a reply.", true);
    sending = true;
    say("Sending…");
    /** @type {string[]} */
    let ids = [];
    let trouble = "";
    try {
      ids = await files.upload();
    } catch (error) {
      trouble = error instanceof TypeError ? "The server cannot be reached." : String(/** @type {Error} */ (error).message);
    }
    if (!trouble) {
      // The same message again is the same message; a changed one after a failure is another.
      const content = kind() + text + ids.join();
      if (attempted && attempted !== content) key.value = newKey();
      attempted = content;
      trouble = await post(text, ids).catch(() => "The server cannot be reached.");
    }
    sending = false;
    if (trouble) return say(`Not sent. ${trouble} Your text is kept.`, true);
    attempted = "";
    key.value = newKey();
    if (field.value === text) field.value = "";
    files.clear();
    draft.keep(field.value, kind());
    say(quiet);
    about.sent();
  }

  /** Store the message; return what went wrong. @param {string} text @param {string[]} ids @returns {Promise<string>} */
  async function post(text, ids) {
    const path = kind() === "note" ? "notes" : "messages";
    const response = await fetch(`${about.api}/conversations/${about.conversation}/${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": about.csrf },
      body: JSON.stringify({ text, clientMessageId: key.value, ...(ids.length ? { attachments: ids } : {}) }),
    });
    if (response.ok) return "";
    if (response.status === 401) return "You are signed out: reload the page to sign in.";
    return (await response.json().catch(() => ({}))).detail || `The server answered ${response.status}.`;
  }

  if (!field.value) {
    const kept = draft.kept();
    field.value = kept.text;
    if (kept.text) choose(kept.kind); // a half-written note must not come back as a reply
  }
  choose(kind());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void send();
  });
  form.addEventListener("change", () => choose(kind()));
  field.addEventListener("input", () => {
    draft.keep(field.value, kind());
    if (kind() === "reply") tell(Boolean(field.value));
    if (field.value) about.writes();
    say(field.value ? `${quiet} · draft kept` : quiet);
  });
  suggest(field, { ...about, noting: () => kind() === "note" });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) {
      event.preventDefault();
      void send();
    }
  });
  return {
    /** @param {Kind} wanted */
    write(wanted) {
      choose(wanted);
      field.focus();
    },
    /** Put a text where the caret is. @param {string} text */
    insert(text) {
      field.focus();
      field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
      field.dispatchEvent(new Event("input", { bubbles: true }));
    },
    /** Whether the visitor can be answered now; notes are always possible. @param {boolean} possible */
    answering(possible) {
      const reopened = possible && choice("reply").disabled;
      choice("reply").disabled = !possible;
      if (!possible) choose("note");
      else if (reopened && !field.value) choose("reply"); // what is half-written stays what it is
    },
  };
}

/** An idempotency key; `crypto.randomUUID` is missing where there is no TLS. */
function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
