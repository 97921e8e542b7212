/* The panel: shake hands with the page, then chat with the session it hands over. */

import { Api } from "./api.js";
import { Chat } from "./chat.js";
import { compose } from "./composer.js";
import { byId, later } from "./dom.js";
import { Outbox } from "./outbox.js";
import { reach } from "./parts.js";
import { isPort } from "./protocol.js";
import { Slot } from "./slot.js";
import { View } from "./view.js";

const frame = JSON.parse(byId("whosthere-frame").textContent || "{}");
/** @type {MessagePort | null} */
let port = null;

const api = new Api(frame.apiBase);
const outbox = new Outbox(new Slot(`whosthere:outbox:${frame.platformId}`));
const asked = new Slot(`whosthere:asked:${frame.platformId}`, () => localStorage);
const chat = new Chat(api, outbox, frame.platformId, {
  changed: () => view.changed(),
  introduce: () => parts.introduce(),
  tell,
});
const view = new View(chat, asked);
const parts = reach(chat, view, () => composer.changed());
const draft = new Slot(`whosthere:draft:${frame.platformId}`);
const composer = compose(draft, new Slot(`whosthere:files:${frame.platformId}`), {
  send: (text, attachments) => chat.send(text, attachments),
  typing: (empty) => chat.typing.wrote(empty),
  files: () => parts.tray,
});
let initialSent = false;

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
  if (data?.type === "moved") return void later("states").then((part) => part.moved(chat, data.conversations));
  if (data?.type !== "state") return;
  if (!data.booted) {
    chat.pause();
    return view.trouble(data.expired ? "expired" : "refused", data.refusal, data.again);
  }
  view.trouble("");
  view.paint(data.booted.widget);
  const { tags, fields, page, contact, initialUserMessage, nextUserMessage } = data;
  chat.config = { tags, fields, page, contact, initialUserMessage, nextUserMessage };
  const nobody = !data.booted.conversation && chat.thread.id === null;
  const { ref } = data.booted.user;
  if (asked.owner !== ref) asked.take(ref);
  composer.begin(ref, nobody ? data.prefill : "");
  chat.begin(data.booted);
  const opened = data.visible && !chat.visible;
  if (data.visible !== chat.visible) chat.show(data.visible);
  if (opened && matchMedia("(hover: hover)").matches) composer.focus();
  if (opened && nobody && data.initialUserMessage && !initialSent && !outbox.items.length) {
    initialSent = true;
    chat.send(data.initialUserMessage);
  }
}

view.paint(frame.widget);
byId("close").addEventListener("click", () => tell({ type: "close" }));
document.addEventListener("visibilitychange", () => chat.read());
for (const name of ["online", "offline"]) {
  window.addEventListener(name, () => {
    view.changed();
    if (navigator.onLine) void chat.sender.flush();
  });
}
window.addEventListener("message", shake);
// Whoever frames us may hear this; it says nothing. What answers must be on the platform's list.
if (window.parent !== window) window.parent.postMessage("whosthere:hello", "*");
