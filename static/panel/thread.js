/* One conversation: what the server says about it, and its log. No DOM. */

import { Log } from "./log.js";

const PAGE = 100; // the most that one call answers
const WRITABLE = new Set(["open", "resolved"]);
const STATES = /** @type {Record<string, string>} */ ({
  resolved: "resolved",
  reopened: "open",
  rejected: "rejected",
  ended: "ended",
});

export class Thread {
  /** @param {Panel.Api} api @param {any} about what the server says; `null` before the first message */
  constructor(api, about) {
    this.api = api;
    this.about = about;
    this.log = new Log();
    this.loaded = about === null;
    /** The state that the page knows. @type {string | undefined} */
    this.told = about?.state;
    /** @type {Promise<void> | null} */
    this.loading = null;
    this.stale = false;
  }

  get id() {
    return this.about === null ? null : String(this.about.id);
  }

  /** Which the server said, or what happened since: answers and the stream overtake each other. @returns {string | undefined} */
  get state() {
    if (this.about === null) return undefined;
    const since = this.log.messages.filter((message) => message.seq > this.about.lastSeq && STATES[message.event || ""]);
    const newest = since[since.length - 1];
    return newest ? STATES[newest.event || ""] : String(this.about.state);
  }

  /** Whether a message may be added; otherwise the next one starts another conversation. */
  get writable() {
    return WRITABLE.has(this.state || "");
  }

  get path() {
    return `/conversations/${this.id}`;
  }

  /** Fetch what is missing, and the state; calls that come meanwhile share one more round. */
  sync() {
    this.stale = true;
    this.loading ||= this.#load().finally(() => {
      this.loading = null;
    });
    return this.loading;
  }

  async #load() {
    while (this.stale && this.id !== null) {
      this.stale = false;
      const about = await this.api.call("GET", this.path);
      const { readSeq = 0, agentReadSeq = 0 } = this.about;
      this.about = {
        ...about,
        readSeq: Math.max(about.readSeq, readSeq),
        agentReadSeq: Math.max(about.agentReadSeq, agentReadSeq),
      };
      this.log.begin(Math.max(0, about.lastSeq - PAGE));
      let next = this.log.lastSeq;
      for (; next !== null; ) {
        const page = await this.api.call("GET", `${this.path}/messages?after=${next}`);
        for (const message of page.items) this.log.add(message);
        next = page.next;
      }
    }
    this.loaded = true;
  }

  /** The team has read. @param {{conversationId: string, agentReadSeq: number}} data what the stream says */
  seen({ conversationId, agentReadSeq }) {
    if (conversationId === this.id && !(agentReadSeq <= this.about.agentReadSeq)) this.about = { ...this.about, agentReadSeq };
  }

  get unread() {
    if (this.about === null) return 0;
    return this.loaded ? this.log.unreadAfter(this.about.readSeq || 0) : this.about.unread || 0;
  }
}
