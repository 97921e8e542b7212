/* Bring server-rendered fragments into the page, row by row; what has the focus, or is being written, stays. */

/** @param {string} html a page fragment of our own server, which escapes everything in it @returns {HTMLElement} */
export function parse(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  return /** @type {HTMLElement} */ (document.adoptNode(page.body));
}

/**
 * Make the rows of `list` those of `wanted`: equal ones stay the nodes they are, so focus and selection stay too.
 * @param {Element} list
 * @param {Element} wanted
 * @returns {Element[]} the rows that are new
 */
export function replaceRows(list, wanted) {
  const known = new Map(Array.from(list.children, (row) => [row.getAttribute("data-key"), row]));
  /** @type {Element[]} */
  const arrived = [];
  /** @type {Element | null} */
  let previous = null;
  for (const next of Array.from(wanted.children)) {
    const key = next.getAttribute("data-key");
    let row = known.get(key);
    known.delete(key);
    if (!row) {
      row = next;
      arrived.push(row);
    } else if (!sameRow(row, next)) {
      const focused = row.contains(document.activeElement);
      row.replaceWith(next);
      row = next;
      if (focused) /** @type {HTMLElement | null} */ (row.querySelector("a, button"))?.focus();
    }
    /** @type {ChildNode | null} */
    const place = previous ? previous.nextSibling : list.firstChild;
    if (place !== row) list.insertBefore(row, place);
    previous = row;
  }
  for (const row of known.values()) row.remove();
  return arrived;
}

/** @param {Element} one @param {Element} other */
function sameRow(one, other) {
  return plain(one) === plain(other);
}

/** A row without what the browser itself changed about it. @param {Element} row */
function plain(row) {
  const copy = /** @type {Element} */ (row.cloneNode(true));
  for (const time of copy.querySelectorAll("time")) {
    time.textContent = "";
    time.removeAttribute("title");
  }
  for (const token of copy.querySelectorAll("[name=csrf_token]")) token.remove();
  copy.classList.remove("arrived");
  if (!copy.className) copy.removeAttribute("class");
  return copy.outerHTML;
}
