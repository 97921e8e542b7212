/* The part of the embed script that waits until it is needed: the panel's frame, the unread poll, renewal of the
   session, rarely used commands. */

const POLL_MS = 15000;
const POLL_MOST_MS = 120000;
const TEXT_MOST = 10000;
const PREFILL_MOST = 1000;
const TAGS_MOST = 50;
const RENEW_MS = 60000;
const RENEW_LEAST_MS = 5000;

/**
 * Start the late part.
 * @param {any} chat what embed.js shares
 */
export function start(chat) {
  /** @type {MessagePort | null} */
  let port = null;
  /** @type {any} */
  let pollTimer;
  /** @type {any} */
  let renewTimer;
  let pollMs = POLL_MS;
  let listening = false; // whether the panel hears of messages by itself
  const sheet = new CSSStyleSheet();
  chat.late = true;

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
    tell();
  }

  /** Give the panel what it may know: the session, never a token. */
  function tell() {
    if (!port || !chat.frame || !(chat.booted || chat.refusal !== null)) return;
    const known = chat.booted;
    port.postMessage({
      type: "state",
      refusal: chat.refusal,
      expired: chat.refusal !== null && !!chat.former,
      booted: known && {
        session: known.session,
        user: known.user,
        widget: known.widget,
        conversation: known.conversation,
        unreadCount: known.unreadCount,
      },
      initialUserMessage: chat.extras.initial ?? text("initialUserMessage", TEXT_MOST),
      prefill: text("conversationPrefillText", PREFILL_MOST),
      tags: tags(),
      fields: chat.extras.fields,
      page: { url: chat.clean(location.href), title: chat.clean(document.title, 300) },
      visible: isOpen(),
    });
  }

  /** @param {any} data what the panel says */
  function heard(data) {
    if (data.type === "close") chat.commands.close();
    else if (data.type === "renew") renew(data.session);
    else if (data.type === "reload") location.reload();
    else if (data.type === "unread") chat.badge(Number(data.count) || 0);
    else if (data.type === "event") chat.emit(String(data.name), data.payload);
    else if (data.type === "listening") listen(data.on === true);
  }

  /** @param {boolean} on */
  function listen(on) {
    listening = on;
    if (on) clearTimeout(pollTimer);
    else poll(POLL_MS);
  }

  function isOpen() {
    return !!chat.frame && chat.frame.className === "open";
  }

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
      void chat.frame.offsetWidth; // so that the panel rises instead of being there
    }
    clearTimeout(pollTimer);
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
    clearTimeout(renewTimer);
    tell();
    chat.emit("widgetToggle", { visible: false });
  }

  /** Style the frame, and let the launcher show what it will do. */
  function dress() {
    if (!chat.root) return;
    if (!chat.root.adoptedStyleSheets.includes(sheet)) {
      chat.root.adoptedStyleSheets = [...chat.root.adoptedStyleSheets, sheet];
      const door = chat.button.querySelector("path");
      const cross = door.cloneNode();
      cross.setAttribute("d", "m7 7 10 10M17 7 7 17");
      door.after(cross);
    }
    sheet.replaceSync(frameStyle(chat.side, chat.read("widgetOptions", "fullScreen") === true));
    chat.look();
  }

  // -- the session ---------------------------------------------------------------------------------------------------

  /** The panel's session ended: boot again, unless that has happened meanwhile. @param {string} ended */
  function renew(ended) {
    if (ended === chat.session) chat.boot(true);
    else tell();
  }

  /** Renew the session before it ends, while somebody looks at the panel. */
  function keepAlive() {
    clearTimeout(renewTimer);
    if (!chat.booted || !isOpen()) return;
    const left = chat.ends - Date.now();
    renewTimer = setTimeout(() => chat.boot(true), Math.max(RENEW_LEAST_MS, left / 2, left - RENEW_MS));
  }

  /** The session is over and could not be renewed: what the visitor wrote stays, and so does the launcher. */
  function expired() {
    if (!chat.booted) return;
    chat.former = chat.booted;
    chat.booted = null;
    chat.session = "";
    chat.refusal = "session expired";
    chat.settled();
    chat.emit("sessionExpired", {});
  }

  // -- unread messages while no panel listens ------------------------------------------------------------------------

  /** Poll, ever less often while nothing happens, and not in a hidden tab. @param {number} ms */
  function poll(ms) {
    clearTimeout(pollTimer);
    pollMs = Math.min(POLL_MOST_MS, ms);
    const conversation = chat.booted && chat.booted.conversation;
    if ((chat.frame && listening) || !(conversation ? conversation.state === "open" : chat.frame && chat.booted)) return;
    pollTimer = setTimeout(look, pollMs);
  }

  async function look() {
    if (document.hidden) return; // `shown` goes on
    const mine = chat.generation;
    let next = pollMs * 2;
    try {
      const response = await chat.ask("GET", "/conversations");
      if (mine !== chat.generation) return;
      if (response.status === 401) return void chat.boot(true);
      if (response.ok) {
        const list = await response.json();
        if (mine !== chat.generation) return;
        const unread = list.items.reduce((/** @type {number} */ sum, /** @type {any} */ item) => sum + item.unread, 0);
        next = unread === chat.unread ? pollMs * 1.4 : POLL_MS;
        chat.badge(unread);
      }
    } catch {
      // offline: the next look tells
    }
    if (mine === chat.generation) poll(next);
  }

  function shown() {
    if (document.hidden || !chat.booted) return;
    if (chat.ends < Date.now()) chat.boot(true);
    else poll(POLL_MS / 15);
  }

  // -- what the page configured, and rarely used commands ------------------------------------------------------------

  /** @param {string} key @param {number} most */
  function text(key, most) {
    const value = chat.read(key);
    return typeof value === "string" ? chat.clean(value, most) : "";
  }

  function tags() {
    const value = chat.read("tags");
    if (!Array.isArray(value)) return [];
    const good = value.filter((tag) => typeof tag === "string" && tag && tag.length <= 100);
    return good.slice(0, TAGS_MOST).map((tag) => chat.clean(tag, 100)).filter(Boolean);
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

  /** @param {unknown} fields @param {boolean} merge */
  async function custom(fields, merge) {
    const { checked } = await import("./fields.js");
    chat.extras.fields = { ...(merge && chat.extras.fields), ...checked(fields, chat) };
    tell();
  }

  /** @type {Record<string, (...args: any[]) => void>} */
  const commands = {
    reset() {
      chat.reset = true;
      chat.logout();
    },
    setIdentity(userId, identityToken) {
      chat.become({ userId, identityToken });
    },
    setLanguage(code) {
      chat.given.language = code;
      if (!chat.frame) return;
      chat.wanted = isOpen();
      chat.frame.remove();
      chat.frame = null;
      chat.settled(); // what was written is kept by the panel's own storage
    },
    setInitialUserMessage(message) {
      chat.extras.initial = typeof message === "string" ? chat.clean(message, TEXT_MOST) : undefined;
      tell();
    },
    setCustomIssueFields: (fields) => void custom(fields, true),
    replaceCustomIssueFields: (fields) => void custom(fields, false),
  };

  addEventListener("message", hello);
  document.addEventListener("visibilitychange", shown);
  return {
    open,
    close,
    expired,
    settled() {
      dress();
      tell();
      keepAlive();
      poll(POLL_MS);
    },
    update() {
      chat.become(undefined, same);
    },
    /** @param {string} name @param {any[]} args */
    run(name, args) {
      if (Object.hasOwn(commands, name)) commands[name](...args);
      else chat.warn("command_unknown", `there is no command ${String(name)}`);
    },
    stop() {
      clearTimeout(pollTimer);
      clearTimeout(renewTimer);
      removeEventListener("message", hello);
      document.removeEventListener("visibilitychange", shown);
      port = null;
    },
  };
}

/** @param {string} side where the launcher is @param {boolean} full */
function frameStyle(side, full) {
  const cover = "iframe{inset:0;width:100%;height:100%;max-width:none;max-height:none;border-radius:0}";
  return `iframe{${side}:92px;width:384px;height:640px;max-width:calc(100% - 40px);max-height:calc(100% - 112px);border-radius:18px;opacity:0;visibility:hidden;transform:translateY(12px)}
iframe.open{opacity:1;visibility:visible;transform:none}iframe,button{transition:.14s}
path+path,[aria-expanded=true] path{display:none}[aria-expanded=true] path+path{display:inline}
${full ? cover : ""}@media(max-width:480px){${cover}}@media(prefers-reduced-motion:reduce){*{transition:none!important}}`;
}
