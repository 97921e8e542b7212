/* Writing to a visitor: the draft is kept, a message goes exactly once, and a failure loses nothing. */

/**
 * @param {HTMLFormElement} form
 * @param {{api: string, conversation: string, csrf: string, sent(): void}} about
 */
export function compose(form, about) {
  const field = /** @type {HTMLTextAreaElement} */ (form.elements.namedItem("text"));
  const key = /** @type {HTMLInputElement} */ (form.elements.namedItem("clientMessageId"));
  const status = /** @type {HTMLElement} */ (form.querySelector("#sending"));
  const quiet = status.textContent || "";
  const draftKey = `whosthere:reply:${about.conversation}`;
  let sending = false;

  field.value = field.value || sessionStorage.getItem(draftKey) || "";

  /** @param {string} text @param {boolean} [trouble] */
  function say(text, trouble = false) {
    status.textContent = text;
    status.classList.toggle("trouble", trouble);
  }

  async function send() {
    const text = field.value;
    if (sending || !text.trim()) return;
    sending = true;
    say("Sending…");
    const path = kind() === "note" ? "notes" : "messages";
    try {
      const response = await fetch(`${about.api}/conversations/${about.conversation}/${path}`, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": about.csrf },
        body: JSON.stringify({ text, clientMessageId: key.value }),
      });
      if (!response.ok) throw new Error((await response.json().catch(() => ({}))).detail || `${response.status}`);
      if (field.value === text) field.value = "";
      key.value = crypto.randomUUID();
      keep();
      say(quiet);
      about.sent();
    } catch (error) {
      say(`Not sent: ${error instanceof TypeError ? "the server cannot be reached" : error}. Your text is kept.`, true);
    }
    sending = false;
  }

  function kind() {
    return new FormData(form).get("kind");
  }

  function keep() {
    if (field.value) sessionStorage.setItem(draftKey, field.value);
    else sessionStorage.removeItem(draftKey);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void send();
  });
  form.addEventListener("change", () => form.classList.toggle("noting", kind() === "note"));
  field.addEventListener("input", () => {
    keep();
    say(field.value ? `${quiet} · draft kept` : quiet);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      void send();
    }
  });
  return {
    /** @param {"reply" | "note"} wanted */
    write(wanted) {
      const choice = /** @type {HTMLInputElement | null} */ (form.querySelector(`[name=kind][value=${wanted}]`));
      if (choice) choice.checked = true;
      form.classList.toggle("noting", wanted === "note");
      field.focus();
    },
  };
}
