/* Whosthere, the embed script: one request before the first click. More in embed/later.js and docs/embedding.md. */
(function () {
  "use strict";
  const w = /** @type {any} */ (window), d = document;
  const script = /** @type {any} */ (d.currentScript || d.getElementById("whosthere-embed") || d.getElementById("hs-chat"));
  if (!script || !script.src || w.__whosthere) return; // pasted twice: the first one serves
  w.__whosthere = 1;
  const base = new URL(".", script.src).href;
  const server = new URL(base).origin;
  const identity = ["userId", "userEmail", "userName", "userAuthToken", "identityToken", "fullPrivacy", "clearAnonymousUserOnLogin"];
  const retryMost = 60000;
  /** What the lazily loaded part shares. @type {any} */
  const chat = {
    base, server, listeners: {}, happened: {}, given: {}, extras: { fields: {} }, booted: null, refusal: null,
    session: "", generation: 0, unread: 0, hidden: false, wanted: false, frame: null, ask, boot, warn, read, emit, badge, look,
    become, logout, option, commands: {},
  };
  /** @type {any} */ let later, retry, host, root, button, count, sheet, channel;
  /** @type {any} */ const memory = {};
  let own = false, pause = 0;

  /** @param {string} code @param {string} message */
  function warn(code, message) {
    try { console.warn("[Whosthere] " + code + ": " + message); } catch (_) { /* no console */ }
    emit("warning", { code, message });
  }
  /** A config key, of a page that may do anything. @param {string} key @returns {any} */
  function read(key) {
    try {
      if (key in chat.given || (own && (identity.includes(key) || key === "getToken"))) return chat.given[key];
      const block = d.getElementById("whosthere-config");
      const config = w.whosthereConfig || (block ? JSON.parse(block.textContent || "") : w.helpshiftConfig);
      return config ? config[key] : undefined;
    } catch (error) {
      warn("config_unreadable", key + " cannot be read: " + error);
      return {};
    }
  }
  /** @param {string} name @returns {any} */
  function option(name) {
    try { return read("widgetOptions")[name]; } catch (_) { return undefined; }
  }
  /** What JSON can carry; anything else becomes an object, which the server refuses by name. @param {string} key */
  function wire(key) {
    const value = read(key), type = typeof value;
    if (value == null || type === "boolean" || type === "number") return value;
    try { encodeURIComponent(value); } catch (_) { return {}; }
    if (type !== "string" || (key !== "userName" && value.length > 9000)) return {};
    return key === "userName" ? value.slice(0, 300) : value;
  }
  /** @param {string} event @param {any} payload */
  function emit(event, payload) {
    if (event === "ready" || event === "userAuthFailure") chat.happened[event] = payload;
    for (const listener of [...(chat.listeners[event] || [])]) call(listener, payload);
  }
  /** @param {Function} listener @param {any} payload */
  function call(listener, payload) {
    try { listener(payload); } catch (error) { console.error(error); }
  }
  /** Read, keep or (null) delete an anonymous token. @param {string} scope @param {string | null} [token] */
  function keep(scope, token) {
    const key = "whosthere:" + read("platformId");
    try {
      const storage = w[scope + "Storage"];
      if (token === undefined) return storage.getItem(key);
      token === null ? storage.removeItem(key) : storage.setItem(key, token);
    } catch (_) {
      if (token === undefined) return memory[scope];
      memory[scope] = token;
    }
  }
  /** @param {string} path @param {any} [options] */
  function ask(path, options) {
    const headers = Object.assign(chat.session ? { Authorization: "Bearer " + chat.session } : {}, options && options.headers);
    return fetch(base + "api/v1/widget" + path, Object.assign({ credentials: "omit" }, options, { headers }));
  }

  /** Ask the page for a token if it gave none but can. @returns {Promise<any>} */
  async function tokens() {
    const get = read("getToken");
    if (typeof get !== "function" || wire("userAuthToken") || wire("identityToken")) return {};
    const token = await get();
    return token == null ? { userId: null, userEmail: null } : typeof token === "string" ? { identityToken: token } : token;
  }
  async function boot() {
    const mine = ++chat.generation;
    clearTimeout(retry);
    try {
      const body = /** @type {any} */ ({
        platformId: read("platformId"), anonymousToken: keep("local"), anonymousTabToken: keep("session"), reset: chat.reset,
        page: { url: location.href.slice(0, 2000), title: d.title.slice(0, 300), referrer: d.referrer.slice(0, 2000), language: navigator.language },
      });
      for (const key of identity) body[key] = wire(key);
      const { userAuthToken, identityToken, ...nobody } = await tokens();
      Object.assign(body, nobody, userAuthToken && { userAuthToken }, identityToken && { identityToken });
      if (mine !== chat.generation) return;
      const response = await ask("/boot", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
      const answer = await response.json();
      if (mine !== chat.generation) return;
      if (response.ok) return admitted(answer);
      if (response.status === 401) return refused(answer.message);
      if (response.status < 500 && response.status !== 429) return warn(answer.code, answer.detail);
    } catch (error) {
      if (mine !== chat.generation) return;
      warn("boot_failed", error + ". Does " + server + " run, list " + location.origin + " as an origin, and does the page's CSP allow connect-src to it?");
    }
    pause = Math.min(retryMost, pause * 2 || 2000);
    retry = setTimeout(boot, pause);
  }
  /** @param {any} answer */
  function admitted(answer) {
    const before = chat.former || chat.booted;
    chat.booted = answer;
    chat.refusal = chat.reset = chat.former = null;
    chat.session = answer.session.token;
    pause = 0;
    keep(answer.anonymousScope === "tab" ? "session" : "local", answer.anonymousToken);
    for (const warning of answer.warnings) warn(warning.code, warning.message);
    if (before && who(before) !== who(answer)) emit("userChanged", { originalState: before.user.state, pageUrl: location.href });
    badge(answer.unreadCount);
    settled();
    if (!chat.happened.ready) {
      emit("ready", {});
      if (read("initiateChatOnLoad") === true) commands.open();
    }
    if (answer.conversation || later) load().then((part) => part.booted());
  }
  /** @param {any} answer */
  function who(answer) {
    return JSON.stringify([answer.user.state, answer.user.userId, answer.user.userEmail]);
  }
  /** @param {string} message */
  function refused(message) {
    chat.booted = chat.former = null;
    chat.session = "";
    chat.refusal = message;
    badge(0);
    settled();
    emit("userAuthFailure", { message });
    if (later) load().then((part) => part.booted());
  }
  function settled() {
    look();
    if (chat.wanted) commands.open();
  }
  /** Become somebody else: the former user's panel, stream and session go before the next one is asked for.
      @param {any} [next] identifiers and a token that replace those of the page's config */
  function become(next) {
    chat.generation++;
    if (chat.frame) {
      chat.wanted = chat.wanted || open();
      chat.frame.remove();
      chat.frame = chat.port = null;
    }
    badge(0);
    chat.former = chat.booted || chat.former;
    chat.booted = chat.refusal = null;
    own = !!next;
    for (const key of identity) delete chat.given[key];
    Object.assign(chat.given, next);
    boot();
  }
  /** @param {boolean} [here] only in this tab */
  function logout(here) {
    if (chat.session) ask("/session", { method: "DELETE" }).catch(() => 0);
    chat.session = "";
    if (channel && here !== true) channel.postMessage(0);
    become({});
  }

  function open() {
    return !!chat.frame && chat.frame.className === "open";
  }
  /** @param {number} unread */
  function badge(unread) {
    if (unread > chat.unread && !open()) emit("newUnreadMessages", { unreadCount: unread });
    chat.unread = unread;
    if (!button) return;
    count.textContent = unread ? (unread > 99 ? "99+" : unread) : "";
    button.setAttribute("aria-label", unread ? "Chat, " + unread + " unread" : "Chat");
  }
  /** Show the launcher as the platform and the page want it. */
  function look() {
    const known = chat.booted || chat.former;
    if (!d.body || !(host || known || chat.wanted)) return;
    if (!host) draw();
    button.hidden = chat.hidden || !known || option("showLauncher") === false;
    const widget = known ? known.widget : {}, at = String(option("position") || widget.position);
    const y = at.startsWith("top") ? "top" : "bottom", x = at.endsWith("left") ? "left" : "right";
    const z = Number(option("zIndex")) || 2147483000;
    const cover = "iframe{inset:0;width:100%;height:100%;max-width:none;max-height:none;border-radius:0}";
    sheet.replaceSync(`:host{all:initial;color-scheme:light dark;--b:${widget.brandColor || "#3b46d6"};--i:${widget.brandInk || "#fff"}}
@media(prefers-color-scheme:dark){:host{--b:${widget.brandColorDark || "#8f98ff"};--i:${widget.brandInkDark || "#000"}}}
button,iframe{position:fixed;${x}:20px;${y}:20px;z-index:${z};border:0;box-shadow:0 2px 6px #10121b1f,0 14px 36px #10121b33;transition:.14s}
button{width:58px;height:58px;padding:0;border-radius:20px;background:var(--b);color:var(--i);cursor:pointer}
button:hover{transform:translateY(-2px)}button:focus-visible{outline:3px solid var(--b);outline-offset:3px}[hidden]{display:none}
svg{width:30px;display:block;margin:auto;fill:none;stroke:currentColor;stroke-width:2.2;stroke-linecap:round}
span{position:absolute;top:-8px;right:-8px;min-width:8px;padding:0 6px;border-radius:99px;background:#d92d20;color:#fff;font:650 12px/20px system-ui}span:empty{display:none}
iframe{${y}:92px;width:384px;height:640px;max-width:calc(100% - 40px);max-height:calc(100% - 112px);border-radius:18px;opacity:0;visibility:hidden;transform:translateY(12px)}
.open{opacity:1;visibility:visible;transform:none}${option("fullScreen") === true ? cover : ""}
@media(max-width:480px){${cover}}@media(prefers-reduced-motion:reduce){*{transition:none!important}}`);
  }
  function draw() {
    host = d.createElement("div");
    host.id = "whosthere";
    chat.root = root = host.attachShadow({ mode: "closed" });
    root.adoptedStyleSheets = [(sheet = new CSSStyleSheet())];
    button = d.createElement("button");
    button.onclick = () => commands.toggle();
    count = d.createElement("span");
    const svg = d.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    const door = d.createElementNS(svg.namespaceURI, "path");
    door.setAttribute("d", "M6 21V6a6 6 0 0 1 12 0v15M4 21h16M12 9h.01");
    svg.append(door);
    button.append(svg, count);
    root.append(button);
    d.body.append(host);
    chat.button = button;
    badge(chat.unread);
  }

  /** The part that opens the panel, loaded once. @returns {Promise<any>} */
  function load() {
    later = later || import(base + "assets/latest/embed/later.js").then((part) => part.start(chat));
    later.catch((/** @type {any} */ error) => { later = null; warn("load_failed", String(error)); });
    return later;
  }
  /** @type {any} */
  const commands = Object.assign(chat.commands, {
    open() {
      chat.hidden = false;
      chat.wanted = true; // until the boot is answered
      look();
      if (d.body && (chat.booted || chat.refusal !== null)) load().then((part) => chat.wanted && part.open());
    },
    close() { chat.wanted = false; if (open()) load().then((part) => part.close()); },
    toggle() { open() ? commands.close() : commands.open(); },
    hide() { chat.reopen = open(); commands.close(); chat.hidden = true; look(); },
    show() { chat.hidden = false; look(); if (chat.reopen) commands.open(); chat.reopen = false; },
    update() { become(); },
    login(/** @type {any} */ person) { become(Object.assign({}, person)); },
    logout,
    addEventListener(/** @type {string} */ event, /** @type {any} */ listener) {
      if (typeof listener !== "function") return warn("listener_invalid", "addEventListener needs a function.");
      (chat.listeners[event] = chat.listeners[event] || new Set()).add(listener);
      if (event in chat.happened) call(listener, chat.happened[event]);
    },
    removeEventListener(/** @type {string} */ event, /** @type {any} */ listener) {
      if (chat.listeners[event]) chat.listeners[event].delete(listener);
    },
    init() {},
    destroy() {
      chat.generation++;
      clearTimeout(retry);
      if (later) later.then((part) => part.stop());
      if (host) host.remove();
      if (channel) channel.close();
      chat.listeners = {};
      chat.session = "";
      w.Whosthere = w.Helpshift = () => {};
      w.__whosthere = host = button = chat.frame = chat.booted = null;
    },
  });
  commands.updateHelpshiftConfig = commands.update;

  /** @param {any[]} args */
  function run(args) {
    try {
      if (args[0] in commands) commands[args[0]](...args.slice(1));
      else load().then((part) => part.run(args));
    } catch (error) {
      warn("command_failed", args[0] + ": " + error);
    }
  }
  const stub = w.Whosthere, old = w.Helpshift;
  w.Whosthere = (/** @type {any[]} */ ...args) => run(args);
  if (old && old.q || w.helpshiftConfig && !w.whosthereConfig) w.Helpshift = w.Whosthere;
  try {
    channel = new BroadcastChannel("whosthere:" + read("platformId"));
    channel.onmessage = () => logout(true); // another tab of this site logged out
  } catch (_) { /* this tab alone */ }
  d.addEventListener("DOMContentLoaded", settled);
  for (const queue of [stub, old]) for (const args of (queue && queue.q) || []) run([...args]);
  if (!chat.generation) boot();
})();
