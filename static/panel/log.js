/* The messages of one conversation as this browser knows them: what the server stored, and what waits to be. Pure. */

/** @typedef {{id: string, seq: number, author: {kind: string, name: string | null}, body: string, createdAt: string,
 *             event?: string, clientMessageId?: string}} Message */
/** @typedef {{clientMessageId: string, text: string, state: "sending" | "failed", at: number}} Pending */

export class Log {
  constructor() {
    /** @type {Message[]} */
    this.messages = [];
    /** @type {Pending[]} */
    this.pending = [];
  }

  /** The newest number we have without a gap before it. */
  get lastSeq() {
    return this.messages.length ? this.messages[this.messages.length - 1].seq : 0;
  }

  /**
   * Add what the server stored; `false` when something between is missing and must be fetched.
   * @param {Message} message
   */
  add(message) {
    this.pending = this.pending.filter((waiting) => waiting.clientMessageId !== message.clientMessageId);
    if (this.messages.some((known) => known.seq === message.seq)) return true;
    if (this.messages.length && message.seq !== this.lastSeq + 1) return false;
    this.messages.push(message);
    return true;
  }

  /** @param {string} clientMessageId @param {string} text @param {number} at */
  queue(clientMessageId, text, at) {
    this.pending.push({ clientMessageId, text, state: "sending", at });
  }

  /** @param {string} clientMessageId @param {"sending" | "failed"} state */
  mark(clientMessageId, state) {
    this.pending = this.pending.map((waiting) =>
      waiting.clientMessageId === clientMessageId ? { ...waiting, state } : waiting,
    );
  }

  /** How many agent messages come after `seq`. @param {number} seq */
  unreadAfter(seq) {
    return this.messages.filter((message) => message.seq > seq && message.author.kind === "agent").length;
  }
}
