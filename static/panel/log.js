/* The messages of one conversation as this browser knows them: always without a gap. Pure. */

export class Log {
  constructor() {
    /** @type {Panel.Message[]} */
    this.messages = [];
    /** What comes after this number is known; `null` until the history is being read. @type {number | null} */
    this.start = null;
    /** What is left of messages that have lost something, by their ids. @type {Map<string, Panel.Message>} */
    this.left = new Map();
  }

  /** The newest number we have; everything between `start` and it is here. */
  get lastSeq() {
    return this.messages.length ? this.messages[this.messages.length - 1].seq : this.start || 0;
  }

  /** Whether the server has messages before the first one here. */
  get hasEarlier() {
    return this.start !== null && this.start > 0;
  }

  /** Begin to read the history with what follows `after`. @param {number} after */
  begin(after) {
    if (this.start === null) this.start = after;
  }

  /**
   * Add what the server stored, if nothing before it is missing.
   * @param {Panel.Message} message
   * @returns {boolean} `false` when what is missing must be fetched first
   */
  add(message) {
    if (message.seq === 1) this.begin(0);
    if (this.start === null) return false;
    if (message.seq <= this.lastSeq) return true;
    if (message.seq !== this.lastSeq + 1) return false;
    this.messages.push(this.left.get(message.id) || message);
    return true;
  }

  /**
   * Put earlier messages before the first one: all that follow `after`.
   * @param {Panel.Message[]} messages
   * @param {number} after
   */
  prepend(messages, after) {
    if (this.start === null) return;
    const first = this.start;
    const earlier = messages.filter((message) => message.seq > after && message.seq <= first);
    this.messages = [...earlier.map((message) => this.left.get(message.id) || message), ...this.messages];
    this.start = after;
  }

  /** Keep what is left of a message that has lost something; a copy that was read before does not bring it back. @param {Panel.Message} message */
  change(message) {
    this.left.set(message.id, message);
    this.messages = this.messages.map((known) => (known.id === message.id ? message : known));
  }

  /** How many agent messages come after `seq`. @param {number} seq */
  unreadAfter(seq) {
    return this.messages.filter((message) => message.seq > seq && message.author.kind === "agent").length;
  }
}
