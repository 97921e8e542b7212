/* The list of messages. Rows are kept by their key, so that an update moves nothing under the reader's eyes. */

import { element } from "./dom.js";
import { words } from "./words/en.js";

const GROUP_MS = 5 * 60 * 1000;
const time = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short" });
const events = /** @type {Record<string, string>} */ ({
  resolved: words.resolvedEvent,
  reopened: words.reopenedEvent,
  rejected: words.rejectedEvent,
  ended: words.endedEvent,
});

/**
 * @typedef {object} Row
 * @property {string} key
 * @property {"user" | "agent" | "system" | "day"} kind
 * @property {string} body
 * @property {string} [name]
 * @property {number} at
 * @property {string} meta
 * @property {string} [retry] the clientMessageId of a failed message
 */

/**
 * Lay out what the log holds. Pure.
 * @param {import("./log.js").Log} log
 * @param {number} now
 * @returns {Row[]}
 */
export function rows(log, now) {
  /** @type {Row[]} */
  const found = [];
  /** @type {Row | null} */
  let before = null;
  const all = [
    ...log.messages.map((message) => fromServer(message)),
    ...log.pending.map((waiting) => ({
      key: waiting.clientMessageId,
      kind: /** @type {const} */ ("user"),
      body: waiting.text,
      at: waiting.at,
      meta: waiting.state === "failed" ? words.failed : words.sending,
      retry: waiting.state === "failed" ? waiting.clientMessageId : undefined,
    })),
  ];
  for (const row of all) {
    if (!before || new Date(before.at).toDateString() !== new Date(row.at).toDateString()) {
      found.push({ key: `day-${new Date(row.at).toDateString()}`, kind: "day", body: dayName(row.at, now), at: row.at, meta: "" });
      before = null;
    }
    const follows = before && before.kind === row.kind && row.at - before.at < GROUP_MS && before.name === row.name;
    if (follows && before && before.meta === row.meta) before.meta = "";
    found.push(follows ? { ...row, name: undefined } : row);
    before = found[found.length - 1];
    if (follows) before.name = row.name;
  }
  return found;
}

/** @param {import("./log.js").Message} message @returns {Row} */
function fromServer(message) {
  const at = Date.parse(message.createdAt);
  const kind = message.author.kind === "agent" || message.author.kind === "system" ? message.author.kind : "user";
  return {
    key: message.clientMessageId || message.id,
    kind: /** @type {any} */ (kind),
    body: message.event ? events[message.event] || message.event : message.body,
    name: kind === "agent" ? message.author.name || words.team : undefined,
    at,
    meta: time.format(at),
  };
}

/** @param {number} at @param {number} now */
function dayName(at, now) {
  const days = Math.round((new Date(now).setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / 86400000);
  return days === 0 ? words.today : days === 1 ? words.yesterday : day.format(at);
}

/**
 * Bring the list into the state of `wanted`.
 * @param {HTMLElement} list
 * @param {Row[]} wanted
 * @param {(clientMessageId: string) => void} retry
 */
export function render(list, wanted, retry) {
  const known = new Map(Array.from(list.children, (node) => [node.getAttribute("data-key"), node]));
  let shownName = "";
  /** @type {Element | null} */
  let previous = null;
  for (const row of wanted) {
    const name = row.kind === "agent" && row.name && row.name !== shownName ? row.name : "";
    shownName = row.kind === "agent" ? row.name || shownName : "";
    const signature = JSON.stringify([row, name]);
    let node = known.get(row.key);
    known.delete(row.key);
    if (!node || node.getAttribute("data-state") !== signature) {
      const next = draw(row, name, retry);
      next.setAttribute("data-key", row.key);
      next.setAttribute("data-state", signature);
      if (node) node.replaceWith(next);
      node = next;
    }
    const place = previous ? previous.nextSibling : list.firstChild;
    if (place !== node) list.insertBefore(node, place);
    previous = node;
  }
  for (const node of known.values()) node.remove();
}

/** @param {Row} row @param {string} name @param {(clientMessageId: string) => void} retry */
function draw(row, name, retry) {
  if (row.kind === "day" || row.kind === "system") return element("li", { class: row.kind }, row.body);
  const bubble = element("div", { class: "bubble", dir: "auto", title: exact.format(row.at) }, row.body);
  const item = element("li", { class: `message ${row.kind === "user" ? "me" : "them"}` });
  if (name) item.append(element("div", { class: "by" }, element("bdi", {}, name)));
  else item.append(element("span", { class: "hidden" }, row.kind === "user" ? words.you : row.name || words.team));
  item.append(bubble);
  if (row.retry) {
    const again = element("button", { type: "button", class: "again" }, words.retry);
    const id = row.retry;
    again.addEventListener("click", () => retry(id));
    item.append(element("div", { class: "meta failed" }, row.meta, " ", again));
  } else if (row.meta) {
    item.append(element("div", { class: "meta" }, row.meta));
  }
  return item;
}
