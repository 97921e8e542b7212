/* What the page says about a conversation that is yet to begin. It belongs to one visitor: whoever comes next starts
   without it. Nothing of it leaves the page before that visitor writes. */

import { checked, described, event } from "./fields.js";

const FIELDS_MOST = 100;
const BYTES_MOST = 180000; // of all fields: a request holds 256 KiB
const EVENTS_MOST = 20;
const TEXT_MOST = 10000;

/**
 * @typedef {import("./fields.js").Fields} Fields
 * @typedef {object} Said
 * @property {string} [initial] what is sent for the visitor
 * @property {Fields} custom
 * @property {Fields} traits
 * @property {{name?: string, email?: string}} contact as the page told them: never looked up, they prove nothing
 * @property {{at: number, text: string}[]} events
 */

export class Extras {
  /** @param {any} chat what embed.js shares */
  constructor(chat) {
    this.chat = chat;
    this.said = nothing();
    /** Whose it is; empty while the server has not said. */
    this.owner = "";
    this.named = false;
    /** @type {{owner: string, said: Said} | null} */
    this.former = null;
  }

  /** The custom fields of the next conversation; traits and recent events are among them. @returns {Fields} */
  get fields() {
    const { traits, custom, events } = this.said;
    const all = Object.entries({ ...custom, ...recent(events, custom), ...unlike(traits, custom) });
    let left = BYTES_MOST;
    const fitting = all.filter((entry) => (left -= new TextEncoder().encode(this.chat.stringify(entry)).length) >= 0);
    if (fitting.length < all.length) this.chat.warn("fields_too_large", "some details of the page are dropped: too large together");
    return Object.fromEntries(fitting.slice(0, FIELDS_MOST));
  }

  /** @param {unknown} text */
  begin(text) {
    this.said.initial = typeof text === "string" ? this.chat.clean(text, TEXT_MOST) : undefined;
  }

  /** @param {unknown} fields @param {boolean} merge */
  custom(fields, merge) {
    this.said.custom = { ...(merge && this.said.custom), ...checked(fields, this.chat) };
  }

  /** @param {unknown} traits */
  identify(traits) {
    const { fields, contact } = described(traits, this.chat.read("fullPrivacy") === true, this.chat);
    Object.assign(this.said.traits, fields);
    Object.assign(this.said.contact, contact);
  }

  /** @param {unknown} name @param {unknown} properties */
  track(name, properties) {
    const text = event(name, properties, this.chat);
    if (text) this.said.events = [...this.said.events, { at: Date.now(), text }].slice(-EVENTS_MOST);
  }

  /** The page means somebody else now. @param {boolean} named whether it had named the one before */
  left(named) {
    if (!named && !this.named) return; // an anonymous visitor logs in: still the same person
    this.former = { owner: this.owner, said: this.said };
    this.#begin();
  }

  /** Whose it is, if that was not known yet. @param {any} booted */
  belongs(booted) {
    if (!this.owner) this.settled(booted);
    return this;
  }

  /** The server says who it is. @param {any} booted */
  settled(booted) {
    if (!booted) return;
    const { ref, state } = booted.user;
    if (this.former && this.former.owner === ref) this.said = joined(this.former.said, this.said);
    else if (this.named && this.owner && this.owner !== ref) this.#begin();
    this.former = null;
    this.owner = ref;
    this.named = state === "logged-in";
  }

  #begin() {
    this.said = nothing();
    this.owner = "";
    this.named = false;
  }
}

/** @returns {Said} */
function nothing() {
  return { custom: {}, traits: {}, contact: {}, events: [] };
}

/** @param {Said} before @param {Said} after @returns {Said} */
function joined(before, after) {
  return {
    initial: after.initial ?? before.initial,
    custom: { ...before.custom, ...after.custom },
    traits: { ...before.traits, ...after.traits },
    contact: { ...before.contact, ...after.contact },
    events: [...before.events, ...after.events].slice(-EVENTS_MOST),
  };
}

/** One field that lists what the visitor did lately, newest first. @param {Said["events"]} events @param {Fields} custom */
function recent(events, custom) {
  const lines = events.map(({ at, text }) => `${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC  ${text}`);
  const value = lines.reverse().join("\n");
  return unlike(value ? { "Recent events": { type: "multiline", value } } : {}, custom);
}

/** The page's own custom fields win. @param {Fields} fields @param {Fields} custom */
function unlike(fields, custom) {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !Object.hasOwn(custom, name)));
}
