/* One live connection for all tabs of a visitor: browsers allow few to one server. The tab that holds the lock listens
   and passes on what it hears; the others take over when it goes or falls silent. */

import { connect } from "./stream.js";

const SILENCE_MS = 45000;

/**
 * @param {string} name nobody else's tabs know it
 * @param {Panel.Api} api
 * @param {Panel.Heard} heard
 * @returns {{close(): void}}
 */
export function share(name, api, heard) {
  if (!navigator.locks || typeof BroadcastChannel !== "function") return connect(api, heard);
  const channel = new BroadcastChannel(name);
  const ended = new AbortController();
  /** @type {{close(): void} | null} */
  let own = null;
  /** @type {any} */
  let watch;

  /** @param {LockOptions} [how] */
  function queue(how = { signal: ended.signal }) {
    navigator.locks
      .request(name, how, () => {
        if (ended.signal.aborted) return;
        lead();
        return new Promise((resolve) => ended.signal.addEventListener("abort", resolve));
      })
      .catch((error) => {
        if (ended.signal.aborted) return;
        own?.close();
        own = null;
        // Either another tab took the lock because this one was asleep, or this browser gives no locks here.
        if (error?.name === "AbortError") follow();
        else alone();
      });
  }

  function lead() {
    clearTimeout(watch);
    own?.close();
    own = connect(api, {
      message(data) {
        channel.postMessage({ message: data });
        heard.message(data);
      },
      changed(data) {
        channel.postMessage({ changed: data });
        heard.changed(data);
      },
      typing(data) {
        channel.postMessage({ typing: data });
        heard.typing(data);
      },
      seen(data) {
        channel.postMessage({ seen: data });
        heard.seen(data);
      },
      async sync() {
        channel.postMessage({ sync: true });
        await heard.sync();
      },
      alive: () => channel.postMessage({}),
      renew: heard.renew,
      state: heard.state,
    });
  }

  function alone() {
    clearTimeout(watch);
    own = connect(api, heard);
  }

  /** Wait in line, and hear what the leading tab hears. */
  function follow() {
    queue();
    silence();
  }

  function silence() {
    clearTimeout(watch);
    watch = setTimeout(() => {
      if (document.hidden) return silence();
      queue({ steal: true });
    }, SILENCE_MS);
  }

  channel.onmessage = ({ data }) => {
    if (own) return;
    silence();
    heard.state("live");
    if (data.message) heard.message(data.message);
    else if (data.changed) heard.changed(data.changed);
    else if (data.typing) heard.typing(data.typing);
    else if (data.seen) heard.seen(data.seen);
    else if (data.sync) catchUp();
  };

  function catchUp() {
    heard.sync().catch((error) => error?.status === 401 && heard.renew());
  }

  follow();
  catchUp(); // whoever leads may have been ready long ago
  return {
    close() {
      ended.abort();
      clearTimeout(watch);
      own?.close();
      channel.close();
    },
  };
}
