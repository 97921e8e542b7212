/* Small means to build DOM; text goes in as text, always. */

/**
 * @param {string} tag
 * @param {Record<string, string>} [attributes]
 * @param {...(Node | string)} children
 */
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** @param {string} symbol the id of a symbol of the page */
export function icon(symbol) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(svg.namespaceURI, "use");
  use.setAttribute("href", `#${symbol}`);
  svg.append(use);
  return svg;
}

/** @template {HTMLElement} [T=HTMLElement] @param {string} id @returns {T} */
export function byId(id) {
  const node = document.getElementById(id);
  if (!node) throw new Error(`the page has no #${id}`);
  return /** @type {T} */ (node);
}

/** Whether a key belongs to an input method; Safari says so by the code only. @param {KeyboardEvent} event */
export function composing(event) {
  return event.isComposing || event.keyCode === 229;
}

/** @type {Promise<unknown> | null} */
let styles = null;

/**
 * Fetch a part that most visits never need, with its styles.
 * @param {string} name a module of the folder later/
 * @returns {Promise<any>}
 */
export async function later(name) {
  styles ||= dress().catch((error) => {
    styles = null;
    throw error;
  });
  const [module] = await Promise.all([import(`./later/${name}.js`), styles]);
  return module;
}

function dress() {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = new URL("later/later.css", import.meta.url).href;
  return new Promise((resolve, reject) => {
    link.onload = resolve;
    link.onerror = () => reject(new Error(link.href));
    document.head.append(link);
  });
}
