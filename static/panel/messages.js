/* The list of messages. Rows are kept by their key and changed in place: nothing moves under the reader's eyes, and a
   screen reader says each message once. */

import { element } from "./dom.js";

const ADDRESS = /https?:|mailto:/i;
const EMOJI = /^(?:\p{Extended_Pictographic}[\u{1f3fb}-\u{1f3ff}\ufe0f\u200d]*){1,3}$/u; // a message of nothing else is shown larger

/**
 * Bring the list into the state of `wanted`.
 * @param {HTMLElement} list
 * @param {Panel.Row[]} wanted
 * @param {Panel.Drawing} how
 */
export function render(list, wanted, how) {
  const known = new Map(Array.from(list.children, (node) => [node.getAttribute("data-key"), node]));
  /** @type {Element | null} */
  let previous = null;
  for (const row of wanted) {
    const old = known.get(row.key);
    const kept = old && old.getAttribute("data-holds") === holds(row) ? old : null;
    const node = kept || draw(row, how);
    if (kept) known.delete(row.key);
    update(node, row, how);
    /** @type {ChildNode | null} */
    const place = previous ? previous.nextSibling : list.firstChild;
    if (place !== node) list.insertBefore(node, place);
    previous = node;
  }
  for (const node of known.values()) node.remove();
}

/** What a row must still hold to be kept as it is: a message that was taken back is drawn anew. @param {Panel.Row} row */
function holds({ kind, attachments }) {
  return `${kind} ${attachments?.length || 0}`;
}

/** @param {Panel.Row} row @param {Panel.Drawing} how */
function draw(row, how) {
  const about = { "data-key": row.key, "data-holds": holds(row) };
  if (row.kind === "day" || row.kind === "system") return element("li", { class: row.kind, ...about }, row.body);
  const node = element("li", { class: `message ${row.kind === "user" ? "me" : "them"}`, ...about });
  node.append(element("div", { class: "by" }, element("bdi")));
  if (row.body) {
    const text = element("p", { dir: "auto" }, row.body); // not the bubble: its corner points to the author in any language
    if (ADDRESS.test(row.body)) how.link(text, row.body);
    node.append(element("div", { class: EMOJI.test(row.body) ? "bubble emoji" : "bubble" }, text));
  }
  if (row.attachments?.length) {
    const files = element("div", { class: "files" });
    node.append(files);
    how.files(files, row.attachments);
  }
  node.append(element("div", { class: "meta", "aria-live": "off" }));
  return node;
}

/** @param {Element} node @param {Panel.Row} row @param {Panel.Drawing} how */
function update(node, row, how) {
  const signature = JSON.stringify([row.author, row.named, row.at, row.meta, row.retry, row.kind === "day" && row.body]);
  if (node.getAttribute("data-state") === signature) return;
  node.setAttribute("data-state", signature);
  if (row.kind === "day") node.textContent = row.body;
  if (row.kind === "day" || row.kind === "system") return;
  const by = node.children[0];
  const meta = node.children[node.children.length - 1];
  by.className = row.named ? "by" : "by hidden";
  by.children[0].textContent = row.author;
  node.setAttribute("title", how.exact(row.at));
  meta.className = row.retry ? "meta failed" : "meta";
  meta.replaceChildren(row.meta);
  const { retry } = row;
  if (retry === undefined) return;
  for (const act of /** @type {const} */ (["retry", "discard"])) {
    const button = element("button", { type: "button", class: act }, how.words[act]);
    button.addEventListener("click", () => how[act](retry));
    meta.append(" ", button);
  }
}
