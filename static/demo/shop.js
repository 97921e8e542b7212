/* What the demo shop adds to a page: a button that opens the chat, and a list of what the page hears from it. */

const EVENTS = [
  "ready",
  "userAuthFailure",
  "warning",
  "widgetToggle",
  "conversationStart",
  "newUnreadMessages",
  "agentMessageReceived",
  "userChanged",
  "sessionExpired",
];
const SHOWN_MAX = 8;

const list = document.getElementById("events");

/**
 * Send the chat a command. The function is looked up every time: the embed script replaces the stub of the page.
 * @param {...unknown} command
 */
function whosthere(...command) {
  /** @type {any} */ (window).Whosthere(...command);
}

/**
 * Show that the page heard an event; the oldest ones make room.
 * @param {string} name
 * @param {unknown} payload
 */
function show(name, payload) {
  if (!list) return;
  const item = document.createElement("li");
  item.textContent = payload === undefined ? name : `${name} ${JSON.stringify(payload)}`;
  list.append(item);
  while (list.children.length > SHOWN_MAX) list.firstElementChild?.remove();
}

for (const name of EVENTS) whosthere("addEventListener", name, (/** @type {unknown} */ payload) => show(name, payload));

document.getElementById("open-chat")?.addEventListener("click", () => whosthere("open"));
