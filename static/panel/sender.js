/* Sending: one message after the other, each exactly once, however often it takes. No DOM. */

import { ApiError } from "./api.js";
import { wait } from "./backoff.js";
import { later } from "./dom.js";

const TRIES = 4;
const SOON_MS = 1;

export class Sender {
  /** @param {Panel.Chat} chat */
  constructor(chat) {
    this.chat = chat;
    this.sending = false;
    /** What the device has worked out for the next conversation. @type {any} */
    this.proof = undefined;
    /** Ends the pause before the next try. @type {() => void} */
    this.hurry = () => {};
  }

  /** Send what waits in the outbox. */
  async flush() {
    const { chat } = this;
    this.hurry();
    if (this.sending || !chat.boot) return;
    this.sending = true;
    let attempt = 0;
    for (let next = chat.outbox.next(); next && chat.api.session; next = chat.outbox.next()) {
      try {
        await this.post(next);
        attempt = 0;
        if (chat.limited) chat.set({ limited: 0 });
      } catch (error) {
        const pause = await this.trouble(next, error, attempt++);
        if (pause === null) break;
        if (pause === 0) attempt = 0;
        else await this.#rest(pause);
      }
    }
    this.sending = false;
  }

  /** @param {number} ms */
  #rest(ms) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms, undefined);
      this.hurry = () => {
        if (this.chat.limited) return; // the server said when
        clearTimeout(timer);
        resolve(undefined);
      };
    });
  }

  /**
   * Decide what follows a failed try: milliseconds to wait, 0 to go on with the next message, `null` to stop.
   * @param {Panel.Pending} waiting
   * @param {unknown} error
   * @param {number} attempt
   */
  async trouble(waiting, error, attempt) {
    const { chat } = this;
    const { status, code, retryAfterMs, challenge } = error instanceof ApiError ? error : new ApiError(0, "", "", 0);
    if (status === 401) {
      chat.renew();
      return null; // the next session goes on
    }
    if (code === "conversation_closed" || (status === 404 && chat.thread.writable)) {
      chat.enter(null);
      return 0;
    }
    if (code === "conversation_active" && (await chat.enterOpen().catch(() => false))) return 0; // of another tab
    if (code === "proof_of_work_needed" && attempt < TRIES && (await this.work(challenge))) return SOON_MS;
    if (status === 429) {
      const pause = Math.max(retryAfterMs, wait(attempt, Math.random()));
      chat.set({ limited: Date.now() + pause });
      return pause;
    }
    if (status === 0 && !navigator.onLine) return null; // being online again goes on
    if ((status === 0 || status >= 500) && attempt < TRIES - 1) return wait(attempt, Math.random());
    chat.outbox.mark(waiting.clientMessageId, "failed");
    chat.outside.changed();
    return 0;
  }

  /** Let the device work for it: too many have written who proved nothing. @param {any} challenge */
  async work(challenge) {
    const { chat } = this;
    chat.set({ working: true });
    try {
      this.proof = await (await later("proof")).solve(challenge);
      return true;
    } catch {
      return false; // the visitor can try again
    } finally {
      chat.set({ working: false });
    }
  }

  /** @param {Panel.Pending} waiting */
  async post({ text, clientMessageId, attachments = [] }) {
    const { chat } = this;
    const message = { text, clientMessageId, attachments: attachments.map(({ id }) => id) };
    const { thread, api } = chat;
    if (thread.writable) {
      const stored = await api.call("POST", `${thread.path}/messages`, message);
      if (thread === chat.thread) chat.store(stored);
      else chat.outbox.settle(clientMessageId);
    } else {
      const { tags, fields, page } = chat.config;
      const opening = { ...message, tags, fields, page, unlessActive: true, proofOfWork: this.proof };
      this.proof = undefined; // it counts once
      const started = await api.call("POST", "/conversations", opening);
      chat.began = true;
      if (started.conversation.id !== chat.thread.id) chat.begun(started.conversation);
      chat.store(started.message);
      chat.emit("conversationStart", { message: text });
    }
    if (text) chat.emit("messageAdd", { type: "text", body: text });
    for (const { name } of attachments) chat.emit("messageAdd", { type: "attachment", body: name });
    void chat.wrote();
  }
}
