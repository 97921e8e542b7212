/* Who may talk to the panel. Pure. */

/**
 * Whether a page's origin is on the platform's list; a leading `*.` stands for exactly one label.
 * @param {string[]} allowed
 * @param {string} origin
 */
export function allows(allowed, origin) {
  const [scheme, host] = origin.split("://");
  const dot = host === undefined ? -1 : host.indexOf(".");
  const wildcard = dot < 0 ? null : `${scheme}://*${host.slice(dot)}`;
  return origin !== "null" && allowed.some((entry) => entry === origin || entry === wildcard);
}

/**
 * Whether a window message is the page's answer to our hello.
 * @param {{source: unknown, origin: string, data: unknown, ports: readonly unknown[]}} event
 * @param {unknown} parent
 * @param {string[]} allowed
 */
export function isPort(event, parent, allowed) {
  return (
    event.source === parent && event.data === "whosthere:port" && event.ports.length === 1 && allows(allowed, event.origin)
  );
}
