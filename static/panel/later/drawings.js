/* Drawings of the parts that most visits never need. */

const NAMESPACE = "http://www.w3.org/2000/svg";
const PATHS = {
  lock: "M7.5 10.5h9A2.5 2.5 0 0 1 19 13v4a2.5 2.5 0 0 1-2.5 2.5h-9A2.5 2.5 0 0 1 5 17v-4a2.5 2.5 0 0 1 2.5-2.5ZM8 10.5V8a4 4 0 0 1 8 0v2.5",
  star: "m12 4 2.5 5.1 5.6.8-4 4 .9 5.6-5-2.6-5 2.6 1-5.6-4.1-4 5.6-.8Z",
  save: "M12 4v11m0 0-4.5-4.5M12 15l4.5-4.5M5 20h14",
  leave: "M14 4H7a2 2 0 0 0-2 2v12a2 2 0 0 0 2 2h7m-3-8h9m0 0-3-3m3 3-3 3",
};

/** @param {keyof typeof PATHS} name */
export function drawing(name) {
  const svg = document.createElementNS(NAMESPACE, "svg");
  const path = document.createElementNS(NAMESPACE, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("class", "stroke");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
