/* What the panel shows of its chat. */

import { byId, element, icon } from "./dom.js";
import { render, rows } from "./messages.js";
import { words } from "./words/en.js";

const NEAR_END = 80;
const SKELETON_MS = 300;

export class View {
  /** @param {import("./chat.js").Chat} chat */
  constructor(chat) {
    this.chat = chat;
    this.panel = /** @type {HTMLElement} */ (document.querySelector(".panel"));
    this.log = byId("log");
    /** @type {string | null} */
    this.refusal = null;
    byId("close").setAttribute("aria-label", words.close);
    byId("send").setAttribute("aria-label", words.send);
    byId("text").setAttribute("placeholder", words.placeholder);
    byId("text").setAttribute("aria-label", words.placeholder);
    this.log.setAttribute("aria-label", words.log);
    byId("subtitle").textContent = words.support;
    byId("resolved-text").textContent = words.resolved;
    byId("reopen").textContent = words.reopen;
    byId("greeting").append(element("h2", {}, words.greeting), element("p", {}, words.greetingText));
    setTimeout(() => this.panel.classList.add("slow"), SKELETON_MS);
  }

  /** Draw again, in the next frame and once for many changes. */
  changed() {
    if (this.waiting) return;
    this.waiting = true;
    queueMicrotask(() => {
      this.waiting = false;
      this.draw();
    });
  }

  draw() {
    const chat = this.chat;
    const phase = this.refusal !== null ? "trouble" : !chat.boot || !chat.loaded ? "loading" : "chat";
    this.panel.dataset.phase = phase;
    byId("trouble").hidden = phase !== "trouble";
    byId("composer").hidden = phase === "trouble";
    this.log.hidden = phase === "trouble";
    byId("who").hidden = phase === "trouble" || !this.identity();
    byId("skeleton").hidden = phase !== "loading";
    if (phase === "trouble") {
      byId("resolved").hidden = byId("status").hidden = true;
      return;
    }
    const atEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR_END;
    const found = rows(chat.log, Date.now());
    byId("greeting").hidden = phase === "loading" || found.length > 0;
    render(byId("messages"), found, (id) => chat.retry(id));
    const state = chat.conversation?.state;
    byId("resolved").hidden = state !== "resolved";
    this.status(state);
    const mine = chat.log.pending.length > 0;
    if (atEnd || mine) this.log.scrollTop = this.log.scrollHeight;
  }

  /** @param {string | undefined} state */
  status(state) {
    const closed = state === "rejected" || state === "ended";
    const text = !navigator.onLine
      ? words.offline
      : this.chat.limited
        ? words.tooMany
        : this.chat.link === "down"
          ? words.reconnecting
          : closed
            ? words.closed
            : "";
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
    line.replaceChildren(
      element("span", { class: "name", dir: "auto" }, words.signedInAs(name)),
      element(
        "span",
        { class: `assurance ${user.assurance}` },
        icon(verified ? "tick" : "question"),
        verified ? words.verified : words.claimed,
      ),
    );
    return true;
  }

  /** @param {string} message the technical reason of a refusal */
  trouble(message) {
    this.refusal = message;
    byId("trouble-title").textContent = words.refusedTitle;
    byId("trouble-text").textContent = words.refusedText;
    byId("trouble-button").textContent = words.reload;
    byId("trouble-code").textContent = message;
    this.changed();
  }

  /** Take the platform's colours. @param {any} widget */
  paint(widget) {
    const style = document.documentElement.style;
    style.setProperty("--brand", `light-dark(${widget.brandColor}, ${widget.brandColorDark})`);
    style.setProperty("--brand-ink", `light-dark(${widget.brandInk}, ${widget.brandInkDark})`);
    byId("name").textContent = widget.name;
  }
}
