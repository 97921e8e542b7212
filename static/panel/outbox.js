/* What the visitor sent and the server has not confirmed yet. It survives a reload; the clientMessageId makes every
   further try harmless. */

export class Outbox {
  /** @param {{take(owner: string): string, keep(text: string): void}} slot */
  constructor(slot) {
    this.slot = slot;
    /** @type {Panel.Pending[]} */
    this.items = [];
  }

  /** Go on with what this visitor left; what is here already stays. @param {string} owner */
  take(owner) {
    const left = this.slot.take(owner);
    if (this.items.length || !left) return;
    try {
      this.items = JSON.parse(left);
    } catch {
      this.items = [];
    }
  }

  /** @param {string} clientMessageId @param {string} text @param {number} at @param {Panel.Attachment[]} [attachments] */
  add(clientMessageId, text, at, attachments) {
    this.#set([...this.items, { clientMessageId, text, ...(attachments?.length && { attachments }), state: "sending", at }]);
  }

  /** The first message that waits to be sent. */
  next() {
    return this.items.find((waiting) => waiting.state === "sending");
  }

  /** @param {string} clientMessageId @param {"sending" | "failed"} state */
  mark(clientMessageId, state) {
    this.#set(this.items.map((item) => (item.clientMessageId === clientMessageId ? { ...item, state } : item)));
  }

  /** The server has it, or nobody wants it any more. @param {string | undefined} clientMessageId */
  settle(clientMessageId) {
    if (!this.items.some((item) => item.clientMessageId === clientMessageId)) return;
    this.#set(this.items.filter((item) => item.clientMessageId !== clientMessageId));
  }

  /** @param {Panel.Pending[]} items */
  #set(items) {
    this.items = items;
    this.slot.keep(items.length ? JSON.stringify(items) : "");
  }
}
