/* A new message while nobody looks: one notification and one soft sound, from the one tab that listens for all. */

const LOOKING = "whosthere:looking";

/**
 * @typedef {{id: string, place?: string, unread: number, user: {userName: string | null, userId: string | null, assurance: string}, lastMessage: {body: string, authorKind: string, createdAt: string}}} Item
 * @param {import("./preferences.js").Preferences} prefer
 * @param {{home: string, started: string}} about
 * @returns {(items: Item[]) => void} is told what changed, in the tab that hears it first
 */
export function notify(prefer, about) {
  /** When each conversation's newest known message was written. @type {Map<string, string>} */
  const known = new Map();
  beSeenLooking();

  return async (items) => {
    const fresh = items.filter((item) => isFresh(item, known.get(item.id) || about.started));
    for (const item of fresh) known.set(item.id, item.lastMessage.createdAt);
    if (!fresh.length || !(prefer.wants("notifications") || prefer.wants("sound")) || (await somebodyLooks())) return;
    if (prefer.wants("sound")) chime();
    if (!prefer.wants("notifications") || !("Notification" in window) || Notification.permission !== "granted") return;
    for (const item of fresh.slice(0, 3)) show(item, prefer.wants("notificationText"), about.home);
  };
}

/** Whether a visitor wrote it since then. @param {Item} item @param {string} since RFC 3339 */
export function isFresh(item, since) {
  return item.place !== "spam" && item.unread > 0 && item.lastMessage.authorKind === "user" && item.lastMessage.createdAt > since;
}

/** @param {Item} item @param {boolean} withText @param {string} home */
function show(item, withText, home) {
  const words = { verified: "Verified", claimed: "Claimed, not verified" }[item.user.assurance] || "Anonymous";
  const name = item.user.userName || item.user.userId || "A visitor";
  const note = new Notification("New message", {
    // isolated, so that no name turns the words after it
    body: `\u2068${name.slice(0, 60)}\u2069 · ${words}${withText ? `\n\u2068${item.lastMessage.body.slice(0, 120)}\u2069` : ""}`,
    tag: `whosthere:${item.id}`,
  });
  note.onclick = () => {
    window.focus();
    location.assign(`${home}conversations/${item.id}`);
  };
}

/** While this tab is visible it holds a lock that tabs share. */
function beSeenLooking() {
  if (!navigator.locks) return;
  let release = () => {};
  const update = () => {
    release();
    release = () => {};
    if (document.visibilityState !== "visible") return;
    void navigator.locks.request(LOOKING, { mode: "shared" }, () =>
      document.visibilityState === "visible" ? new Promise((done) => (release = () => done(null))) : null,
    );
  };
  document.addEventListener("visibilitychange", update);
  update();
}

/** @returns {Promise<boolean>} */
async function somebodyLooks() {
  if (!navigator.locks) return document.visibilityState === "visible";
  return navigator.locks.request(LOOKING, { ifAvailable: true }, (lock) => lock === null);
}

/** Two soft tones; without a gesture on the page the browser keeps silent, and that is its right. */
function chime() {
  if (!("AudioContext" in window)) return;
  const audio = new AudioContext();
  const volume = audio.createGain();
  volume.connect(audio.destination);
  volume.gain.setValueAtTime(0, audio.currentTime);
  volume.gain.linearRampToValueAtTime(0.06, audio.currentTime + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0001, audio.currentTime + 0.5);
  for (const [hertz, after] of [[659, 0], [880, 0.12]]) {
    const tone = audio.createOscillator();
    tone.frequency.value = hertz;
    tone.connect(volume);
    tone.start(audio.currentTime + after);
    tone.stop(audio.currentTime + 0.5);
  }
  setTimeout(() => void audio.close(), 1000);
}
