/* That somebody writes at this moment: told to the other side now and then, and soon forgotten. No DOM. */

const TELL_MS = 3000;

export class Typing {
  /** @param {Panel.Chat} chat */
  constructor(chat) {
    this.chat = chat;
    this.told = 0;
    /** @type {any} */
    this.timer = null;
    this.on = false; // whether the other side writes
  }

  /** The visitor changed what they write. @param {boolean} empty */
  wrote(empty) {
    const { thread, api } = this.chat;
    const due = empty ? this.told > 0 : Date.now() - this.told > TELL_MS;
    if (!due || !thread.writable || !api.session) return;
    this.told = empty ? 0 : Date.now();
    api.call("POST", `${thread.path}/typing`, { typing: !empty }).catch(() => {}); // it is worth nothing a moment later
  }

  /** @param {{conversationId: string, typing: boolean, expiresInSeconds: number}} data what the stream says */
  heard({ conversationId, typing, expiresInSeconds }) {
    if (conversationId === this.chat.thread.id) this.show(typing, expiresInSeconds * 1000);
  }

  /** @param {boolean} on @param {number} [ms] */
  show(on, ms) {
    clearTimeout(this.timer);
    if (on) this.timer = setTimeout(() => this.show(false), ms);
    if (on === this.on) return;
    this.on = on;
    this.chat.outside.changed();
  }
}
