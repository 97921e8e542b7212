/* The panel's one live connection: a stream, or polling where the server has none to give. */

import { ApiError } from "./api.js";
import { wait } from "./backoff.js";
import { parser } from "./sse.js";

const POLL_MS = 4000;
const SILENCE_MS = 40000; // the server says something every 15 s

/**
 * @param {import("./api.js").Api} api
 * @param {{message(data: any): void, sync(): Promise<void>, renew(): void, state(state: "live" | "down"): void}} heard
 */
export function connect(api, heard) {
  let closed = false;
  let attempt = 0;
  let cursor = "";
  /** @type {AbortController | null} */
  let request = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  async function listen() {
    if (closed) return;
    request = new AbortController();
    const mine = request;
    try {
      /** @type {Record<string, string>} */
      const headers = cursor ? { "Last-Event-ID": cursor } : {};
      const response = await api.open("GET", "/stream", headers, undefined, mine.signal);
      if (!response.body) throw new Error("this browser cannot read streams");
      await follow(response.body.pipeThrough(new TextDecoderStream()).getReader(), mine);
      again();
    } catch (error) {
      if (closed || mine !== request) return;
      if (error instanceof ApiError && error.status === 401) return heard.renew();
      if (error instanceof ApiError && error.code === "streams_unavailable") return poll();
      heard.state("down");
      again(error instanceof ApiError ? error.retryAfterMs : 0);
    }
  }

  /** @param {ReadableStreamDefaultReader<string>} reader @param {AbortController} mine */
  async function follow(reader, mine) {
    const parse = parser((event) => {
      cursor = event.id || cursor;
      if (event.event === "ready") {
        attempt = 0;
        heard.state("live");
        void heard.sync().catch(() => mine.abort());
      } else if (event.event === "message") {
        heard.message(JSON.parse(event.data));
      }
    });
    for (;;) {
      const silence = setTimeout(() => mine.abort(), SILENCE_MS);
      const { done, value } = await reader.read().finally(() => clearTimeout(silence));
      if (done || closed) return;
      parse(value);
    }
  }

  async function poll() {
    try {
      await heard.sync();
      attempt = 0;
      heard.state("live");
      if (!closed) timer = setTimeout(poll, document.hidden ? POLL_MS * 8 : POLL_MS);
    } catch (error) {
      if (closed) return;
      if (error instanceof ApiError && error.status === 401) return heard.renew();
      heard.state("down");
      again();
    }
  }

  /** @param {number} [atLeastMs] */
  function again(atLeastMs = 0) {
    if (!closed) timer = setTimeout(listen, Math.max(atLeastMs, wait(attempt++, Math.random())));
  }

  function hurry() {
    clearTimeout(timer);
    attempt = 0;
    request?.abort();
    void listen();
  }

  window.addEventListener("online", hurry);
  void listen();
  return {
    /** End it for good. */
    close() {
      closed = true;
      clearTimeout(timer);
      window.removeEventListener("online", hurry);
      request?.abort();
    },
  };
}
