/* The part of the embed script that waits until it is needed: the panel's frame, the unread poll, rarely used commands. */

const POLL_MS = 15000;
const POLL_MOST_MS = 120000;
const TEXT_MOST = 10000;
const PREFILL_MOST = 1000;

/**
 * Start the late part.
 * @param {any} chat what embed.js shares
 * @returns {{open(): void, close(): void, booted(): void, stop(): void, run(args: any[]): void}}
 */
export function start(chat) {
  /** @type {MessagePort | null} */
  let port = null;
  /** @type {any} */
  let timer;
  let pollMs = POLL_MS;

  // -- the panel -----------------------------------------------------------------------------------------------------

  /** @param {MessageEvent} event */
  function hello(event) {
    if (!chat.frame || event.source !== chat.frame.contentWindow || event.origin !== chat.server) return;
    if (event.data !== "whosthere:hello") return;
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = (message) => port1 === port && heard(message.data || {});
    port = port1;
    chat.frame.contentWindow.postMessage("whosthere:port", chat.server, [port2]);
    tell();
  }

  /** Give the panel what it may know: the session, never a token. */
  function tell() {
    if (!port || !chat.frame || !(chat.booted || chat.refusal !== null)) return;
    const known = chat.booted;
    port.postMessage({
      type: "state",
      refusal: chat.refusal,
      booted: known && { session: known.session, user: known.user, widget: known.widget, conversation: known.conversation },
      language: text("language", 35),
      initialUserMessage: chat.extras.initial ?? text("initialUserMessage", TEXT_MOST),
      prefill: text("conversationPrefillText", PREFILL_MOST),
      tags: tags(),
      fields: chat.extras.fields,
      page: { url: location.href.slice(0, 2000), title: document.title.slice(0, 300) },
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
  }

  /** The panel's session ended: boot again, unless that has happened meanwhile. @param {string} ended */
  function renew(ended) {
    if (ended === chat.session) chat.boot();
    else tell();
  }

  function isOpen() {
    return !!chat.frame && chat.frame.className === "open";
  }

  function open() {
    chat.wanted = false;
    clearTimeout(timer);
    if (!chat.frame) {
      port = null;
      chat.frame = document.createElement("iframe");
      chat.frame.title = "Chat";
      chat.frame.src = `${chat.base}frame?platformId=${encodeURIComponent(chat.read("platformId"))}`;
      chat.root.append(chat.frame);
      void chat.frame.offsetWidth; // so that the panel rises instead of being there
    }
    const news = !isOpen();
    chat.frame.className = "open";
    chat.button.setAttribute("aria-expanded", "true");
    chat.frame.focus();
    tell();
    if (news) chat.emit("widgetToggle", { visible: true });
  }

  function close() {
    if (!isOpen()) return;
    const focused = chat.root.activeElement === chat.frame;
    chat.frame.className = "";
    chat.button.setAttribute("aria-expanded", "false");
    if (focused) chat.button.focus();
    tell();
    chat.emit("widgetToggle", { visible: false });
  }

  // -- what the page configured --------------------------------------------------------------------------------------

  /** @param {string} key @param {number} most */
  function text(key, most) {
    const value = chat.read(key);
    return typeof value === "string" ? value.slice(0, most) : "";
  }

  function tags() {
    const value = chat.read("tags");
    const good = Array.isArray(value) ? value.filter((tag) => typeof tag === "string" && tag && tag.length <= 100) : [];
    return good.slice(0, 50);
  }

  // -- unread messages while no panel listens ------------------------------------------------------------------------

  /** Poll, ever less often while nothing happens, and not in a hidden tab. @param {number} ms */
  function poll(ms) {
    clearTimeout(timer);
    pollMs = Math.min(POLL_MOST_MS, ms);
    const conversation = chat.booted && chat.booted.conversation;
    if (chat.frame || !conversation || conversation.state !== "open") return;
    timer = setTimeout(look, pollMs);
  }

  async function look() {
    if (document.hidden) return; // `shown` goes on
    const mine = chat.generation;
    let next = pollMs * 2;
    try {
      const response = await chat.ask("/conversations");
      if (mine !== chat.generation) return;
      if (response.status === 401) return void chat.boot();
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
    poll(next);
  }

  function shown() {
    if (document.hidden || !chat.booted) return;
    if (Date.parse(chat.booted.session.expiresAt) < Date.now()) chat.boot();
    else if (!chat.frame) poll(POLL_MS / 15);
  }

  // -- rarely used commands ------------------------------------------------------------------------------------------

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
      tell();
    },
    setInitialUserMessage(message) {
      chat.extras.initial = typeof message === "string" ? message.slice(0, TEXT_MOST) : undefined;
      tell();
    },
    setCustomIssueFields(fields) {
      chat.extras.fields = { ...chat.extras.fields, ...checked(fields) };
      tell();
    },
    replaceCustomIssueFields(fields) {
      chat.extras.fields = checked(fields);
      tell();
    },
  };

  /** Keep the custom fields that are well formed, and name the others. @param {any} fields */
  function checked(fields) {
    /** @type {Record<string, any>} */
    const good = {};
    for (const [name, field] of Object.entries(fields || {})) {
      const { type, value } = Object(field);
      const fits = Object.hasOwn(FIELDS, type) && FIELDS[type](value);
      if (fits) good[name] = { type, value };
      else chat.warn("custom_field_invalid", `the custom field ${name} is dropped: its type or value is not valid`);
    }
    return good;
  }

  /** @param {any[]} args */
  function run([name, ...args]) {
    if (Object.hasOwn(commands, name)) commands[name](...args);
    else chat.warn("command_unknown", `there is no command ${String(name)}`);
  }

  addEventListener("message", hello);
  document.addEventListener("visibilitychange", shown);
  return {
    open,
    close,
    run,
    booted() {
      tell();
      poll(POLL_MS);
    },
    stop() {
      clearTimeout(timer);
      removeEventListener("message", hello);
      document.removeEventListener("visibilitychange", shown);
      port = null;
    },
  };
}

/** @type {Record<string, (value: unknown) => boolean>} */
const FIELDS = {
  singleline: (value) => typeof value === "string" && value.length <= 255,
  multiline: (value) => typeof value === "string" && value.length <= 100000,
  number: (value) => typeof value === "string" && /^-?[0-9]{1,30}(\.[0-9]{1,30})?$/.test(value),
  dropdown: (value) => typeof value === "string" && value.length <= 255,
  date: (value) => Number.isSafeInteger(value),
  checkbox: (value) => typeof value === "boolean",
};
