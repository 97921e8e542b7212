/* Fetch what changed and bring it into the page; what is being used stays as it is until it is let go. */

import { wait } from "../panel/backoff.js";
import { separate } from "./days.js";
import { parse, replacePart, replaceRows } from "./replace.js";
import { localize } from "./times.js";

const NEAR_END = 120;
const TRIES = 5; // a stream that lives would not ask again; one that comes back does

/** Whether a reply is possible in the state that a head shows. @param {ParentNode} within */
export function answerable(within) {
  return /** @type {HTMLElement | null} */ (within.querySelector(".actions"))?.dataset.answerable === "yes";
}

/** @param {string} path @returns {Promise<HTMLElement | null>} nothing when it is not there for us any more */
async function fragment(path) {
  const response = await fetch(path, { cache: "no-store", redirect: "manual" });
  if (response.status === 429 || response.status >= 500) throw new Error(String(response.status));
  return response.ok ? parse(await response.text()) : null;
}

/**
 * @param {HTMLElement} inbox
 * @param {(possible: boolean) => void} answering is told whether the visitor can be answered now
 */
export function refresher(inbox, answering) {
  const { list = "", conversation = "", thread = "" } = inbox.dataset;
  const rows = /** @type {HTMLElement} */ (document.getElementById("rows"));
  const log = document.getElementById("thread");
  const asked = new URL(location.href).searchParams;
  const isList = Boolean(document.querySelector(".filters")); // mentions stand still, and so do older pages
  let busy = false;
  let again = false;
  let late = false;
  let failures = 0;
  if (log) separate(/** @type {Element} */ (log.querySelector("ol")));

  async function refreshList() {
    const found = await fragment(list);
    const views = [document, found].map((within) => within?.querySelector("#views"));
    if (views[0] && views[1]) {
      for (const view of views[1].querySelectorAll("[aria-current]")) view.removeAttribute("aria-current");
      const current = views[0].querySelector("[aria-current]")?.closest("[data-key]")?.getAttribute("data-key");
      views[1].querySelector(`[data-key="${current}"] a`)?.setAttribute("aria-current", "page");
      replaceRows(views[0], views[1]);
    }
    const [present, wanted] = [rows.querySelector("ol"), found?.querySelector("#rows ol")];
    if (!present || !wanted || !isList || asked.has("cursor")) return;
    for (const row of wanted.querySelectorAll(`[data-key="${conversation}"] .row`)) row.setAttribute("aria-current", "true");
    replaceRows(present, wanted);
    localize(rows);
  }

  async function refreshThread() {
    const seen = document.visibilityState === "visible" && !asked.has("before");
    const found = await fragment(thread + (thread.includes("?") ? "&" : "?") + (seen ? "read=1" : ""));
    if (!found) return;
    if (!asked.has("before")) replaceThread(found);
    answering(answerable(found));
    for (const name of ["head", "person"]) {
      const [part, wanted] = [document, found].map((within) => within.querySelector(`[data-part=${name}]`));
      if (!part || !wanted) continue;
      if (part.querySelector(".menu[open]")) late = true; // somebody chooses, or types a tag
      else {
        if (name === "person") wanted.querySelector("details")?.toggleAttribute("open", Boolean(part.querySelector("details[open]")));
        replacePart(part, wanted);
      }
    }
    localize(document);
  }

  /** @param {HTMLElement} found */
  function replaceThread(found) {
    const [present, wanted] = [log?.querySelector("ol"), found.querySelector("#thread ol")];
    if (!log || !present || !wanted) return;
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END;
    separate(wanted);
    for (const row of replaceRows(present, wanted)) row.classList.add("arrived");
    localize(log);
    if (atEnd) log.scrollTop = log.scrollHeight;
  }

  /** Fetch what changed, once at a time. @param {boolean} withThread */
  function refresh(withThread) {
    if (busy) again = true;
    else void run(withThread);
  }

  /** @param {boolean} withThread */
  async function run(withThread) {
    busy = true;
    const parts = [refreshList(), withThread && conversation ? refreshThread() : null];
    const failed = (await Promise.allSettled(parts)).some((part) => part.status === "rejected");
    busy = false;
    failures = failed ? failures + 1 : 0;
    if (failed && failures <= TRIES) setTimeout(() => refresh(true), wait(failures - 1, Math.random()));
    if (!again) return;
    again = false;
    void run(true);
  }

  /** Catch up on what was left alone while it was used. */
  refresh.late = () => {
    if (!late) return;
    late = false;
    refresh(true);
  };
  return refresh;
}
