/* The list of messages. Rows are kept by their key and changed in place: nothing moves under the reader's eyes, and a
   screen reader says each message once. */

import { element } from "./dom.js";
import { parts } from "./links.js";

/**
 * Bring the list into the state of `wanted`.
 * @param {HTMLElement} list
 * @param {import("./rows.js").Row[]} wanted
 * @param {{exact(at: number): string, retryText: string, retry(clientMessageId: string): void}} how
 */
export function render(list, wanted, how) {
  const known = new Map(Array.from(list.children, (node) => [node.getAttribute("data-key"), node]));
  /** @type {Element | null} */
  let previous = null;
  for (const row of wanted) {
    const node = known.get(row.key) || draw(row);
    known.delete(row.key);
    update(node, row, how);
    /** @type {ChildNode | null} */
    const place = previous ? previous.nextSibling : list.firstChild;
    if (place !== node) list.insertBefore(node, place);
    previous = node;
  }
  for (const node of known.values()) node.remove();
}

/** @param {import("./rows.js").Row} row */
function draw(row) {
  if (row.kind === "day" || row.kind === "system") return element("li", { class: row.kind, "data-key": row.key }, row.body);
  const text = element("p", { dir: "auto" }); // not the bubble: its corner points to the author in any language
  for (const part of parts(row.body)) text.append(part.href ? link(part.text, part.href) : part.text);
  return element(
    "li",
    { class: `message ${row.kind === "user" ? "me" : "them"}`, "data-key": row.key },
    element("div", { class: "by" }, element("bdi")),
    element("div", { class: "bubble" }, text),
    element("div", { class: "meta", "aria-live": "off" }),
  );
}

/** @param {string} text @param {string} href */
function link(text, href) {
  return element("a", { href, target: "_blank", rel: "noopener noreferrer nofollow", referrerpolicy: "no-referrer" }, text);
}

/**
 * @param {Element} node
 * @param {import("./rows.js").Row} row
 * @param {{exact(at: number): string, retryText: string, retry(clientMessageId: string): void}} how
 */
function update(node, row, how) {
  const signature = JSON.stringify([row.author, row.named, row.at, row.meta, row.retry, row.kind === "day" && row.body]);
  if (node.getAttribute("data-state") === signature) return;
  node.setAttribute("data-state", signature);
  if (row.kind === "day") node.textContent = row.body;
  if (row.kind === "day" || row.kind === "system") return;
  const [by, bubble, meta] = node.children;
  by.className = row.named ? "by" : "by hidden";
  by.children[0].textContent = row.author;
  bubble.setAttribute("title", how.exact(row.at));
  meta.className = row.retry ? "meta failed" : "meta";
  meta.replaceChildren(row.meta);
  const { retry } = row;
  if (retry === undefined) return;
  const again = element("button", { type: "button", class: "again" }, how.retryText);
  again.addEventListener("click", () => how.retry(retry));
  meta.append(" ", again);
}
