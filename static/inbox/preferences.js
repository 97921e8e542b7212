/* What an agent chose: kept with the account, and in this browser until the account has it. */

const PREFIX = "whosthere:prefer:";
const SETTLED_MS = 10000; // after the account has it: a page that was asked for before may still say otherwise
const SWITCHES = /** @type {const} */ ({ singleKeys: "single-keys", notifications: "notifications", sound: "sound" });

/**
 * @typedef {"singleKeys" | "notifications" | "sound" | "notificationText"} Name
 * @typedef {{wants(name: Name): boolean}} Preferences
 * @param {HTMLElement} inbox
 * @returns {Preferences}
 */
export function preferences(inbox) {
  const { api = "", csrf = "" } = inbox.dataset;
  const places = /** @type {[Name, HTMLInputElement][]} */ (
    Object.entries(SWITCHES).map(([name, id]) => [name, document.getElementById(id)])
  );

  /** @param {Name} name */
  const stored = (name) => inbox.dataset[name.toLowerCase()] === "on";

  /** @param {Name} name */
  function wants(name) {
    return recalled(name) ?? stored(name);
  }

  /** @param {Name} name @param {boolean} wanted */
  function choose(name, wanted) {
    inbox.dataset[name.toLowerCase()] = wanted ? "on" : "off";
    remember(name, wanted);
    fetch(`${api}/me`, {
      method: "PUT",
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrf },
      body: JSON.stringify({ preferences: { [name]: wanted } }),
      keepalive: true,
    })
      .then((response) => response.ok && remember(name, wanted, Date.now()))
      .catch(() => {}); // this browser remembers it
  }

  for (const [name, place] of places) {
    if (recalled(name) === stored(name)) forget(name);
    inbox.dataset[name.toLowerCase()] = wants(name) ? "on" : "off";
    place.checked = wants(name) && (name !== "notifications" || permitted());
    place.addEventListener("change", async () => {
      if (name === "notifications" && place.checked) place.checked = await permit();
      choose(name, place.checked);
    });
  }
  return { wants };
}

function permitted() {
  return "Notification" in window && Notification.permission === "granted";
}

/** Ask the browser's permission; it alone decides. */
async function permit() {
  const place = /** @type {HTMLElement} */ (document.getElementById("permission"));
  const given = "Notification" in window && (await Notification.requestPermission()) === "granted";
  place.textContent = given ? "" : "This browser does not allow notifications from this page. Its settings for this site can change that.";
  return given;
}

/** @param {string} name @returns {boolean | null} */
function recalled(name) {
  try {
    const [kept, since] = (localStorage.getItem(PREFIX + name) ?? "").split("@");
    return kept && !(Date.now() - Number(since ?? Infinity) > SETTLED_MS) ? kept === "on" : null;
  } catch {
    return null; // storage is forbidden
  }
}

/** @param {string} name */
function forget(name) {
  try {
    localStorage.removeItem(PREFIX + name);
  } catch {
    // nothing was kept
  }
}

/** @param {string} name @param {boolean} wanted @param {number} [since] when the account took it, epoch milliseconds */
function remember(name, wanted, since) {
  try {
    localStorage.setItem(PREFIX + name, (wanted ? "on" : "off") + (since ? `@${since}` : ""));
  } catch {
    // as long as this page, then
  }
}
