/* A conversation as plain text, to keep. */

/**
 * Read all messages from the server, also those that are not shown.
 * @param {Panel.Api} api
 * @param {string} path of the conversation
 */
export async function all(api, path) {
  /** @type {Panel.Message[]} */
  const found = [];
  for (let next = 0; next !== null; ) {
    const page = await api.call("GET", `${path}/messages?after=${next}`);
    found.push(...page.items);
    next = page.next;
  }
  return found;
}

/**
 * @param {Panel.Message[]} messages
 * @param {{title: string, words: Panel.Words, exact(at: number): string}} how
 */
export function transcript(messages, { title, words, exact }) {
  const events = /** @type {Record<string, string>} */ (words.events);
  const blocks = messages.map(({ author, body, createdAt, event, attachments }) => {
    const at = exact(Date.parse(createdAt));
    if (event) return `[${at}] ${events[event] || event}`;
    const name = author.kind === "user" ? words.you : author.kind === "agent" ? author.name || words.team : "";
    const files = (attachments || []).map((file) => `[${file.name}]`);
    return [`[${at}] ${name}`, ...(body ? [body] : []), ...files].join("\n");
  });
  return `${[title, ...blocks].join("\n\n")}\n`.replace(/\r?\n/g, "\r\n");
}
