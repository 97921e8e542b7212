/* Parts of the panel that most visits never need: fetched when they are, with their styles. */

/** @type {Promise<unknown> | null} */
let styles = null;

/**
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

/** Add the styles of these parts to the page. */
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
