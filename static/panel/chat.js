/* The visitor's chat: whose it is, which conversation is shown, what is sent, what arrives. No DOM. */

import { ApiError } from "./api.js";
import { wait } from "./backoff.js";
import { Sender } from "./sender.js";
import { share } from "./share.js";
import { Thread } from "./thread.js";
import { Typing } from "./typing.js";

const LINGER_MS = 60000; // how long a closed panel still listens

const EVENTS = /** @type {Record<string, string>} */ ({
  open: "conversationReopened",
  resolved: "conversationResolved",
  rejected: "conversationRejected",
  ended: "conversationEnd",
});

export class Chat {
  /**
   * @param {Panel.Api} api
   * @param {Panel.Outbox} outbox
   * @param {string} platformId
   * @param {{changed(): void, tell(message: any): void, introduce(): Promise<void>}} outside
   */
  constructor(api, outbox, platformId, outside) {
    this.api = api;
    this.outbox = outbox;
    this.platformId = platformId;
    this.outside = outside;
    this.thread = new Thread(api, null);
    /** @type {Panel.Boot | null} */
    this.boot = null;
    /** What the page configured for a new conversation. @type {any} */
    this.config = {};
    this.visible = false;
    this.link = "live";
    this.working = false; // whether the device works for the server to take what was written
    this.limited = 0; // epoch milliseconds until which the server takes nothing
    /** What is still not known about the visitor. @type {string[] | null} */
    this.missing = null;
    this.active = false; // whether the visitor wrote since the page was loaded
    this.began = false; // whether a conversation was begun here
    this.elsewhere = 0; // unread messages of the visitor's other conversations
    /** @type {{close(): void} | null} */
    this.connection = null;
    /** @type {any} */
    this.linger = null;
    /** @type {any} */
    this.missed = null;
    this.sender = new Sender(this);
    this.typing = new Typing(this);
    /** @type {Set<string>} */
    this.announced = new Set();
  }

  /** Go on with a session; the page drops this whole frame when the person changes. @param {Panel.Boot} boot */
  begin(boot) {
    const first = this.boot === null;
    const fresh = this.api.session !== boot.session.token;
    this.boot = boot;
    this.api.session = boot.session.token;
    if (first) {
      this.outbox.take(boot.user.ref);
      if (boot.conversation) this.thread = new Thread(this.api, boot.conversation);
      if (boot.conversation && !this.thread.writable && !this.thread.unread) this.thread = new Thread(this.api, null);
      this.elsewhere = Math.max(0, boot.unreadCount - this.thread.unread);
    }
    if (fresh) this.#connect();
    this.outside.changed();
    void this.sender.flush();
  }

  /** The session is over; what is here stays until the page brings another one. */
  pause() {
    clearTimeout(this.missed);
    this.connection?.close();
    this.connection = null;
    this.api.session = "";
  }

