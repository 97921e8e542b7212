/* The inbox, livelier: live rows, sending without a reload, keys. Without this script everything still works. */

import { act } from "./actions.js";
import { compose } from "./composer.js";
import { forgetDrafts } from "./drafts.js";
import { listenToKeys } from "./keys.js";
import { listen } from "./live.js";
import { openMenu, tendMenus } from "./menus.js";
import { notify } from "./notify.js";
import { palette } from "./palette.js";
import { preferences } from "./preferences.js";
import { bePresent } from "./presence.js";
import { askToRedact } from "./redact.js";
import { answerable, refresher } from "./refresh.js";
import { localize } from "./times.js";
import { watchTyping } from "./typing.js";

const inbox = /** @type {HTMLElement} */ (document.querySelector(".inbox"));
const { api = "", home = "", agent = "", platform = "", conversation = "", csrf = "", now = "" } = inbox.dataset;
const link = /** @type {HTMLElement} */ (document.getElementById("link"));
const log = document.getElementById("thread");
const about = { api, agent, platform, conversation, csrf };

const present = bePresent(about, document.getElementById("others"));
const form = /** @type {HTMLFormElement | null} */ (document.getElementById("composer"));
const composer = form && compose(form, { ...about, sent: () => refresh(true), writes: present.writes });
const refresh = refresher(inbox, (possible) => composer?.answering(possible));
const prefer = preferences(inbox);
const commands = palette(about, (text) => composer?.insert(text));
let trouble = ""; // of the form that was sent last
const tell = notify(prefer, { home, started: now });

localize(document);
setInterval(() => localize(document), 30000);
if (matchMedia("(max-width: 1200px)").matches) document.querySelector(".person details")?.removeAttribute("open");
composer?.answering(answerable(document));
const told = document.getElementById(location.hash.slice(1)); // the message that a link led to
if (told && log?.contains(told)) told.scrollIntoView({ block: "center" });
else if (log) log.scrollTop = log.scrollHeight;
document.querySelector("#views [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
tendMenus(() => refresh.late());
askToRedact(log);
act({ changed: () => refresh(true), failed: (why) => say((trouble = why)) });
document.getElementById("leave")?.addEventListener("submit", forgetDrafts);

/** @param {string} text */
function say(text) {
  link.textContent = text;
}

/** @param {number} step */
function move(step) {
  const links = /** @type {HTMLElement[]} */ (Array.from(document.querySelectorAll("#rows a.row")));
  const focused = links.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const current = focused >= 0 ? focused : links.findIndex((row) => row.hasAttribute("aria-current"));
  links[Math.min(links.length - 1, Math.max(0, current < 0 ? 0 : current + step))]?.focus();
}

/** @param {string} selector */
function click(selector) {
  /** @type {HTMLElement | null} */ (document.querySelector(selector))?.click();
}

function takeOver() {
  const mine = /** @type {HTMLElement | null} */ (document.querySelector("[data-mine]"));
  if (mine?.hasAttribute("aria-pressed")) openMenu("assign");
  else mine?.click();
}

listenToKeys(
  {
    j: () => move(1),
    k: () => move(-1),
    r: () => composer?.write("reply"),
    n: () => composer?.write("note"),
    e: () => click("[data-primary]"),
    u: () => click(".back"),
    a: takeOver,
    s: () => openMenu("snooze"),
    t: () => openMenu("tags"),
    "/": () => document.getElementById("search")?.focus(),
  },
  { prefer, commands },
);

const showTyping = watchTyping(document.getElementById("typing"));
listen(
  api,
  (news) => {
    if (news.kind === "typing") {
      if (news.conversation === conversation) showTyping(news.typing, news.seconds);
    } else if (news.kind === "presence") {
      present.hear(news);
    } else if (news.kind === "changed") {
      const here = news.ids.includes(conversation);
      if (here) showTyping(false); // what was typed has come
      refresh(here);
    } else if (news.kind === "everything") {
      refresh(true);
      present.arrive();
    } else if (news.kind === "signed-out") location.reload();
    else if (news.kind === "live") say((trouble = ""));
    else say(trouble || "Connecting again…"); // why a form was not sent stays to be read
  },
  tell,
);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") refresh(true);
});
