/* Server-sent events out of chunks of text (WHATWG HTML, "Server-sent events"). Pure. */

/** @typedef {{id: string, event: string, data: string}} ServerEvent */

/** @param {(event: ServerEvent) => void} receive @returns {(chunk: string) => void} */
export function parser(receive) {
  let buffer = "";
  let id = "";
  let event = "";
  /** @type {string[]} */
  let data = [];

  /** @param {string} line */
  function take(line) {
    if (line === "") {
      if (data.length) receive({ id, event: event || "message", data: data.join("\n") });
      event = "";
      data = [];
      return;
    }
    const colon = line.indexOf(":");
    if (colon === 0) return; // a comment, sent to keep the connection alive
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "data") data.push(value);
    else if (field === "event") event = value;
    else if (field === "id" && !value.includes("\0")) id = value;
  }

  return (chunk) => {
    buffer += chunk;
    for (;;) {
      const end = buffer.search(/\r\n|\n|\r(?!$)/); // a lone CR at the very end may be half of a CRLF
      if (end < 0) return;
      const line = buffer.slice(0, end);
      buffer = buffer.slice(end + (buffer.startsWith("\r\n", end) ? 2 : 1));
      take(line);
    }
  };
}
