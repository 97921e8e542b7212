/* The part of the embed script that waits until it is needed: the panel's frame, the unread poll, renewal of the
   session, rarely used commands. */

const POLL_MS = 15000;
const POLL_MOST_MS = 120000;
const TIMER_MOST_MS = 2 ** 31 - 1;
const MOST = { text: 10000, prefill: 1000, tags: 50 };
const RENEW_MS = 60000;
const RENEW_LEAST_MS = 5000;
const TELL_MS = 20;

/** Start the late part. @param {any} chat what embed.js shares */
export function start(chat) {
  let port = /** @type {MessagePort | null} */ (null);
  const timers = /** @type {Record<"poll" | "renew" | "tell", any>} */ ({});
  let told = /** @type {any} */ (null); // the answer to a boot that the panel knows
  let pollMs = POLL_MS;
  let listening = false; // whether the panel hears of messages by itself
  const sheet = new CSSStyleSheet();
  /** What the page says about the next conversation. @type {import("./extras.js").Extras | null} */
  let extras = null;
  let coming = /** @type {Promise<unknown> | null} */ (null);

  // -- the panel -----------------------------------------------------------------------------------------------------

  /** @param {MessageEvent} event */
  function hello(event) {
    const frame = chat.frame;
    if (!frame || event.source !== frame.contentWindow || event.origin !== chat.server) return;
    if (event.data !== "whosthere:hello") return;
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = (message) => chat.frame === frame && port1 === port && heard(Object(message.data));
    port = port1;
    frame.contentWindow.postMessage("whosthere:port", chat.server, [port2]);
    if (chat.booted && told === chat.booted) chat.boot(true).then(tell); // another panel began with that: it is old news
    else tell();
  }

  /** Give the panel what it may know: the session, never a token. */
  function tell() {
    if (!port || !chat.frame || !(chat.booted || chat.refusal !== null)) return;
    const known = (told = chat.booted);
    const { session, user, widget, conversation, unreadCount, historyOffer, attachments } = known || {};
    extras?.settled(known);
    port.postMessage({
      type: "state",
      refusal: chat.refusal,
      expired: chat.refusal !== null && !!chat.former,
      again: typeof chat.read("getToken") === "function",
      booted: known && { session, user, widget, conversation, unreadCount, historyOffer, attachments },
      initialUserMessage: extras?.said.initial ?? text("initialUserMessage", MOST.text),
      nextUserMessage: text("subsequentIssuesInSameSessionConfig", MOST.text, "initialUserMessage"),
      prefill: text("conversationPrefillText", MOST.prefill),
      tags: tags(),
      fields: extras ? extras.fields : {},
      contact: extras ? extras.said.contact : {},
      page: { url: chat.clean(location.href), title: chat.clean(document.title, 300) },
      visible: isOpen(),
    });
  }

  /** @param {any} data what the panel says */
  function heard(data) {
    if (data.type === "close") chat.commands.close();
    else if (data.type === "renew") renew(data.session);
    else if (data.type === "again") chat.boot(true).then(tell);
    else if (data.type === "reload") location.reload();
    else if (data.type === "unread") chat.badge(Number(data.count) || 0);
    else if (data.type === "event") tellPage(String(data.name), data.payload);
    else if (data.type === "listening") listen(data.on === true);
    else if (data.type === "offer" || data.type === "forget") {
      const answer = (/** @type {any} */ message) => port?.postMessage(message);
      import("./own.js").then((part) => part.decide(chat, data, answer)).catch(() => {}); // asked again some other time
    }
  }

  /** @param {boolean} on */
  function listen(on) {
    listening = on;
    poll(POLL_MS);
  }

  /** @param {string} name @param {any} payload */
  function tellPage(name, payload) {
    chat.emit(name, payload);
    if (name === "conversationEnd" || name === "conversationRejected") chat.emit("chatEnd", {});
  }

  const isOpen = () => !!chat.frame && chat.frame.className === "open";

  function open() {
    chat.wanted = false;
    if (!chat.frame) {
      port = null;
      listening = true; // it will be; a poll beside it would only cost
      chat.frame = document.createElement("iframe");
      chat.frame.title = chat.button.getAttribute("aria-label");
      const query = new URLSearchParams({ platformId: chat.read("platformId"), language: text("language", 35) });
      chat.frame.src = `${chat.base}frame?${query}`;
      chat.root.append(chat.frame);
      dress();
      void chat.frame.offsetWidth; // so that the panel rises instead of being there
    }
    clearTimeout(timers.poll);
    const news = !isOpen();
    chat.frame.className = "open";
    dress();
    chat.frame.focus();
    tell();
    keepAlive();
    if (news) chat.emit("widgetToggle", { visible: true });
  }

  function close() {
    if (!isOpen()) return;
    const focused = chat.root.activeElement === chat.frame;
    chat.frame.className = "";
    dress();
    if (focused) chat.button.focus();
    clearTimeout(timers.renew);
    tell();
    chat.emit("widgetToggle", { visible: false });
  }

  /** Style the frame, and let the launcher show what it will do. */
  function dress() {
    if (!chat.root) return;
    if (chat.root.adoptedStyleSheets.length < 2) chat.root.adoptedStyleSheets = [...chat.root.adoptedStyleSheets, sheet];
    sheet.replaceSync(frameStyle(chat.side, chat.read("widgetOptions", "fullScreen") === true));
    chat.look();
  }

  /** Keep a panel that covers the window above an on-screen keyboard. */
  function fit() {
    if (!chat.frame) return;
    const full = chat.frame.offsetWidth === innerWidth && seen.scale === 1;
    chat.frame.style.cssText = full ? `height:${seen.height}px;top:${seen.offsetTop}px` : "";
  }

  // -- the session ---------------------------------------------------------------------------------------------------

  /** The panel's session ended: boot again, unless that has happened meanwhile. @param {string} ended */
  function renew(ended) {
    if (ended === chat.session) chat.boot(true);
    else tell();
  }

  /** Renew the session before it ends, while somebody looks at the panel. */
  function keepAlive() {
    clearTimeout(timers.renew);
    if (!chat.booted || !isOpen()) return;
    const left = chat.ends - Date.now();
    const wait = Math.max(RENEW_LEAST_MS, left / 2, left - RENEW_MS);
    timers.renew = setTimeout(() => chat.boot(true), Math.min(TIMER_MOST_MS, wait));
  }

  /** The session is over and could not be renewed: what the visitor wrote stays, and so does the launcher. */
  function expired() {
    if (!chat.booted) return;
    Object.assign(chat, { former: chat.booted, booted: null, session: "", refusal: "session expired" });
    chat.settled();
    chat.emit("sessionExpired", {});
  }

  // -- unread messages while no panel listens ------------------------------------------------------------------------

  /** Poll, ever less often while nothing happens, and not in a hidden tab. @param {number} ms */
  function poll(ms) {
    clearTimeout(timers.poll);
    pollMs = Math.min(POLL_MOST_MS, ms);
    const { booted, frame } = chat; // where there was a panel, a conversation may have been begun or reopened since
    if (!booted || (frame ? listening : booted.conversation?.state !== "open")) return;
    timers.poll = setTimeout(look, pollMs);
  }

  async function look() {
    if (document.hidden) return; // `shown` goes on
    const mine = chat.generation;
    let next = pollMs * 2;
    try {
      const response = await chat.ask("GET", "/conversations");
      const list = response.ok ? await response.json() : null;
      if (mine !== chat.generation) return;
      if (response.status === 401) return void chat.boot(true);
      if (list) {
        const unread = list.items.reduce((/** @type {number} */ sum, /** @type {any} */ item) => sum + item.unread, 0);
        next = unread === chat.unread ? pollMs * 1.4 : POLL_MS;
        chat.badge(unread);
      }
    } catch {} // offline: the next look tells
    if (mine === chat.generation) poll(next);
  }

  function shown() {
    if (document.hidden || !chat.booted) return;
    if (chat.ends < Date.now()) chat.boot(true);
    else poll(POLL_MS / 15);
  }

  // -- what the page configured, and rarely used commands ------------------------------------------------------------

  /** @param {string} key @param {number} most @param {string} [part] */
  function text(key, most, part) {
    const value = chat.read(key, part);
    return typeof value === "string" ? chat.clean(value, most) : "";
  }

  function tags() {
    const value = chat.read("tags");
    if (!Array.isArray(value)) return [];
    const good = value.filter((tag) => typeof tag === "string" && tag && tag.length <= 100);
    return good.slice(0, MOST.tags).map((tag) => chat.clean(tag, 100)).filter(Boolean);
  }

  /** Whether the page still means who it meant at the last boot, as far as that can be told without asking. */
  function same() {
    if (!chat.booted || !chat.sent || typeof chat.read("getToken") === "function") return false;
    const keys = chat.sent.userId || chat.sent.userEmail ? ["userId", "userEmail"] : ["userId", "userEmail", "identityToken"];
    return keys.every((key) => {
      const now = chat.wire(key, chat.read(key));
      return now === chat.sent[key] || (now == null && chat.sent[key] == null);
    });
  }

  /** Take up what the page said while `booted` was there. @param {any} booted @param {(it: import("./extras.js").Extras) => void} use */
  function say(booted, use) {
    coming ||= import("./extras.js").then((part) => (extras = new part.Extras(chat)));
    coming.then(
      () => {
        if (extras) use(extras.belongs(booted));
        clearTimeout(timers.tell); // the panel hears once of many
        if (port) timers.tell = setTimeout(tell, TELL_MS);
      },
      (error) => { coming = null; chat.warn("load_failed", error); },
    );
  }

  /** @type {Record<string, (booted: any, ...args: any[]) => void>} */
  const commands = {
    setLanguage(_, code) {
      chat.given.language = code;
      if (chat.frame) {
        chat.wanted = isOpen(); // what was written is kept by the panel's own storage
        chat.frame.remove();
        chat.frame = null;
        chat.settled();
      }
      chat.boot(true); // the launcher is labelled in that language
    },
    setInitialUserMessage: (booted, text) => say(booted, (it) => it.begin(text)),
    setCustomIssueFields: (booted, fields) => say(booted, (it) => it.custom(fields, true)),
    replaceCustomIssueFields: (booted, fields) => say(booted, (it) => it.custom(fields, false)),
    identify: (booted, traits) => say(booted, (it) => it.identify(traits)),
    track: (booted, event, properties) => say(booted, (it) => it.track(event, properties)),
  };

  const seen = /** @type {any} */ (visualViewport);
  seen.addEventListener("resize", fit);
  addEventListener("message", hello);
  document.addEventListener("visibilitychange", shown);
  return {
    open,
    close,
    expired,
    /** Somebody else may come. @param {boolean} named whether the page had named the one before @param {any} booted */
    left(named, booted) {
      if (coming) say(booted, (it) => it.left(named));
    },
    settled() {
      dress();
      tell();
      keepAlive();
      poll(POLL_MS);
      if (chat.mark) import("./returning.js").then((part) => part.back(chat));
    },
    update: () => chat.become(undefined, same),
    /** @param {string} name @param {any[]} args @param {any} booted */
    run(name, args, booted) {
      if (Object.hasOwn(commands, name)) commands[name](booted, ...args);
      else chat.warn("command_unknown", `there is no command ${String(name)}`);
    },
    stop() {
      for (const timer of Object.values(timers)) clearTimeout(timer);
      seen.removeEventListener("resize", fit);
      removeEventListener("message", hello);
      document.removeEventListener("visibilitychange", shown);
      port = coming = null;
    },
  };
}

/** @param {string} side where the launcher is @param {boolean} full */
function frameStyle(side, full) {
  const cover = "iframe{inset:0;width:100%;height:100%;max-width:none;max-height:none;border-radius:0}";
  return `iframe{${side}:92px;width:384px;height:640px;max-width:calc(100% - 40px);max-height:calc(100% - 112px);border-radius:18px;opacity:0;visibility:hidden;transform:translateY(12px)}
iframe.open{opacity:1;visibility:visible;transform:none}iframe{transition:opacity .14s,transform .14s,visibility .14s}button{transition:filter .14s}
button:focus-visible{outline:3px solid var(--b);outline-offset:3px}
[aria-expanded=true]:before{clip-path:path("M9 7l6 6 6-6 2 2-6 6 6 6-2 2-6-6-6 6-2-2 6-6-6-6z")}
${full ? cover : ""}@media(max-width:480px){${cover}}@media(prefers-reduced-motion:reduce){*{transition:none!important}}`;
}
