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
  return keepingFocus(list, () => {
    const known = new Map(Array.from(list.children, (row) => [row.getAttribute("data-key"), row]));
    /** @type {Element[]} */
    const arrived = [];
    /** @type {Element | null} */
    let previous = null;
    for (const next of Array.from(wanted.children)) {
      const key = next.getAttribute("data-key");
      const old = known.get(key);
      known.delete(key);
      /** @type {Element} */
      const row = old && same(old, next) ? old : next;
      if (!old) arrived.push(row);
      else if (row !== old) old.replaceWith(row);
      /** @type {ChildNode | null} */
      const place = previous ? previous.nextSibling : list.firstChild;
      if (place !== row) list.insertBefore(row, place);
      previous = row;
    }
    for (const row of known.values()) row.remove();
    return arrived;
  });
}

/**
 * Give `part` the content of `wanted`, unless it has it.
 * @param {Element} part
 * @param {Element} wanted
 */
export function replacePart(part, wanted) {
  if (!same(part, wanted)) keepingFocus(part, () => part.replaceChildren(...wanted.childNodes));
}

/**
 * Change `part`; if what had the focus is moved or replaced by that, its successor has it afterwards.
 * @template T
 * @param {Element} part
 * @param {() => T} change
 * @returns {T}
 */
function keepingFocus(part, change) {
  const active = document.activeElement;
  if (!active || !part.contains(active)) return change();
  const row = active.closest("[data-key]");
  const key = row && part.contains(row) ? row.getAttribute("data-key") : null;
  const place = key === null || !row ? targets(part).indexOf(active) : targets(row).indexOf(active);
  const result = change();
  if (document.activeElement === active) return result;
  const scope = key === null ? part : part.querySelector(`[data-key="${CSS.escape(key)}"]`);
  const successor = scope && (targets(scope)[place] || targets(scope).at(-1));
  /** @type {HTMLElement | null | undefined} */ (successor)?.focus({ preventScroll: true });
  return result;
}

/** What can have the focus. @param {Element} within @returns {Element[]} */
function targets(within) {
  return Array.from(within.querySelectorAll("a[href], button, summary, select, input:not([type=hidden])"));
}

/** @param {Element} one @param {Element} other */
function same(one, other) {
  return plain(one) === plain(other);
}

/** A part without what the browser itself changed about it. @param {Element} part */
function plain(part) {
  const copy = /** @type {Element} */ (part.cloneNode(true));
  for (const time of copy.querySelectorAll("time")) {
    time.textContent = "";
    time.removeAttribute("title");
  }
  for (const token of copy.querySelectorAll("[name=csrf_token]")) token.remove();
  copy.classList.remove("arrived");
  if (!copy.className) copy.removeAttribute("class");
  return copy.outerHTML;
}
