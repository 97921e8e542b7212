// What happens once: a form is sent, somebody reads what came of it, and a secret is shown.

const AGAIN_MS = 3000;

/**
 * Send no form twice, begin where something is said, and let nobody leave a secret behind unasked.
 * @param {Document} page
 */
export function once(page) {
  page.addEventListener("submit", (event) => {
    if (event.target instanceof HTMLFormElement && event.target.method === "post") sent(event, event.target);
  });
  addEventListener("pageshow", () => page.querySelectorAll("form[aria-busy]").forEach((form) => form.removeAttribute("aria-busy")));
  if (!page.querySelector("[autofocus]")) start(page.querySelector(".once h2, main .alert[role=alert], main [role=status].good-news"));
  const secret = page.querySelector(".once .secret");
  if (secret) guard(secret);
}

/**
 * A second click sends nothing; after a while it may, since a download leaves the page where it is.
 * @param {SubmitEvent} event
 * @param {HTMLFormElement} form
 */
function sent(event, form) {
  if (form.hasAttribute("aria-busy")) return event.preventDefault();
  form.setAttribute("aria-busy", "true");
  setTimeout(() => form.removeAttribute("aria-busy"), AGAIN_MS);
}

/**
 * Put the focus where the page says what happened, so that it is read and the next key goes on from there.
 * @param {Element | null} place
 */
function start(place) {
  if (!(place instanceof HTMLElement)) return;
  place.tabIndex = -1;
  place.focus();
}

/**
 * Ask before a page is left whose secret nobody has copied: it is shown this once.
 * @param {Element} secret
 */
function guard(secret) {
  /** @param {Event} event */
  const ask = (event) => event.preventDefault();
  addEventListener("beforeunload", ask);
  secret.addEventListener("copy", () => removeEventListener("beforeunload", ask));
}
