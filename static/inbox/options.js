/* A list to choose from while the focus stays in a field (WAI-ARIA, "Managing Focus in Composites"). */

/**
 * @typedef {{label: string, hint?: string, choose(): void}} Option
 * @param {HTMLElement} list role=listbox
 * @param {HTMLElement} field what has the focus
 * @param {HTMLElement} count says how many there are
 */
export function options(list, field, count) {
  /** @type {Option[]} */
  let shown = [];
  let active = 0;

  /** @param {number} index */
  function mark(index) {
    active = index;
    Array.from(list.children).forEach((node, place) => node.setAttribute("aria-selected", String(place === index)));
    const node = list.children[index];
    if (node) field.setAttribute("aria-activedescendant", node.id);
    else field.removeAttribute("aria-activedescendant");
    node?.scrollIntoView({ block: "nearest" });
  }

  return {
    /** @param {Option[]} wanted */
    show(wanted) {
      shown = wanted;
      list.replaceChildren(...wanted.map((option, place) => draw(option, `${list.id}-${place}`)));
      count.textContent = wanted.length === 1 ? "1 choice" : `${wanted.length} choices`;
      mark(wanted.length ? 0 : -1);
    },
    /** @param {number} step */
    move(step) {
      if (shown.length) mark((active + step + shown.length) % shown.length);
    },
    choose() {
      shown[active]?.choose();
      return active >= 0;
    },
  };
}

/** @param {Option} option @param {string} id */
function draw(option, id) {
  const row = document.createElement("li");
  row.id = id;
  row.setAttribute("role", "option");
  const label = document.createElement("b");
  label.textContent = option.label;
  const hint = document.createElement("span");
  hint.textContent = option.hint || "";
  row.append(label, hint);
  row.addEventListener("pointerdown", (event) => event.preventDefault()); // the focus stays in the field
  row.addEventListener("click", () => option.choose());
  return row;
}

/** Those in which every word occurs, first where the label has them. @param {Option[]} all @param {string} text @param {number} most */
export function fitting(all, text, most) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const has = (/** @type {string} */ within) => words.every((word) => within.toLowerCase().includes(word));
  const named = all.filter((option) => has(option.label));
  const hinted = all.filter((option) => !named.includes(option) && has(`${option.label} ${option.hint || ""}`));
  return [...named, ...hinted].slice(0, most);
}
