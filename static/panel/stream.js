/* A live connection: a stream, or polling where the server has none to give. Never both. */

import { ApiError } from "./api.js";
import { wait } from "./backoff.js";
import { parser } from "./sse.js";

const POLL_MS = 4000;
const POLL_HIDDEN_MS = 32000;
const POLLS = 15; // then a stream is tried again
const OPEN_MS = 8000; // the server says `ready` at once
const SILENCE_MS = 40000; // and something every 15 s
const STEADY_MS = 10000; // a stream that lived this long was no failure

/** @param {Panel.Api} api @param {Panel.Heard} heard */
export function connect(api, heard) {
  let turn = 0; // whoever holds an older one has been replaced
  let attempt = 0;
  let unheard = 0; // streams in a row that never said `ready`
  let cursor = "";
  /** @type {AbortController | null} */
  let request = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  /** @param {(mine: number) => Promise<void>} step @param {number} ms */
  function next(step, ms) {
    const mine = ++turn;
    clearTimeout(timer);
    request?.abort();
    request = null;
    timer = setTimeout(() => void step(mine), ms);
  }

  /** @param {number} mine */
  async function listen(mine) {
    const controller = new AbortController();
    request = controller;
    const began = Date.now();
    let patience = setTimeout(() => controller.abort(), OPEN_MS);
    unheard++;
    try {
      /** @type {Record<string, string>} */
      const headers = cursor ? { "Last-Event-ID": cursor } : {};
      const response = await api.open("GET", "/stream", headers, undefined, controller.signal);
      if (!response.body) throw new Error("this browser cannot read streams");
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      const parse = parser((event) => hear(event, controller));
      for (;;) {
        const { done, value } = await reader.read();
        if (done || mine !== turn) break;
        clearTimeout(patience);
        patience = setTimeout(() => controller.abort(), SILENCE_MS);
        heard.alive?.();
        parse(value);
      }
      if (mine === turn) again(began, 0);
    } catch (error) {
      if (mine === turn) failed(error, began);
    } finally {
      clearTimeout(patience);
    }
  }

  /** @param {import("./sse.js").ServerEvent} event @param {AbortController} controller */
  function hear(event, controller) {
    cursor = event.id || cursor;
    if (event.event === "ready") {
      unheard = 0;
      heard.state("live");
      void heard.sync().catch(() => controller.abort());
    } else if (event.event === "message") {
      heard.message(JSON.parse(event.data));
    } else if (event.event === "changed") {
      heard.changed(JSON.parse(event.data));
    } else if (event.event === "typing") {
      heard.typing(JSON.parse(event.data));
    } else if (event.event === "read") {
      heard.seen(JSON.parse(event.data));
    }
  }

  /** @param {unknown} error @param {number} began */
  function failed(error, began) {
    if (error instanceof ApiError && error.status === 401) return heard.renew();
    const none = error instanceof ApiError && error.code === "streams_unavailable";
    if (none || (unheard > 1 && navigator.onLine)) return next((mine) => poll(mine, POLLS), 0);
    heard.state("down");
    again(began, error instanceof ApiError ? error.retryAfterMs : 0);
  }

  /** @param {number} mine @param {number} left */
  async function poll(mine, left) {
    try {
      await heard.sync();
      if (mine !== turn) return;
      attempt = 0;
      heard.alive?.();
      heard.state("live");
      const step = left > 0 ? (/** @type {number} */ turned) => poll(turned, left - 1) : listen;
      next(step, document.hidden ? POLL_HIDDEN_MS : POLL_MS);
    } catch (error) {
      if (mine !== turn) return;
      if (error instanceof ApiError && error.status === 401) return heard.renew();
      heard.state("down");
      again(Date.now(), error instanceof ApiError ? error.retryAfterMs : 0);
    }
  }

  /** @param {number} began @param {number} atLeastMs */
  function again(began, atLeastMs) {
    if (Date.now() - began > STEADY_MS) attempt = 0;
    next(listen, Math.max(atLeastMs, wait(attempt++, Math.random())));
  }

  function hurry() {
    attempt = 0;
    next(listen, 0);
  }

  window.addEventListener("online", hurry);
  next(listen, 0);
  return {
    /** End it for good. */
    close() {
      turn++;
      clearTimeout(timer);
      window.removeEventListener("online", hurry);
      request?.abort();
    },
  };
}
