/* What the panel shows of its chat. */

import { card, presence } from "./cards.js";
import { byId, element, icon, later } from "./dom.js";
import { render } from "./messages.js";
import { rows } from "./rows.js";
import { times, words } from "./words.js";

const NEAR_END = 80; // pixels
const SKELETON_MS = 300;
const QUIET_MS = 250;

export class View {
  /** @param {Panel.Chat} chat @param {Panel.Slot} asked who was asked for name and email */
  constructor(chat, asked) {
    this.chat = chat;
    this.asked = asked;
    this.card = "";
    /** Makes addresses clickable, once it is here. @type {any} */
    this.links = null;
    this.panel = /** @type {HTMLElement} */ (document.querySelector(".panel"));
    this.panel.dataset.card = "";
    this.log = byId("log");
    /** Why there is no chat: "refused", "expired", or nothing. */
    this.problem = "";
    this.listing = false;
    this.waiting = false;
    /** The conversation that is drawn. @type {Panel.Thread | null} */
    this.thread = null;
    label();
    new ResizeObserver(() => this.nearEnd && this.toEnd()).observe(this.log);
    this.nearEnd = true;
    this.log.addEventListener("scroll", () => (this.nearEnd = this.fromEnd() < NEAR_END));
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
    byId("attach").hidden = !boot?.attachments?.maxBytes;
    byId("more").hidden = phase === "trouble" || phase === "loading";
    byId("elsewhere").hidden = this.chat.elsewhere === 0;
    this.log.setAttribute("aria-busy", String(phase === "loading"));
    byId("typing").hidden = !this.chat.typing.on;
    this.status(phase);
    this.presence(phase);
    this.ask(phase);
    if (phase === "chat" || phase === "loading") this.messages(phase);
  }

  /** @param {string} phase */
  messages(phase) {
    const { thread, outbox, boot } = this.chat;
    const atEnd = this.nearEnd;
    const found = rows(thread.log.messages, outbox.items, {
      now: Date.now(),
      words,
      times,
      seen: thread.about?.agentReadSeq,
    });
    byId("greeting").hidden = phase === "loading" || found.length > 0;
    byId("greeting-text").textContent =
      boot?.widget.greeting || (boot?.user.state === "anonymous" ? words.greetingAnonymous : words.greetingText);
    byId("earlier").hidden = !thread.log.hasEarlier;
    const list = byId("messages");
    const same = this.thread === thread || this.thread?.id === null; // the one that has just begun is no other one
    if (!same) this.quiet();
    list.classList.toggle("settled", same);
    render(list, found, {
      exact: times.exact,
      words,
      retry: (id) => this.chat.retry(id),
      discard: (id) => this.chat.discard(id),
      link: (place, text) => {
        if (this.links) this.links.link(place, text);
        else void later("links").then((part) => (this.links = part).link(place, text));
      },
      files: (place, attachments) => void later("files").then((part) => part.show(place, attachments, this.chat.api)),
    });
    if (atEnd || outbox.items.length || !same) this.toEnd();
    if (phase === "chat") this.thread = thread;
  }

  fromEnd() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight;
  }

  toEnd() {
    this.log.scrollTop = this.log.scrollHeight;
  }

  /** Show the card that is due, if any. @param {string} phase */
  ask(phase) {
    const { thread, boot, active } = this.chat;
    const missing = this.chat.missing || boot?.user.missing || [];
    const situation = { state: thread.state, wrote: active, missing, asked: !!this.asked.text, offer: boot?.historyOffer };
    const name = phase === "chat" ? card(situation) : "";
    const key = name && `${name} ${thread.id} ${thread.state}`;
    if (key === this.card) return;
    this.card = key;
    const place = byId("card");
    const focused = place.contains(document.activeElement);
    place.hidden = true;
    place.replaceChildren();
    this.panel.dataset.card = name;
    if (focused) byId("text").focus();
    if (!name) return;
    const draw = async () => {
      const part = await later(name);
      if (this.card !== key) return;
      place.replaceChildren(part.card(this.chat, this.asked));
      place.hidden = false;
      if (focused) /** @type {HTMLElement | null} */ (place.querySelector("button, input"))?.focus();
    };
    draw().catch(() => (this.card = "")); // tried again with the next change
  }

  /** Say whether somebody is there. @param {string} phase */
  presence(phase) {
    const widget = this.chat.boot?.widget;
    const now = widget ? presence(widget, Date.now()) : "";
    const replies = /** @type {Record<string, string>} */ (words.replies);
    byId("subtitle").textContent = now === "away" ? words.away : (now && replies[widget.replyTime]) || words.support;
    const line = byId("away");
    line.hidden = now !== "away" || phase !== "chat";
    if (!line.hidden) void later("hint").then((part) => part.away(line, widget.opensAt));
  }

  /** Let a screen reader pass over what was there before: only what arrives is news. */
  quiet() {
    this.log.setAttribute("aria-live", "off");
    setTimeout(() => this.log.setAttribute("aria-live", "polite"), QUIET_MS);
  }

  /** @param {string} phase */
  status(phase) {
    const { limited, link, working } = this.chat;
    let text = link === "down" ? words.reconnecting : "";
    if (limited) text = words.tooMany;
    if (working) text = words.oneMoment;
    if (!navigator.onLine) text = words.offline;
    if (phase === "trouble") text = "";
    byId("status").classList.toggle("on", !!text);
    const line = byId("status-text");
    if (line.textContent !== text) line.textContent = text;
    if (limited) void later("countdown").then((part) => part.count(this.chat.limited));
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
    line.title = name;
    const mark = icon(verified ? "tick" : "question");
    const text = verified ? words.verified : words.claimed;
    line.replaceChildren(
      element("span", { class: "name" }, before, element("bdi", {}, name), after || ""),
      element("span", { class: `assurance ${user.assurance}` }, mark, text),
    );
    return true;
  }

  /**
   * @param {"refused" | "expired" | ""} problem
   * @param {string} [code] the technical reason
   * @param {boolean} [again] whether the page can be asked for another proof
   */
  trouble(problem, code, again) {
    this.problem = problem;
    if (problem) void later("trouble").then((part) => part.draw(this.chat, problem, code, again));
    this.changed();
  }

  /** Take the platform's colours. @param {any} widget */
  paint(widget) {
    const { style } = document.documentElement;
    style.setProperty("--brand", `light-dark(${widget.brandColor}, ${widget.brandColorDark})`);
    style.setProperty("--brand-ink", `light-dark(${widget.brandInk}, ${widget.brandInkDark})`);
    byId("name").textContent = document.title = widget.name;
  }
}

/** Put the texts of this language into the page. */
function label() {
  const { placeholder } = words;
  for (const name of /** @type {const} */ (["close", "conversations", "send", "log", "more", "attach"])) byId(name).ariaLabel = words[name];
  byId("text").ariaLabel = placeholder;
  byId("text").setAttribute("placeholder", placeholder);
  byId("subtitle").textContent = words.support;
  byId("earlier").textContent = words.earlier;
  byId("typing-text").textContent = words.typing;
  byId("greeting-title").textContent = words.greeting;
  byId("elsewhere").textContent = words.unread;
}