  #connect() {
    this.connection?.close();
    const name = `whosthere:${this.platformId}:${this.boot?.user.ref}`;
    this.connection = share(name, this.api, {
      message: (data) => this.heard(data),
      changed: (data) => {
        this.thread.log.change(data.message);
        this.outside.changed();
      },
      typing: (data) => this.typing.heard(data),
      seen: (data) => {
        this.thread.seen(data);
        this.outside.changed();
      },
      sync: () => this.sync(),
      renew: () => this.renew(),
      state: (link) => this.set({ link }),
    });
    this.outside.tell({ type: "listening", on: true });
  }

  /** Ask the page for another session. */
  renew() {
    this.outside.tell({ type: "renew", session: this.api.session });
  }

  /** Read what is missing; also the state of the conversation. */
  async sync() {
    const { thread } = this;
    if (thread.id === null) await this.enterOpen();
    else await thread.sync();
    if (thread !== this.thread) return;
    this.#turned();
    for (const message of thread.log.messages) this.outbox.settle(message.clientMessageId);
    this.read();
    this.outside.changed();
  }

  /** Read what is missing, and try again until that succeeds: a stream that lives would not ask. @param {number} [attempt] */
  async catchUp(attempt = 0) {
    clearTimeout(this.missed);
    try {
      await this.sync();
      if (attempt) this.set({ link: "live" });
    } catch (error) {
      this.failed(error);
      this.set({ link: "down" });
      clearTimeout(this.missed);
      if (this.api.session) this.missed = setTimeout(() => void this.catchUp(attempt + 1), wait(attempt, Math.random()));
    }
  }

  /** @param {any} data one event of the stream */
  heard(data) {
    if (data.conversationId !== this.thread.id) {
      if (this.thread.id !== null) {
        if (data.message.author.kind === "agent") this.elsewhere++;
        return this.read();
      }
      this.enter({ id: data.conversationId, state: "open", lastSeq: data.seq, readSeq: 0, unread: 0 });
      if (data.seq > 1) this.thread.told = undefined; // it may have been resolved long ago
    }
    this.store(data.message);
    this.read();
    this.outside.changed();
  }

  /** Take up a message of the conversation that is shown. @param {Panel.Message} message */
  store(message) {
    if (!this.thread.log.add(message)) {
      void this.catchUp();
      return;
    }
    this.outbox.settle(message.clientMessageId);
    if (message.author.kind === "agent") this.typing.show(false);
    this.#turned();
  }

  /** Tell the page once that the conversation is in another state. */
  #turned() {
    const { thread } = this;
    const { loaded, state, told } = thread;
    if (state === told || (told === undefined && !loaded)) return;
    thread.told = state;
    if (state && told) this.emit(EVENTS[state], {});
  }

  /** Show a conversation; `null` for one that is yet to begin. @param {any} about */
  enter(about) {
    this.elsewhere = Math.max(0, this.elsewhere + this.thread.unread - (about?.unread || 0));
    this.thread = new Thread(this.api, about);
    this.typing.show(false);
    this.outside.changed();
    if (about !== null) void this.catchUp();
  }

  /** Show the conversation that is open already, begun elsewhere. @returns {Promise<boolean>} whether there is one */
  async enterOpen() {
    const { thread } = this;
    const { items } = await this.api.call("GET", "/conversations");
    const open = items.find((/** @type {any} */ about) => about.state === "open");
    if (open && thread === this.thread) this.enter(open);
    return !!open;
  }

  /** Show a conversation that the visitor has begun just now. @param {any} about */
  begun(about) {
    this.thread = new Thread(this.api, about);
    this.thread.loaded = true;
  }

  /** The server has what the visitor wrote. */
  async wrote() {
    this.typing.told = 0;
    this.outside.changed();
    if (this.active) return;
    await this.outside.introduce().catch(() => {}); // agents know less, nothing else
    this.active = true;
    this.outside.changed();
  }

  /** Say how far the person has read, when they can see it. */
  read() {
    const { thread } = this;
    if (!this.visible || document.hidden || !thread.loaded || thread.about === null || thread.unread === 0) {
      this.outside.tell({ type: "unread", count: thread.unread + this.elsewhere });
      return;
    }
    for (const message of thread.log.messages) {
      if (message.seq > thread.about.readSeq && message.author.kind === "agent" && !message.event && !this.announced.has(message.id)) {
        this.announced.add(message.id);
        const createdTs = Date.parse(message.createdAt);
        const { body, id, attachments } = message;
        this.emit("agentMessageReceived", { body, publishId: id, createdTs, ...(attachments?.length && { attachments }) });
      }
    }
    const seq = thread.log.lastSeq;
    thread.about.readSeq = seq;
    this.outside.tell({ type: "unread", count: this.elsewhere });
    this.api.call("PUT", `${thread.path}/read`, { seq }).catch(() => {}); // said again with the next message
  }

  /** @param {string} text @param {Panel.Attachment[]} [attachments] */
  send(text, attachments) {
    this.outbox.add(crypto.randomUUID?.() || newId(), text, Date.now(), attachments);
    this.outside.changed();
    void this.sender.flush();
  }

  /** @param {string} clientMessageId */
  retry(clientMessageId) {
    this.outbox.mark(clientMessageId, "sending");
    this.outside.changed();
    void this.sender.flush();
  }

  /** Give up a message that could not be sent. @param {string} clientMessageId */
  discard(clientMessageId) {
    this.outbox.settle(clientMessageId);
    this.outside.changed();
  }

  /** @param {unknown} error */
  failed(error) {
    if (error instanceof ApiError && error.status === 401) this.renew();
  }

  /** Listen while the panel is open and a while longer; then the page looks for unread messages. @param {boolean} visible */
  show(visible) {
    this.visible = visible;
    clearTimeout(this.linger);
    if (visible) {
      if (!this.connection && this.boot && this.api.session) this.#connect();
      this.read();
    } else if (this.connection) {
      this.linger = setTimeout(() => this.#rests(), LINGER_MS);
    }
  }

  #rests() {
    this.connection?.close();
    this.connection = null;
    this.outside.tell({ type: "listening", on: false });
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

/** What `randomUUID` would give on a page without TLS. */
function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
