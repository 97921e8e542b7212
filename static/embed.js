/* Whosthere, the embed script: one request before the first click. The rest waits in embed/later.js. */
(() => {
  "use strict";
  const w = /** @type {any} */ (window), d = document, any = w.undefined; // `any` types
  const script = w.document.currentScript || d.querySelector("#whosthere-embed,#hs-chat");
  if (!script?.src || w.__whosthere) return; // pasted twice: the first one serves
  w.__whosthere = 1;
  const base = new URL(".", script.src).href, server = new URL(base).origin;
  const identity = ["userId", "userEmail", "userName", "userAuthToken", "identityToken", "fullPrivacy", "clearAnonymousUserOnLogin"];
  const chat = /** @type {any} */ ({ // what later.js shares
    base, server, listeners: {}, happened: {}, given: {}, extras: { fields: {} }, refusal: null, session: "", ends: 0,
    generation: 0, unread: 0, ask, boot, warn, read, emit, badge, look, settled, become, logout, wire, clean,
  });
  let later = any, retry = any, host = any, root = any, button = any, count = any, sheet = any, channel = any, asking = any;
  const memory = /** @type {any} */ ({});
  let own = false, pause = 0, tries = 0;

  function warn(code = "", message = any) {
    try { console.warn("Whosthere: " + code + ": " + message); } catch { /* no console */ }
    emit("warning", { code, message });
  }
  /** A config key, or part of it, of a page that may do anything. */
  function read(key = "", part = "") {
    try {
      if (key in chat.given || (own && (identity.includes(key) || key === "getToken"))) return chat.given[key];
      const block = d.getElementById("whosthere-config");
      const value = (w.whosthereConfig || (block ? JSON.parse(block.textContent || "") : w.helpshiftConfig))?.[key];
      return part ? value?.[part] : value;
    } catch (error) {
      warn("config_unreadable", key + ": " + error);
      return {};
    }
  }
  /** Cut text without U+0000 and halves of surrogate pairs. */
  function clean(text = any, most = 2000) {
    return String(text).slice(0, most).replace(/[\0\p{Cs}]/gu, "");
  }
  /** What JSON carries; anything else becomes an object, which the server refuses by name. */
  function wire(key = "", value = any) {
    if (value == null || typeof value === "boolean" || Number.isFinite(value)) return value;
    if (typeof value !== "string") return {};
    if (key === "userName") return clean(value, 300);
    try { encodeURIComponent(value); } catch { return {}; }
    return value.length > 9000 ? {} : value;
  }
  function emit(event = "", payload = any) {
    if (event === "ready" || event === "userAuthFailure") chat.happened[event] = payload;
    for (const listener of [...(chat.listeners[event] || [])]) call(listener, payload);
  }
  function call(listener = any, payload = any) {
    try { listener(payload); } catch (error) { console.error(error); }
  }
  /** Read, keep or (null) delete a token. */
  function keep(scope = "", token = any) {
    const key = "whosthere:" + read("platformId");
    try {
      const storage = w[scope + "Storage"];
      if (token === undefined) return storage.getItem(key);
      token === null ? storage.removeItem(key) : storage.setItem(key, token);
    } catch {
      if (token === undefined) return memory[key + scope];
      memory[key + scope] = token;
    }
  }
  function ask(method = "", path = "", body = any) {
    const headers = { "Content-Type": "application/json", ...(chat.session && { Authorization: "Bearer " + chat.session }) };
    return fetch(base + "api/v1/widget" + path, {
      method, headers, body: body && JSON.stringify(body), credentials: "omit", keepalive: !body, signal: AbortSignal.timeout(10000),
    });
  }

  /** What getToken adds: asked when the page gave no token, and when a session is renewed. */
  async function proof(renewal = any) {
    const get = read("getToken");
    if (typeof get !== "function" || (!renewal && (read("userAuthToken") || read("identityToken")))) return {};
    try {
      asking ||= get();
      const token = await asking;
      return typeof token === "string" ? { identityToken: token } : token;
    } catch (error) {
      if (chat.booted && Date.now() > chat.ends) expired();
      throw error;
    } finally {
      asking = 0;
    }
  }
  async function boot(renewal = any) {
    const platformId = read("platformId"), mine = ++chat.generation;
    let least = 0;
    clearTimeout(retry);
    if (!platformId || typeof platformId !== "string") return warn("platform_id_missing", "the config has none");
    try {
      const given = await proof(renewal);
      if (mine !== chat.generation) return;
      tune("whosthere:" + platformId);
      const body = /** @type {any} */ ({
        platformId: clean(platformId), anonymousToken: keep("local"), anonymousTabToken: keep("session"), reset: chat.reset,
        page: { url: clean(location.href), title: clean(d.title), referrer: clean(d.referrer), language: navigator.language },
      });
      for (const key of identity) body[key] = wire(key, !given || key in given ? given?.[key] : read(key));
      chat.sent = body;
      const response = await ask("POST", "/boot", body);
      const answer = await response.json();
      if (mine !== chat.generation) return;
      if (response.ok) return admitted(answer);
      if (response.status === 401) return renewal && chat.booted ? expired() : refused(answer.message);
      if (response.status < 500 && response.status !== 429) return warn(answer.code, answer.detail);
      least = Number(response.headers.get("Retry-After")) * 1000;
    } catch (error) {
      if (mine !== chat.generation) return;
      warn("boot_failed", error + ": is " + location.origin + " on the platform's list, and " + server + " in the page's CSP?");
    }
    pause = Math.min(60000, pause * 2 || 2000);
    retry = setTimeout(boot, Math.max(pause, least), renewal);
  }
  function admitted(answer = any) {
    const { token, expiresInSeconds } = answer.session, before = chat.former || chat.booted;
    const other = before && before.user.ref !== answer.user.ref;
    if (other) drop(); // before anything else: nobody sees a frame of somebody else's
    chat.booted = answer;
    chat.refusal = chat.reset = chat.former = null;
    chat.session = token;
    chat.ends = Date.now() + expiresInSeconds * 1000;
    pause = 0;
    keep(answer.anonymousScope === "tab" ? "session" : "local", answer.anonymousToken);
    for (const warning of answer.warnings) warn(warning.code, warning.message);
    if (other) emit("userChanged", { originalState: before.user.state, pageUrl: location.href });
    badge(answer.unreadCount);
    settled();
    if (!chat.happened.ready) {
      emit("ready", {});
      if (read("initiateChatOnLoad") === true) commands.open();
    }
    if (answer.conversation) load();
  }
  function refused(message = "") {
    drop();
    chat.booted = chat.former = null;
    chat.session = "";
    chat.refusal = message;
    badge(0);
    settled();
    emit("userAuthFailure", { message });
  }
  const expired = () => load((part = any) => part.expired());
  function settled() {
    look();
    if (chat.wanted) commands.open();
    if (later) load((part = any) => part.settled());
  }
  function drop() {
    chat.wanted ||= open();
    chat.frame?.remove();
    chat.frame = null;
    if (button) look();
  }
  /** Become `next`, or who the page says now; unless that is the same, the panel goes first. */
  function become(next = any, same = any) {
    asking = 0;
    own = !!next;
    for (const key of identity) delete chat.given[key];
    Object.assign(chat.given, next);
    if (!same?.()) {
      drop();
      badge(0);
      chat.former = chat.booted || chat.former;
      chat.booted = chat.refusal = null;
    }
    boot();
  }
  function logout(here = any) {
    if (chat.session) ask("DELETE", "/session").catch(() => 0);
    chat.session = "";
    if (here !== true) channel?.postMessage(0);
    become({});
  }
  /** Hear when another tab logs out. */
  function tune(name = "") {
    channel?.close();
    try { (channel = new BroadcastChannel(name)).onmessage = () => logout(true); } catch { /* this tab alone */ }
  }

  function open() {
    return chat.frame?.className === "open";
  }
  function badge(unread = 0) {
    const news = unread > chat.unread && !open();
    chat.unread = unread;
    if (button) look();
    if (news) emit("newUnreadMessages", { unreadCount: unread });
  }
  /** Show the launcher as the platform and the page want it. */
  function look() {
    const known = chat.booted || chat.former, widget = known?.widget || {};
    if (!d.body || !(host || known || chat.wanted)) return;
    if (!host) draw();
    button.hidden = chat.hidden || !known || read("widgetOptions", "showLauncher") === false;
    button.setAttribute("aria-expanded", open());
    button.setAttribute("aria-label", "Chat with " + widget.name + (chat.unread ? ", " + chat.unread + " unread" : ""));
    count.textContent = chat.unread > 99 ? "99+" : chat.unread || "";
    const at = String(read("widgetOptions", "position") || widget.position), z = Number(read("widgetOptions", "zIndex")) || 2147483000;
    const y = (chat.side = at.startsWith("top") ? "top" : "bottom"), x = at.endsWith("left") ? "left" : "right";
    sheet.replaceSync(`:host{all:initial;color-scheme:light dark;--b:light-dark(${widget.brandColor},${widget.brandColorDark})}
button,iframe{position:fixed;${x}:20px;${y}:20px;z-index:${z};border:0;box-shadow:0 2px 6px #10121b1f,0 14px 36px #10121b33}
button{width:58px;height:58px;padding:0;border-radius:20px;background:var(--b);color:light-dark(${widget.brandInk},${widget.brandInkDark});cursor:pointer}
button:hover{filter:brightness(1.1)}button:focus-visible{outline:3px solid var(--b);outline-offset:3px}
svg{width:30px;display:block;margin:auto;fill:none;stroke:currentColor;stroke-width:2.2;stroke-linecap:round}
span{position:absolute;top:-8px;right:-8px;min-width:8px;padding:0 6px;border-radius:99px;background:#d92d20;color:#fff;font:650 12px/20px system-ui}
[hidden],span:empty{display:none}`);
  }
  function draw() {
    host = d.createElement("div");
    host.id = "whosthere";
    chat.root = root = host.attachShadow({ mode: "closed" });
    root.adoptedStyleSheets = [(sheet = new CSSStyleSheet())];
    chat.button = button = d.createElement("button");
    button.onclick = () => commands.toggle();
    count = d.createElement("span");
    const ns = "http://www.w3.org/2000/svg", svg = d.createElementNS(ns, "svg"), door = d.createElementNS(ns, "path");
    svg.setAttribute("viewBox", "0 -1.5 24 24");
    door.setAttribute("d", "M6 21V6a6 6 0 0 1 12 0v15M4 21h16M12 9h.01");
    svg.append(door);
    button.append(svg, count);
    root.append(button);
    d.body.append(host);
  }

  /** The part that opens the panel, loaded once. */
  function load(use = any) {
    later ||= import(base + "assets/latest/embed/later.js" + (tries++ ? "?" + tries : "")).then((part = any) => part.start(chat));
    later.then(use).catch((error = any) => {
      if (!chat.late) later = 0; // the next click tries again
      warn("load_failed", error);
    });
  }
  /** @type {any} */
  const commands = (chat.commands = {
    open() {
      chat.hidden = false;
      chat.wanted = true; // until the boot is answered
      look();
      if (d.body && (chat.booted || chat.refusal != null)) load((part = any) => chat.wanted && part.open());
    },
    close() { chat.wanted = false; if (open()) load((part = any) => part.close()); },
    toggle() { open() ? commands.close() : commands.open(); },
    hide() { chat.reopen = open(); commands.close(); chat.hidden = true; look(); },
    show() { chat.hidden = false; look(); if (chat.reopen) commands.open(); chat.reopen = false; },
    init() { if (!chat.generation) boot(); },
    update() { chat.frame ? load((part = any) => part.update()) : become(); },
    login(person = any) { become({ ...person }); },
    logout,
    addEventListener(event = "", listener = any) {
      if (typeof listener !== "function") return warn("listener_invalid", "not a function");
      (chat.listeners[event] ||= new Set()).add(listener);
      if (event in chat.happened) call(listener, chat.happened[event]);
    },
    removeEventListener(event = "", listener = any) { chat.listeners[event]?.delete(listener); },
    destroy() {
      chat.generation++;
      clearTimeout(retry);
      if (later) load((part = any) => part.stop());
      d.removeEventListener("DOMContentLoaded", settled);
      host?.remove();
      channel?.close();
      if (w.Helpshift === w.Whosthere) w.Helpshift = () => {};
      w.Whosthere = () => {};
      chat.listeners = {};
      chat.session = "";
      w.__whosthere = host = button = chat.frame = chat.booted = chat.former = chat.wanted = null;
    },
  });
  commands.updateHelpshiftConfig = commands.update;

  function run(args = any) {
    try {
      const [name, ...more] = args;
      if (Object.hasOwn(commands, name)) commands[name](...more);
      else load((part = any) => part.run(name, more));
    } catch (error) {
      warn("command_failed", error);
    }
  }
  const queue = [w.Whosthere, w.Helpshift].flatMap((stub) => stub?.q || []);
  const dropIn = w.Helpshift?.q || (w.helpshiftConfig && !w.whosthereConfig);
  w.Whosthere = function () { run(arguments); };
  if (dropIn) w.Helpshift = w.Whosthere;
  d.addEventListener("DOMContentLoaded", settled);
  queue.forEach(run);
  if (!chat.generation) boot();
})();
