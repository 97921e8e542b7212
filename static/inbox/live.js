/* What changes elsewhere appears here: one stream of ours, or polling where there is none. */

const RETRY_MS = 1000;
const RETRY_MOST_MS = 30000;
const POLL_MS = 5000;
const SILENCE_MS = 40000;

/**
 * @param {string} api
 * @param {{changed(ids: string[]): void, everything(): void, state(live: boolean): void, signedOut(): void}} heard
 */
export function listen(api, heard) {
  let attempt = 0;

  async function open() {
    const request = new AbortController();
    try {
      const response = await fetch(`${api}/stream`, { signal: request.signal, cache: "no-store" });
      if (response.status === 401) return heard.signedOut();
      if (response.status === 503) return poll();
      if (!response.ok || !response.body) throw new Error(String(response.status));
      heard.state(true);
      if (attempt) heard.everything();
      attempt = 0;
      await follow(response.body.pipeThrough(new TextDecoderStream()).getReader(), request);
    } catch {
      // the connection broke; the next one tells what was missed
    }
    again();
  }

  /** @param {ReadableStreamDefaultReader<string>} reader @param {AbortController} request */
  async function follow(reader, request) {
    let buffer = "";
    for (;;) {
      const silence = setTimeout(() => request.abort(), SILENCE_MS);
      const { done, value } = await reader.read().finally(() => clearTimeout(silence));
      if (done) return;
      buffer += value;
      const events = buffer.split("\n\n");
      buffer = events.pop() || "";
      for (const event of events) {
        const data = event.split("\n").find((line) => line.startsWith("data: "));
        if (data) heard.changed(JSON.parse(data.slice(6)).map((/** @type {{id: string}} */ item) => item.id));
      }
    }
  }

  function again() {
    const wait = Math.min(RETRY_MOST_MS, RETRY_MS * 2 ** attempt++) * (0.75 + Math.random() / 2);
    if (attempt > 1) heard.state(false);
    setTimeout(open, wait);
  }

  function poll() {
    heard.everything();
    setTimeout(open, POLL_MS);
  }

  void open();
}
