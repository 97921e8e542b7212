/* The panel: shake hands with the page, then chat with the session it hands over. */

import { Api } from "./api.js";
import { Chat } from "./chat.js";
import { compose } from "./composer.js";
import { byId } from "./dom.js";
import { isPort } from "./protocol.js";
import { View } from "./view.js";

const frame = JSON.parse(byId("whosthere-frame").textContent || "{}");
/** @type {MessagePort | null} */
let port = null;

const api = new Api(frame.apiBase);
const chat = new Chat(api, { changed: () => view.changed(), tell });
const view = new View(chat);
const composer = compose(`whosthere:draft:${frame.platformId}`, {
  send: (text) => chat.send(text),
  close: () => tell({ type: "close" }),
});

/** @param {any} message */
function tell(message) {
  port?.postMessage(message);
}

/** @param {MessageEvent} event */
function shake(event) {
  if (port || !isPort(event, window.parent, frame.origins)) return;
  port = event.ports[0];
  port.onmessage = (message) => heard(message.data);
  window.removeEventListener("message", shake);
}

/** @param {any} data */
function heard(data) {
  if (data?.type !== "state") return;
  if (data.refusal !== null && !data.booted) return view.trouble(data.refusal);
  view.refusal = null;
  const { user, widget } = data.booted;
  view.paint(widget);
  chat.config = { tags: data.tags, fields: data.fields, page: data.page };
  const nobody = !data.booted.conversation && !chat.conversation;
  composer.begin(JSON.stringify([user.userId, user.userEmail]), nobody ? data.prefill : "");
  void chat.begin(data.booted);
  const opened = data.visible && !chat.visible;
  chat.show(data.visible);
  if (opened && matchMedia("(hover: hover)").matches) composer.focus();
  if (nobody && data.initialUserMessage && !chat.log.pending.length) chat.send(data.initialUserMessage);
}

view.paint(frame.widget);
byId("close").addEventListener("click", () => tell({ type: "close" }));
byId("reopen").addEventListener("click", () => chat.reopen());
byId("trouble-button").addEventListener("click", () => tell({ type: "reload" }));
document.addEventListener("visibilitychange", () => chat.show(chat.visible));
for (const name of ["online", "offline"]) {
  window.addEventListener(name, () => {
    view.changed();
    if (navigator.onLine) void chat.flush();
  });
}
window.addEventListener("message", shake);
// Whoever frames us may hear this; it says nothing. What answers must be on the platform's list.
if (window.parent !== window) window.parent.postMessage("whosthere:hello", "*");
