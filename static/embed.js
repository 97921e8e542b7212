/* Whosthere, the embed script: see docs/embedding.md and docs/architecture.md. */
(() => {
  "use strict";
  const w = /** @type {any} */ (window), d = document, any = w.undefined;
  const { fetch, JSON: { stringify, parse } } = w;
  const script = w.document.currentScript || d.querySelector("#whosthere-embed,#hs-chat");
  const name = script?.dataset.name || "Whosthere", low = name.toLowerCase(), first = low === "whosthere";
  if (!script?.src || w["__" + low]) return;
  w["__" + low] = 1;
  const base = new URL(".", script.src).href, server = new URL(base).origin, address = location.href.split("#")[0];
  const mark = /^#(?:(!?\/.*)[?&])?whosthere=([0-9a-f]{16})$/.exec(location.hash); // behind the link of a mail, and the site's own route
  if (mark) mark[1] ? location.replace(address + "#" + mark[1]) : history.replaceState(history.state, "", address);
  const identity = ["userId", "userEmail", "userName", "userAuthToken", "identityToken", "fullPrivacy", "clearAnonymousUserOnLogin"];
  const chat = /** @type {any} */ ({
    base, server, parse, stringify, listeners: {}, happened: {}, given: {}, refusal: null, session: "", ends: 0, generation: 0, unread: 0, mark: mark?.[2],
    ask, boot, warn, read, emit, badge, keep, look, settled, become, wire, clean,
  }), memory = /** @type {any} */ ({});
  let late = any, loading = any, retry = any, host = any, root = any, button = any, count = any, sheet = any, channel = any, asking = any;
  let own = false, out = any, dead = false, pause = 0, tries = 0;

  function warn(code = "", message = any, grave = any) {
    message = String(message);
    console.warn(name + ": " + code + ": " + message);
    emit("warning", { code, message });
    if (grave) emit("onWebChatRuntimeError", { error: String(code).toUpperCase(), reason: message });
  }
  function read(key = "", part = "") {
    try {
      if (key in chat.given || (own && identity.includes(key))) return chat.given[key];
      const block = d.getElementById(low + "-config");
      const value = (w[low + "Config"] || (block ? parse(block.textContent) : first && w.helpshiftConfig))?.[key];
      return part ? value?.[part] : value;
    } catch (error) {
      if (!memory[key]) warn("config_unreadable", key + ": " + (memory[key] = error));
      return {};
    }
  }
  function clean(text = any, most = 2000) { return String(text).slice(0, most).replace(/[\0\p{Cs}]/gu, ""); }
  function wire(key = "", value = any) {
    if (value == null || typeof value === "boolean" || Number.isFinite(value)) return value;
    if (typeof value !== "string") return {};
    if (key === "userName") return value.slice(0, 600).replace(/\p{Cs}/gu, "");
    return value.length > 9000 || /\p{Cs}/u.test(value) ? {} : value;
  }
  function emit(event = "", payload = any) {
    if (event === "ready" || event === "userAuthFailure") chat.happened[event] = payload;
    for (const listener of [...(chat.listeners[event] || [])]) call(listener, payload);
  }
  function call(listener = any, payload = any) {
    try { listener(payload); } catch (error) { console.error(error); }
  }
  function keep(scope = "", token = any) {
    const key = low + ":" + read("platformId");
    if (token !== undefined) memory[key + scope] = token;
    try {
      const storage = w[scope + "Storage"];
      if (token === undefined) return storage.getItem(key) ?? memory[key + scope];
      if (token === null) storage.removeItem(key); else storage.setItem(key, token);
    } catch { return memory[key + scope]; }
  }
  function ask(method = "", path = "", body = any) {
    const headers = { "Content-Type": "application/json", ...(chat.session && { Authorization: "Bearer " + chat.session }) };
    return fetch(base + "api/v1/widget" + path, {
      method, headers, body: body && stringify(body), credentials: "omit", keepalive: chat.reset || method != "POST", signal: AbortSignal.timeout(10000),
    });
  }

  async function proof(renewal = any) {
    const get = out || read("getToken");
    if (typeof get !== "function" || (!renewal && (read("userAuthToken") || read("identityToken")))) return {};
    let mine = any;
    try {
      mine = asking ||= Promise.race([get(), new Promise((_, reject) => { AbortSignal.timeout(30000).onabort = reject; })]);
      const token = await mine;
      if (typeof token === "string") return { identityToken: token };
      if (typeof token !== "object") throw "getToken gave " + token;
      return token;
    } finally {
      if (asking === mine) asking = 0;
    }
  }
  async function boot(renewal = any) {
    const platformId = read("platformId"), mine = ++chat.generation;
    let least = 0;
    clearTimeout(retry);
    if (!platformId || typeof platformId !== "string") return warn("platform_id_missing");
    chat.named = !out && ["userId", "userEmail", "identityToken", "getToken"].some((key) => read(key));
    try {
      const given = await proof(renewal);
      if (mine !== chat.generation) return;
      tune(low + ":" + platformId);
      const [anonymousToken, anonymousTabToken] = chat.reset || [keep("local"), keep("session")];
      const body = /** @type {any} */ ({
        platformId: clean(platformId), anonymousToken, anonymousTabToken, reset: !!chat.reset,
        script: 1, language: wire("", read("language")), page: { url: clean(location.href), language: navigator.language },
      });
      for (const key of identity) body[key] = wire(key, !given || key in given ? given?.[key] : read(key));
      const response = await ask("POST", "/boot", (chat.sent = body));
      const answer = await response.json();
      if (mine !== chat.generation) return;
      if (response.ok) return admitted(answer);
      if (response.status === 401 || answer.code === "blocked") {
        if (!renewal || !answer.message || !(chat.booted || chat.former)) return refused(answer.message);
        chat.ends = 0;
        if (!read("getToken")) return expired();
      } else if (response.status < 500 && response.status !== 429) return warn(answer.code, answer.detail, 1);
      least = Math.min(36e5, Number(response.headers.get("Retry-After")) * 1000 || 0);
    } catch (error) {
      if (mine !== chat.generation) return;
      warn("boot_failed", error, 1);
    }
    if (chat.booted && Date.now() >= chat.ends) expired();
    pause = Math.min(60000, pause * 2 || 2000);
    retry = setTimeout(boot, Math.max(pause, least), renewal);
  }
  function admitted(answer = any) {
    const { session: { token, expiresInSeconds }, user: { ref }, warnings } = answer, before = chat.former || chat.booted;
    if (!token || !ref || !warnings) throw answer;
    const other = before && before.user.ref !== ref, { reset } = chat;
    if (other) drop(); // before anything of the answer is shown
    chat.booted = answer;
    chat.refusal = chat.reset = chat.former = null;
    chat.session = token;
    chat.ends = Date.now() + expiresInSeconds * 1000;
    pause = 0;
    keep(answer.anonymousScope === "tab" ? "session" : "local", answer.anonymousToken);
    if (reset) channel?.postMessage(answer.anonymousToken);
    settled();
    badge(answer.unreadCount);
    for (const { code, message } of warnings) memory[ref + code] ||= (warn(code, message), 1);
    if (other) emit("userChanged", { originalState: before.user.state, pageUrl: location.href });
    if (!chat.happened.ready) {
      emit("ready", {});
      if (read("initiateChatOnLoad") === true) commands.open();
    }
    if (answer.conversation?.state === "open") load();
  }
  function refused(message = any) {
    drop();
    chat.booted = chat.former = null;
    chat.session = "";
    chat.refusal = message || "blocked";
    settled();
    badge();
    if (message) emit("userAuthFailure", { message });
    warn(message ? "login_failed" : "blocked", message, 1);
  }
  const expired = () => load((part = any) => part.expired());
  function settled() {
    look();
    if (chat.wanted) commands.open();
    if (late || chat.mark) load((part = any) => part.settled());
  }
  function drop() {
    chat.wanted ||= open();
    chat.frame?.remove();
    chat.frame = null;
    look();
  }
  function become(next = any, same = any, gone = any) {
    const { named } = chat, was = chat.booted || chat.former;
    asking = 0;
    own = !!next;
    out = gone;
    for (const key of identity) own ? (chat.given[key] = next[key]) : delete chat.given[key];
    if (!same?.()) {
      drop();
      badge();
      chat.former = was;
      chat.booted = chat.refusal = null;
      if (late || loading) load((part = any) => part.left(named, was));
    }
    boot();
  }
  function logout(there = any) {
    if (chat.session) ask("DELETE", "/session").catch(() => 0);
    chat.session = "";
    if (!there) channel?.postMessage(0);
    become({}, any, true);
  }
  function tune(as = "") {
    if (channel?.name === as) return;
    channel?.close();
    try { (channel = new BroadcastChannel(as)).onmessage = ({ data = any }) => { if (data) keep("local", data); logout(true); }; } catch {}
  }

  const open = () => chat.frame?.className === "open";
  function badge(unread = 0) {
    const news = unread > chat.unread && !open();
    chat.unread = unread;
    look();
    if (news) emit("newUnreadMessages", { unreadCount: unread });
  }
  function look() {
    const known = chat.booted || chat.former, widget = known?.widget || {};
    if (dead || !d.body || !(host || known || chat.wanted)) return;
    if (!host) draw();
    if (!host.isConnected) d.body.append(host);
    button.hidden = chat.hidden || !known || read("widgetOptions", "showLauncher") === false;
    button.setAttribute("aria-expanded", open());
    button.setAttribute("aria-label", widget.label + (chat.unread ? ", " + widget.unread + chat.unread : ""));
    count.textContent = chat.unread > 99 ? "99+" : chat.unread || "";
    const at = String(read("widgetOptions", "position") || widget.position), z = Number(read("widgetOptions", "zIndex")) || 2147483000;
    const y = (chat.side = at.startsWith("top") ? "top" : "bottom"), x = at.endsWith("left") ? "left" : "right";
    sheet.replaceSync(`:host{all:initial;color-scheme:light dark;--b:light-dark(${widget.brandColor},${widget.brandColorDark})}
button,iframe{position:fixed;${x}:20px;${y}:20px;z-index:${z};border:0;box-shadow:0 2px 6px #10121b1f,0 14px 36px #10121b33}
button{width:58px;height:58px;padding:0;border-radius:20px;background:var(--b);color:light-dark(${widget.brandInk},${widget.brandInkDark});cursor:pointer}
button:hover{filter:brightness(1.1)}
button:before{content:"";display:block;width:30px;height:30px;margin:auto;background:currentColor;forced-color-adjust:none;clip-path:path("M6 27V9a9 9 0 0 1 18 0v18h1a1 1 0 0 1 0 3H5a1 1 0 0 1 0-3zM9 27h12V9a6 6 0 0 0-12 0zM13 13a1 1 0 0 1 4 0 1 1 0 0 1-4 0")}
span{position:absolute;top:-8px;right:-8px;min-width:8px;padding:0 6px;border-radius:99px;background:#d92d20;color:#fff;font:650 12px/20px system-ui}
[hidden],span:empty{display:none}`);
  }
  function draw() {
    (host = d.createElement("div")).id = low;
    chat.root = root = host.attachShadow({ mode: "closed" });
    root.adoptedStyleSheets = [(sheet = new CSSStyleSheet())];
    chat.button = button = d.createElement("button");
    button.onclick = () => commands.toggle();
    count = d.createElement("span");
    button.append(count);
    root.append(button);
  }
  function load(use = any) {
    const act = () => {
      try { if (late && !dead) use?.(late); } catch (error) { warn("command_failed", error); }
    };
    if (late || dead) return act();
    loading ||= import(base + "assets/latest/embed/later.js" + (tries++ ? "?" + tries : ""))
      .then((part = any) => { if (!dead) late = part.start(chat); })
      .catch((error = any) => warn("load_failed", error, 1)).then(() => { loading = 0; });
    loading.then(act);
  }
  const commands = /** @type {any} */ (chat.commands = {
    open() {
      chat.hidden = chat.reopen = false;
      chat.wanted = true;
      look();
      if (d.body && (chat.booted || chat.refusal != null)) load((part = any) => chat.wanted && part.open());
    },
    close() { chat.wanted = false; if (open()) load((part = any) => part.close()); },
    toggle() { open() || chat.wanted ? commands.close() : commands.open(); },
    hide() {
      if (!chat.hidden) chat.reopen = open() || chat.wanted;
      commands.close();
      chat.hidden = true;
      look();
    },
    show() { chat.hidden = false; chat.reopen ? commands.open() : look(); },
    init() { if (!chat.generation) boot(); },
    update() { chat.frame ? load((part = any) => part.update()) : become(); },
    login(person = any) { become({ [/\..*\./.test(person?.token) ? "identityToken" : "userAuthToken"]: person?.token, ...person }); },
    setIdentity(userId = any, identityToken = any) { become({ userId, identityToken }); },
    logout() { logout(); },
    reset() {
      chat.reset ||= ["local", "session"].map((scope) => [keep(scope), keep(scope, null)][0]); // the server gets them, the browser forgets
      logout();
    },
    addEventListener(event = "", listener = any) {
      if (typeof listener !== "function") return warn("listener_invalid");
      (chat.listeners[event] ||= new Set()).add(listener);
      if (event in chat.happened) call(listener, chat.happened[event]);
    },
    removeEventListener(event = "", listener = any) { chat.listeners[event]?.delete(listener); },
    destroy() {
      if (late) load((part = any) => part.stop());
      dead = true;
      chat.generation++;
      clearTimeout(retry);
      watch.disconnect();
      host?.remove();
      channel?.close();
      w[name] = () => {};
      if (dropIn) w.Helpshift = w[name];
      chat.listeners = {};
      chat.session = "";
      w["__" + low] = chat.frame = chat.booted = chat.former = chat.wanted = null;
    },
  });
  commands.updateHelpshiftConfig = commands.update;

  function run(args = any) {
    if (dead) return;
    try {
      const [command, ...more] = args, { booted } = chat;
      if (Object.hasOwn(commands, command)) commands[command](...more);
      else load((part = any) => part.run(command, more, booted));
    } catch (error) {
      warn("command_failed", error);
    }
  }
  const stubs = [w[name], first && w.Helpshift], dropIn = first && (w.Helpshift?.q || (w.helpshiftConfig && !w.whosthereConfig));
  const watch = new MutationObserver(settled);
  watch.observe(d.documentElement, { childList: true });
  w[name] = function () { run(arguments); };
  w[name].q = { push: run };
  if (dropIn) w.Helpshift = w[name];
  for (const stub of stubs) for (const args of stub?.q || []) run(args);
  for (const stub of stubs) if (stub?.q) stub.q.push = run;
  if (!chat.generation && !dead) boot();
})();
