/* Half-written text of this tab, by agent and conversation; without storage it lives as long as the page. */

const PREFIX = "whosthere:draft:";

/**
 * @typedef {{text: string, kind: "reply" | "note"}} Draft
 * @param {string} agent whoever signs in next in this tab must not find it
 * @param {string} conversation
 */
export function drafts(agent, conversation) {
  const name = `${PREFIX}${agent}:${conversation}`;
  return {
    /** @returns {Draft} */
    kept() {
      try {
        const { text, kind } = JSON.parse(sessionStorage.getItem(name) || "{}");
        return { text: typeof text === "string" ? text : "", kind: kind === "note" ? "note" : "reply" };
      } catch {
        return { text: "", kind: "reply" };
      }
    },
    /** @param {string} text @param {Draft["kind"]} kind */
    keep(text, kind) {
      try {
        if (text) sessionStorage.setItem(name, JSON.stringify({ text, kind }));
        else sessionStorage.removeItem(name);
      } catch {
        // storage is full or forbidden: the text is still in the field
      }
    },
  };
}

/** Leave nothing behind in this tab. */
export function forgetDrafts() {
  try {
    for (const name of Object.keys(sessionStorage)) if (name.startsWith(PREFIX)) sessionStorage.removeItem(name);
  } catch {
    // storage is forbidden: nothing was kept
  }
}
