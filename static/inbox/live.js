/* What changes elsewhere appears here. All tabs of a browser share one stream, because browsers allow about six
   connections to a server over HTTP/1.1; where there is no stream to be had, one tab polls for all. */

import { wait } from "../panel/backoff.js";
import { parser } from "../panel/sse.js";

const POLL_MS = 5000;
const SILENCE_MS = 40000; // the server says something every 15 s

/**
 * @typedef {{kind: "changed", ids: string[]} | {kind: "typing", conversation: string, typing: boolean, seconds: number} | ({kind: "presence"} & import("./presence.js").Presence) | {kind: "everything"} | {kind: "live" | "down" | "signed-out"}} News
 */

/**
 * @param {string} api
 * @param {(news: News) => void} heard
 * @param {(items: import("./notify.js").Item[]) => void} first hears what changed in full, in one tab only
 */
export function listen(api, heard, first) {
  const name = `whosthere:inbox:${api}`;
  const channel = new BroadcastChannel(name);
  channel.onmessage = (event) => heard(event.data);
  /** @param {News} news */
  const tell = (news) => {
    heard(news);
    channel.postMessage(news);
  };
  const lead = () => new Promise(() => follow(api, tell, first)); // until this tab is closed
  if (!navigator.locks) return void lead(); // without TLS there are none: every tab listens for itself
  void navigator.locks.request(name, { ifAvailable: true }, (lock) => {
    if (lock) return lead();
    heard({ kind: "everything" }); // another tab listens already: what changed since this page was rendered?
    void navigator.locks.request(name, lead);
  });
}

/**
 * Listen for all tabs.
 * @param {string} api
 * @param {(news: News) => void} tell
 * @param {(items: import("./notify.js").Item[]) => void} first
 */
function follow(api, tell, first) {
  let attempt = 0;
  let request = new AbortController();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  async function open() {
    const mine = (request = new AbortController());
    try {
      const response = await fetch(`${api}/stream`, { signal: mine.signal, cache: "no-store" });
      if (response.status === 401) return tell({ kind: "signed-out" });
      if (response.status === 503) return poll();
      if (!response.ok || !response.body) throw new Error(String(response.status));
      await read(response.body.pipeThrough(new TextDecoderStream()).getReader(), mine);
    } catch {
      // the connection broke; the next one asks for what was missed
    }
    if (mine === request) again();
  }

  /** @param {ReadableStreamDefaultReader<string>} reader @param {AbortController} mine */
  async function read(reader, mine) {
    const parse = parser(({ event, data }) => {
      const value = JSON.parse(data);
      const { conversationId: conversation, expiresInSeconds: seconds } = value;
      if (event === "typing") tell({ kind: "typing", conversation, typing: value.typing, seconds });
      if (event === "presence") tell({ kind: "presence", conversation, seconds, agent: value.agent, activity: value.activity });
      if (event !== "changed") return;
      tell({ kind: "changed", ids: value.map(idOf) });
      first(value);
    });
    for (let fresh = true; ; fresh = false) {
      const silence = setTimeout(() => mine.abort(), SILENCE_MS);
      const { done, value } = await reader.read().finally(() => clearTimeout(silence));
      if (done) return;
      if (fresh) {
        attempt = 0;
        tell({ kind: "live" });
        tell({ kind: "everything" }); // from here on the stream misses nothing
      }
      parse(value);
    }
  }

  function again() {
    if (attempt > 0) tell({ kind: "down" });
    timer = setTimeout(open, wait(attempt++, Math.random()));
  }

  function poll() {
    attempt = 0;
    tell({ kind: "live" }); // the server answers
    tell({ kind: "everything" });
    timer = setTimeout(open, POLL_MS);
  }

  function hurry() {
    clearTimeout(timer);
    request.abort();
    attempt = 0;
    void open();
  }

  window.addEventListener("online", hurry);
  window.addEventListener("offline", hurry); // or the silence would be noticed late
  void open();
}

/** @param {{id: string}} item */
function idOf(item) {
  return item.id;
}
