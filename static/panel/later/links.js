/* Addresses in a text that may be clicked. */

const ADDRESS = /\b(?:https?:\/\/|mailto:)[^\s<>"'`{}|\\^\u0000-\u001f\u007f\u200e\u200f\u202a-\u202e\u2066-\u2069]+/giu;
const SCHEMES = new Set(["http:", "https:", "mailto:"]);
const CLOSING = /** @type {Record<string, string>} */ ({ ")": "(", "]": "[" });

/**
 * Cut a text into plain parts and addresses; together they are the text.
 * @param {string} text
 * @returns {{text: string, href?: string}[]}
 */
export function parts(text) {
  /** @type {{text: string, href?: string}[]} */
  const found = [];
  let end = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = trimmed(match[0]);
    const href = safe(address);
    if (href === null) continue;
    if (match.index > end) found.push({ text: text.slice(end, match.index) });
    found.push({ text: address, href });
    end = match.index + address.length;
  }
  if (end < text.length || !found.length) found.push({ text: text.slice(end) });
  return found;
}

/** Without what more likely belongs to the sentence than to the address. @param {string} address */
function trimmed(address) {
  let text = address;
  for (;;) {
    const last = text.slice(-1);
    const opening = CLOSING[last];
    const closes = opening !== undefined && text.split(last).length > text.split(opening).length;
    if (!closes && !/[.,;:!?…*_~]/.test(last)) return text;
    text = text.slice(0, -1);
  }
}

/** The address in the browser's own spelling, or `null` if it leads nowhere safe. @param {string} address */
function safe(address) {
  try {
    const url = new URL(address);
    if (!SCHEMES.has(url.protocol) || url.username || url.password) return null;
    return url.protocol === "mailto:" ? (url.pathname.includes("@") ? url.href : null) : url.href;
  } catch {
    return null;
  }
}

/** Put a text into the page, its addresses as links. @param {Element} place @param {string} text */
export function link(place, text) {
  const nodes = parts(text).map((part) => {
    if (!part.href) return part.text;
    const node = document.createElement("a");
    node.href = part.href;
    node.target = "_blank";
    node.rel = "noopener noreferrer nofollow";
    node.referrerPolicy = "no-referrer";
    node.textContent = part.text;
    return node;
  });
  place.replaceChildren(...nodes);
}
