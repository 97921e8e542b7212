/* Menus are disclosures that work by themselves; here they close when they are left, and arrows move in them. */

/** @returns {HTMLDetailsElement[]} */
function open() {
  return Array.from(document.querySelectorAll("details.menu[open]"));
}

/** @param {Element} menu @returns {HTMLElement[]} */
function choices(menu) {
  return Array.from(menu.querySelectorAll(".drop :is(button, a[href], input:not([type=hidden]), select)"));
}

/** Open a menu and go into it. @param {string} name */
export function openMenu(name) {
  const menu = /** @type {HTMLDetailsElement | null} */ (document.querySelector(`details[data-menu="${name}"]`));
  if (!menu) return;
  menu.open = true;
  choices(menu)[0]?.focus();
}

/** @param {() => void} closed is called when a menu was closed */
export function tendMenus(closed) {
  document.addEventListener(
    "toggle",
    (event) => {
      const menu = /** @type {HTMLDetailsElement} */ (event.target);
      if (menu.matches("details.menu") && !menu.open) closed();
    },
    true,
  );
  document.addEventListener("pointerdown", (event) => {
    for (const menu of open()) if (!menu.contains(/** @type {Node} */ (event.target))) menu.open = false;
  });
  document.addEventListener("focusin", (event) => {
    for (const menu of open()) if (!menu.contains(/** @type {Node} */ (event.target))) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    const menu = open().find((one) => one.contains(document.activeElement));
    if (!menu) return;
    if (event.key === "Escape") {
      event.preventDefault();
      menu.querySelector("summary")?.focus();
      menu.open = false;
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !isField(document.activeElement)) {
      event.preventDefault();
      const all = choices(menu);
      const here = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
      const step = event.key === "ArrowDown" ? 1 : -1;
      all[here < 0 ? 0 : (here + step + all.length) % all.length]?.focus();
    }
  });
}

/** Whether arrows mean something of their own here. @param {Element | null} element */
function isField(element) {
  return Boolean(element?.matches("select, input[type=date]"));
}
