/* Half-written text of this tab, by conversation; without storage it lives as long as the page. */

/**
 * @typedef {{text: string, kind: "reply" | "note"}} Draft
 * @param {string} conversation
 */
export function drafts(conversation) {
  const name = `whosthere:draft:${conversation}`;
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
