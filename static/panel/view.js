/* What the panel shows of its chat. */

import { byId, element, icon } from "./dom.js";
import { render } from "./messages.js";
import { rows } from "./rows.js";
import { fill, times, words } from "./words.js";

const NEAR_END = 80; // pixels
const SKELETON_MS = 300;
const QUIET_MS = 250;

export class View {
  /** @param {import("./chat.js").Chat} chat */
  constructor(chat) {
    this.chat = chat;
    this.panel = /** @type {HTMLElement} */ (document.querySelector(".panel"));
    this.log = byId("log");
    /** Why there is no chat: "refused", "expired", or nothing. */
    this.problem = "";
    this.listing = false;
    this.waiting = false;
    /** The conversation that is drawn. @type {import("./thread.js").Thread | null} */
    this.thread = null;
    label();
    setTimeout(() => this.panel.classList.add("slow"), SKELETON_MS);
  }

  /** Draw again, soon and once for many changes. */
  changed() {
    if (this.waiting) return;
    this.waiting = true;
    queueMicrotask(() => {
      this.waiting = false;
      this.draw();
    });
  }

  draw() {
    const { thread, boot } = this.chat;
    const phase = this.problem ? "trouble" : !boot || !thread.loaded ? "loading" : this.listing ? "list" : "chat";
    this.panel.dataset.phase = phase;
    byId("trouble").hidden = phase !== "trouble";
    byId("history").hidden = phase !== "list";
    this.log.hidden = byId("composer").hidden = phase === "trouble" || phase === "list";
    byId("who").hidden = phase === "trouble" || !this.identity();
    byId("skeleton").hidden = phase !== "loading";
    byId("conversations").hidden = phase === "trouble" || phase === "loading" || (thread.id === null && !this.listing);
    byId("elsewhere").hidden = this.chat.elsewhere === 0;
    byId("resolved").hidden = phase !== "chat" || thread.state !== "resolved";
    this.status(phase);
    if (phase === "chat" || phase === "loading") this.messages(phase);
  }

  /** @param {string} phase */
  messages(phase) {
    const { thread, outbox, boot } = this.chat;
    const atEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR_END;
    const found = rows(thread.log.messages, outbox.items, { now: Date.now(), words, times });
    byId("greeting").hidden = phase === "loading" || found.length > 0;
    byId("greeting-text").textContent =
      boot?.widget.greeting || (boot?.user.state === "anonymous" ? words.greetingAnonymous : words.greetingText);
    byId("earlier").hidden = !thread.log.hasEarlier;
    const list = byId("messages");
    const same = this.thread === thread || this.thread?.id === null; // the one that has just begun is no other one
    if (!same) this.quiet();
    list.classList.toggle("settled", same);
    render(list, found, { exact: times.exact, retryText: words.retry, retry: (id) => this.chat.retry(id) });
    if (atEnd || outbox.items.length || !same) this.log.scrollTop = this.log.scrollHeight;
    if (phase === "chat") this.thread = thread;
  }

  /** Let a screen reader pass over what was there before: only what arrives is news. */
  quiet() {
    this.log.setAttribute("aria-live", "off");
    setTimeout(() => this.log.setAttribute("aria-live", "polite"), QUIET_MS);
  }

  /** Show what was said before, without moving what is read. */
  async earlier() {
    const fromEnd = this.log.scrollHeight - this.log.scrollTop;
    this.quiet();
    await this.chat.earlier();
    this.draw();
    this.log.scrollTop = this.log.scrollHeight - fromEnd;
  }

  /** @param {string} phase */
  status(phase) {
    const { thread, limited, link } = this.chat;
    const closed = phase === "chat" && thread.id !== null && !thread.writable;
    let text = closed ? words.closed : "";
    if (link === "down") text = words.reconnecting;
    if (limited) text = words.tooMany;
    if (!navigator.onLine) text = words.offline;
    if (phase === "trouble") text = "";
    const line = byId("status");
    line.hidden = !text;
    if (line.textContent !== text) line.textContent = text;
  }

  /** Show who is signed in, and whether that was proven; nothing for an anonymous visitor. */
  identity() {
    const user = this.chat.boot?.user;
    if (!user || user.state !== "logged-in") return false;
    const name = user.userName || user.userEmail || user.userId || "";
    const verified = user.assurance === "verified";
    const line = byId("who");
    const signature = `${name}\n${user.assurance}`;
    if (line.dataset.state === signature) return true;
    line.dataset.state = signature;
    const [before, after] = words.signedInAs.split("{name}");
    const mark = icon(verified ? "tick" : "question");
    const text = verified ? words.verified : words.claimed;
    line.replaceChildren(
      element("span", { class: "name" }, before, element("bdi", {}, name), after || ""),
      element("span", { class: `assurance ${user.assurance}` }, mark, text),
    );
    return true;
  }

  /** @param {"refused" | "expired" | ""} problem @param {string} code the technical reason */
  trouble(problem, code) {
    this.problem = problem;
    if (problem) {
      byId("trouble-title").textContent = problem === "expired" ? words.expiredTitle : words.refusedTitle;
      byId("trouble-text").textContent = problem === "expired" ? words.expiredText : words.refusedText;
      byId("trouble-code").textContent = code;
    }
    this.changed();
  }

  /** Take the platform's colours. @param {any} widget */
  paint(widget) {
    const { style } = document.documentElement;
    style.setProperty("--brand", `light-dark(${widget.brandColor}, ${widget.brandColorDark})`);
    style.setProperty("--brand-ink", `light-dark(${widget.brandInk}, ${widget.brandInkDark})`);
    byId("name").textContent = widget.name;
  }
}

/** Put the texts of this language into the page. */
function label() {
  byId("close").setAttribute("aria-label", words.close);
  byId("conversations").setAttribute("aria-label", words.conversations);
  byId("send").setAttribute("aria-label", words.send);
  byId("text").setAttribute("placeholder", words.placeholder);
  byId("text").setAttribute("aria-label", words.placeholder);
  byId("log").setAttribute("aria-label", words.log);
  byId("subtitle").textContent = words.support;
  byId("earlier").textContent = words.earlier;
  byId("resolved-text").textContent = words.resolved;
  byId("reopen").textContent = words.reopen;
  byId("trouble-button").textContent = words.reload;
  byId("greeting-title").textContent = words.greeting;
  byId("history-title").textContent = words.conversations;
  byId("fresh").textContent = words.newConversation;
  byId("elsewhere").textContent = fill(words.unread, {});
}
