/* The conversation: what is known, what is sent, what arrives. No DOM. */

import { ApiError } from "./api.js";
import { wait } from "./backoff.js";
import { Log } from "./log.js";
import { connect } from "./stream.js";

const HISTORY = 100;
const OPEN = new Set(["open", "resolved"]);

/**
 * @typedef {object} Boot what the page hands over after a boot
 * @property {{token: string, expiresAt: string}} session
 * @property {{state: string, assurance: string, userId?: string, userEmail?: string, userName?: string}} user
 * @property {any} widget
 * @property {any} conversation
 */

export class Chat {
  /**
   * @param {import("./api.js").Api} api
   * @param {{changed(): void, tell(message: any): void}} outside
   */
  constructor(api, outside) {
    this.api = api;
    this.outside = outside;
    this.log = new Log();
    /** @type {any} */
    this.conversation = null;
    /** @type {Boot | null} */
    this.boot = null;
    /** What the page configured for a new conversation. @type {any} */
    this.config = {};
    this.loaded = false;
    this.visible = false;
    this.link = "live";
    this.limited = false;
    /** @type {ReturnType<typeof connect> | null} */
    this.connection = null;
    this.sending = false;
    /** @type {Set<string>} */
    this.announced = new Set();
  }

  /** Go on with a session; the page drops this whole frame when the person changes. @param {Boot} boot */
  async begin(boot) {
    const fresh = this.api.session !== boot.session.token;
    this.boot = boot;
    if (!fresh) return this.outside.changed();
    this.api.session = boot.session.token;
    this.connection?.close();
    this.connection = null;
    if (!this.loaded && boot.conversation && OPEN.has(boot.conversation.state)) this.conversation = boot.conversation;
    this.connection = connect(this.api, {
      message: (data) => this.heard(data),
      sync: () => this.sync(),
      renew: () => this.outside.tell({ type: "renew", session: this.api.session }),
      state: (link) => this.set({ link }),
    });
    if (!this.conversation) this.loaded = true;
    this.outside.changed();
    void this.flush();
  }

  /** Read what is missing; also the state of the conversation. */
  async sync() {
    if (!this.conversation) {
      this.set({ loaded: true });
      return;
    }
    const path = `/conversations/${this.conversation.id}`;
    this.conversation = await this.api.call("GET", path);
    let after = this.log.lastSeq || Math.max(0, this.conversation.lastSeq - HISTORY);
    for (;;) {
      const page = await this.api.call("GET", `${path}/messages?after=${after}`);
      for (const message of page.items) this.store(message);
      if (page.next === null) break;
      after = page.next;
    }
    this.set({ loaded: true });
    this.read();
  }

  /** @param {any} data one event of the stream */
  heard(data) {
    if (!this.conversation || data.conversationId !== this.conversation.id) {
      if (this.conversation) return; // another conversation of this person
      this.conversation = { id: data.conversationId, state: "open", lastSeq: data.seq, readSeq: 0 };
    }
    if (!this.store(data.message)) {
      void this.sync().catch(() => {});
      return;
    }
    this.read();
    this.outside.changed();
  }

  /** @param {any} message @returns {boolean} */
  store(message) {
    const news = message.seq > this.log.lastSeq;
    if (!this.log.add(message)) return false;
    const states = /** @type {Record<string, string>} */ ({ resolved: "resolved", reopened: "open", rejected: "rejected" });
    const event = states[message.event || ""];
    if (news && event && this.conversation) {
      this.conversation.state = event;
      const names = /** @type {Record<string, string>} */ ({ open: "Reopened", resolved: "Resolved", rejected: "Rejected" });
      if (this.loaded) this.emit(`conversation${names[event]}`, {});
    }
    return true;
  }

