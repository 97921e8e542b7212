/* Who else of the team is at this conversation: told to colleagues now and then, shown for as long as it holds. */

const VIEWING_MS = 20000;
const TYPING_MS = 3000;

/**
 * @typedef {"arrived" | "viewing" | "typing" | "left"} Activity
 * @typedef {{conversation: string, agent: {id: string, name: string}, activity: Activity, seconds: number}} Presence
 * @param {{api: string, conversation: string, csrf: string}} about
 * @param {HTMLElement | null} place
 */
export function bePresent(about, place) {
  /** @type {Map<string, {name: string, typing: number, until: number}>} */
  const others = new Map();
  let typed = -TYPING_MS;
  let arrived = -VIEWING_MS;

  /** @param {Activity} activity */
  function tell(activity) {
    if (!about.conversation) return;
    void fetch(`${about.api}/conversations/${about.conversation}/presence`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": about.csrf },
      body: JSON.stringify({ activity }),
      keepalive: activity === "left",
    }).catch(() => {}); // nothing depends on it
  }

  /** Say so once this page hears the answers. */
  function arrive() {
    if (performance.now() - arrived < VIEWING_MS) return;
    arrived = performance.now();
    tell("arrived");
  }

  function show() {
    if (!place) return;
    const now = performance.now();
    for (const [id, other] of others) if (other.until <= now) others.delete(id);
    const text = notice(Array.from(others.values(), (other) => ({ name: other.name, typing: other.typing > now })));
    if (place.textContent !== text) place.textContent = text;
  }

  if (about.conversation) {
    setInterval(show, 1000);
    setInterval(() => document.visibilityState === "visible" && tell("viewing"), VIEWING_MS);
    addEventListener("pagehide", () => tell("left"));
    addEventListener("pageshow", (event) => event.persisted && arrive());
  }
  return {
    arrive,
    /** The agent types here. */
    writes() {
      if (performance.now() - typed < TYPING_MS) return;
      typed = performance.now();
      tell("typing");
    },
    /** @param {Presence} news */
    hear(news) {
      if (news.conversation !== about.conversation) return;
      const until = performance.now() + news.seconds * 1000;
      const before = others.get(news.agent.id);
      if (news.activity === "left") others.delete(news.agent.id);
      else if (news.activity === "typing") others.set(news.agent.id, { name: news.agent.name, typing: until, until: Math.max(until, before?.until || 0) });
      else others.set(news.agent.id, { name: news.agent.name, typing: before?.typing || 0, until });
      if (news.activity === "arrived" && document.visibilityState === "visible") tell("viewing");
      show();
    },
  };
}

/** @param {{name: string, typing: boolean}[]} others @returns {string} */
export function notice(others) {
  const writing = others.filter((other) => other.typing);
  const shown = writing.length ? writing : others;
  if (!shown.length) return "";
  const names = shown.length > 2 ? `${shown.length} colleagues` : shown.map((other) => other.name).join(" and ");
  const are = shown.length > 1 ? "are" : "is";
  return writing.length ? `${names} ${are} replying` : `${names} ${are} looking at this, too`;
}
