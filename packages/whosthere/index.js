/* Load the Whosthere chat in a page, once. No dependencies; safe where there is no page. */

/**
 * Give the chat a command. The function is looked up every time: the script replaces the stub, `destroy` both.
 * @type {import("./index.js").Whosthere}
 */
function whosthere(/** @type {any[]} */ ...args) {
  if (typeof window !== "undefined") /** @type {any} */ (window).Whosthere?.(...args);
}

/**
 * @param {import("./index.js").LoadOptions} options
 * @returns {import("./index.js").Whosthere}
 */
export function load({ src, config, nonce }) {
  if (typeof window === "undefined" || typeof document === "undefined") return whosthere;
  const news = JSON.stringify(config) !== JSON.stringify(window.whosthereConfig);
  window.whosthereConfig = config;
  if (window.Whosthere?.q) {
    if (news) whosthere("update"); // the script is here, or on its way
    return whosthere;
  }
  /** @type {any[]} */
  const queue = [];
  window.Whosthere = Object.assign((/** @type {any[]} */ ...args) => void queue.push(args), { q: queue });
  const script = document.createElement("script");
  script.id = "whosthere-embed";
  script.async = true;
  script.src = src;
  if (nonce) script.nonce = nonce;
  script.onerror = () => {
    script.remove();
    delete window.Whosthere; // the next call tries again
  };
  document.head.append(script);
  return whosthere;
}
