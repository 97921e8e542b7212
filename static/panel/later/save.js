/* Hand a file to the browser to be saved; nothing opens it here. */

import { element } from "../dom.js";

const KEEP_MS = 60000; // until the browser has it for certain

/** @param {Blob} blob @param {string} name */
export function save(blob, name) {
  const href = URL.createObjectURL(new Blob([blob], { type: "application/octet-stream" }));
  const link = element("a", { href, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(href), KEEP_MS);
}