  /** Say how far the person has read, when they can see it. */
  read() {
    if (!this.conversation) return;
    const last = this.log.lastSeq;
    const unread = this.log.unreadAfter(this.conversation.readSeq || 0);
    if (!this.visible || document.hidden || unread === 0) {
      this.outside.tell({ type: "unread", count: unread });
      return;
    }
    for (const message of this.log.messages) {
      if (message.seq > this.conversation.readSeq && message.author.kind === "agent" && !this.announced.has(message.id)) {
        this.announced.add(message.id);
        this.emit("agentMessageReceived", { body: message.body, publishId: message.id, createdTs: Date.parse(message.createdAt) });
      }
    }
    this.conversation.readSeq = last;
    this.outside.tell({ type: "unread", count: 0 });
    this.api.call("PUT", `/conversations/${this.conversation.id}/read`, { seq: last }).catch(() => {});
  }

  /** @param {string} text */
  send(text) {
    this.log.queue(newId(), text, Date.now());
    this.outside.changed();
    void this.flush();
  }

  /** @param {string} clientMessageId */
  retry(clientMessageId) {
    this.log.mark(clientMessageId, "sending");
    this.outside.changed();
    void this.flush();
  }

  /** Send what waits, one after the other; the clientMessageId makes every try harmless. */
  async flush() {
    if (this.sending || !this.boot) return;
    this.sending = true;
    for (let attempt = 0; ; ) {
      const next = this.log.pending.find((waiting) => waiting.state === "sending");
      if (!next) break;
      try {
        await this.post(next);
        attempt = 0;
        this.set({ limited: false });
      } catch (error) {
        const later = this.trouble(next, error, attempt++);
        if (later === null) continue;
        if (later < 0) break;
        await new Promise((resolve) => setTimeout(resolve, later));
      }
    }
    this.sending = false;
  }

  /**
   * Decide what follows a failed try: milliseconds to wait, `null` to go on with the next message, -1 to stop.
   * @param {import("./log.js").Pending} waiting
   * @param {unknown} error
   * @param {number} attempt
   */
  trouble(waiting, error, attempt) {
    if (error instanceof ApiError && error.status === 401) {
      this.outside.tell({ type: "renew", session: this.api.session });
      return -1; // `begin` goes on with the new session
    }
    if (error instanceof ApiError && error.code === "conversation_closed") {
      this.conversation = null;
      this.log = Object.assign(new Log(), { pending: this.log.pending });
      return 0;
    }
    if (error instanceof ApiError && error.status === 429) {
      this.set({ limited: true });
      return Math.max(error.retryAfterMs, wait(attempt, Math.random()));
    }
    const mayPass = !(error instanceof ApiError) || error.status >= 500;
    if (mayPass && attempt < 3) return wait(attempt, Math.random());
    this.log.mark(waiting.clientMessageId, "failed");
    this.outside.changed();
    return null;
  }

  /** @param {import("./log.js").Pending} waiting */
  async post(waiting) {
    const body = { text: waiting.text, clientMessageId: waiting.clientMessageId };
    if (this.conversation && OPEN.has(this.conversation.state)) {
      const message = await this.api.call("POST", `/conversations/${this.conversation.id}/messages`, body);
      if (!this.store(message)) await this.sync();
    } else {
      const { tags, fields, page } = this.config;
      const started = await this.api.call("POST", "/conversations", { ...body, tags, fields, page });
      this.conversation = started.conversation;
      const pending = this.log.pending;
      this.log = Object.assign(new Log(), { pending });
      this.store(started.message);
      this.emit("conversationStart", { message: waiting.text });
    }
    this.emit("messageAdd", { type: "text", body: waiting.text });
    this.outside.changed();
  }

  async reopen() {
    if (!this.conversation) return;
    try {
      this.conversation = await this.api.call("PUT", `/conversations/${this.conversation.id}/state`, { state: "open" });
      await this.sync();
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) {
        this.outside.tell({ type: "renew", session: this.api.session });
      }
    }
    this.outside.changed();
  }

  /** @param {boolean} visible */
  show(visible) {
    this.visible = visible;
    if (visible) this.read();
  }

  /** @param {Partial<Chat>} change */
  set(change) {
    Object.assign(this, change);
    this.outside.changed();
  }

  /** @param {string} name @param {any} payload */
  emit(name, payload) {
    this.outside.tell({ type: "event", name, payload });
  }
}

function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
