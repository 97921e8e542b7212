/* The inbox, livelier: live rows, sending without a reload, keys. Without this script everything still works. */

import { compose } from "./composer.js";
import { forgetDrafts } from "./drafts.js";
import { listenToKeys } from "./keys.js";
import { listen } from "./live.js";
import { parse, replacePart, replaceRows } from "./replace.js";
import { changeStates } from "./states.js";
import { localize } from "./times.js";
import { watchTyping } from "./typing.js";

/** @typedef {import("./live.js").News} News */

const NEAR_END = 120;
const inbox = /** @type {HTMLElement} */ (document.querySelector(".inbox"));
const { api = "", agent = "", list = "", conversation = "", thread = "", csrf = "" } = inbox.dataset;
const rows = /** @type {HTMLElement} */ (document.getElementById("rows"));
const asked = new URL(location.href).searchParams;

/** @param {string} path @returns {Promise<HTMLElement | null>} */
async function fetchFragment(path) {
  const response = await fetch(path, { cache: "no-store", redirect: "manual" });
  return response.ok ? parse(await response.text()) : null;
}

let refreshing = false;
let again = false;

/** Fetch what changed, once at a time. @param {boolean} withThread */
async function refresh(withThread) {
  if (refreshing) {
    again = true;
    return;
  }
  refreshing = true;
  try {
    await Promise.all([refreshList(), withThread && conversation ? refreshThread() : null]);
  } catch {
    // offline: the stream comes back and asks again
  }
  refreshing = false;
  if (again) {
    again = false;
    void refresh(true);
  }
}

async function refreshList() {
  if (asked.has("cursor")) return; // older pages stand still
  const fragment = await fetchFragment(list);
  const [present, wanted] = [rows.querySelector("ol"), fragment?.querySelector("ol")];
  if (!present || !wanted) return;
  for (const row of wanted.querySelectorAll(`[data-key="${conversation}"] .row`)) row.setAttribute("aria-current", "true");
  replaceRows(present, wanted);
  localize(rows);
}

async function refreshThread() {
  const seen = document.visibilityState === "visible" && !asked.has("before");
  const fragment = await fetchFragment(thread + (thread.includes("?") ? "&" : "?") + (seen ? "read=1" : ""));
  if (!fragment) return;
  if (!asked.has("before")) replaceThread(fragment);
  const actions = /** @type {HTMLElement | null} */ (fragment.querySelector(".actions"));
  composer?.answering(answerable(actions));
  for (const name of ["head", "person"]) {
    const [part, wanted] = [document, fragment].map((within) => within.querySelector(`[data-part=${name}]`));
    if (!part || !wanted) continue;
    wanted.querySelector("details")?.toggleAttribute("open", part.querySelector("details:not([open])") === null);
    replacePart(part, wanted);
  }
  localize(document);
}

/** @param {HTMLElement} fragment */
function replaceThread(fragment) {
  const [present, wanted] = [log?.querySelector("ol"), fragment.querySelector("#thread ol")];
  if (!log || !present || !wanted) return;
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END;
  for (const row of replaceRows(present, wanted)) row.classList.add("arrived");
  localize(log);
  if (atEnd) log.scrollTop = log.scrollHeight;
}

/** Whether a reply is possible in the state that the head of a conversation shows. @param {HTMLElement | null} actions */
function answerable(actions) {
  return actions?.dataset.answerable === "yes";
}

/** @param {number} step */
function move(step) {
  const links = /** @type {HTMLElement[]} */ (Array.from(rows.querySelectorAll("a.row")));
  const focused = links.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const current = focused >= 0 ? focused : links.findIndex((link) => link.hasAttribute("aria-current"));
  links[Math.min(links.length - 1, Math.max(0, current < 0 ? 0 : current + step))]?.focus();
}

localize(document);
setInterval(() => localize(document), 30000);

if (matchMedia("(max-width: 1200px)").matches) document.querySelector(".person details")?.removeAttribute("open");
const form = /** @type {HTMLFormElement | null} */ (document.getElementById("composer"));
const composer = form && compose(form, { api, agent, conversation, csrf, sent: () => void refresh(true) });
composer?.answering(answerable(document.querySelector(".actions")));
const log = document.getElementById("thread");
if (log) log.scrollTop = log.scrollHeight;

listenToKeys({
  j: () => move(1),
  k: () => move(-1),
  r: () => composer?.write("reply"),
  n: () => composer?.write("note"),
  e: () => /** @type {HTMLElement | null} */ (document.querySelector("[data-primary]"))?.click(),
  u: () => /** @type {HTMLElement | null} */ (document.querySelector(".back"))?.click(),
});

const showTyping = watchTyping(document.getElementById("typing"));
const link = /** @type {HTMLElement} */ (document.getElementById("link"));
changeStates({ api, conversation, csrf, changed: () => void refresh(true), failed: (why) => (link.textContent = why) });
document.getElementById("leave")?.addEventListener("submit", forgetDrafts);
listen(api, (news) => {
  if (news.kind === "typing") {
    if (news.conversation === conversation) showTyping(news.typing, news.seconds);
  } else if (news.kind === "changed") {
    if (news.ids.includes(conversation)) showTyping(false); // what was typed has come
    void refresh(news.ids.includes(conversation));
  }
  else if (news.kind === "everything") void refresh(true);
  else if (news.kind === "signed-out") location.reload();
  else link.textContent = news.kind === "live" ? "" : "Connecting again…";
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") void refresh(true);
});
