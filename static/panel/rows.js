/* How a conversation is laid out: days, groups of messages by one author, and what stands under them. Pure. */

const GROUP_MS = 5 * 60 * 1000;
const DAY_MS = 86400000;

/**
 * @param {Panel.Message[]} messages
 * @param {Panel.Pending[]} waiting
 * @param {{now: number, words: Panel.Words, times: Panel.Times, seen?: number}} how `seen`: how far the team has read
 * @returns {Panel.Row[]}
 */
export function rows(messages, waiting, { now, words, times, seen = 0 }) {
  const known = new Set(messages.map((message) => message.clientMessageId));
  const all = [
    ...messages.map((message) => stored(message, words, times)),
    ...waiting.filter((item) => !known.has(item.clientMessageId)).map((item) => pending(item, words)),
  ];
  /** @type {Panel.Row[]} */
  const found = [];
  /** @type {Panel.Row | null} */
  let before = null;
  for (const row of all) {
    if (!before || dayOf(before.at) !== dayOf(row.at)) {
      found.push({ ...row, key: `day-${dayOf(row.at)}`, kind: "day", body: dayName(row.at, now, words, times), author: "", meta: "" });
      before = null;
    }
    const follows = before && before.kind === row.kind && before.author === row.author && row.at - before.at < GROUP_MS;
    if (follows && before && !before.retry && (before.meta === row.meta || !row.retry)) before.meta = "";
    row.named = row.kind === "agent" && !follows;
    found.push(row);
    before = row;
  }
  const last = found[found.length - 1];
  if (last?.kind === "user" && !waiting.length) last.meta = `${last.meta} · ${words.sent}`;
  for (const row of found.reverse()) {
    if (row.kind === "agent") break; // who has answered has read
    if (row.kind === "user" && row.seq && row.seq <= seen) {
      row.meta = `${times.time(row.at)} · ${words.seen}`;
      break;
    }
  }
  return found.reverse();
}

/** @param {Panel.Message} message @param {Panel.Words} words @param {Panel.Times} times @returns {Panel.Row} */
function stored(message, words, times) {
  const at = Date.parse(message.createdAt);
  const { kind, name } = message.author;
  const events = /** @type {Record<string, string>} */ (words.events);
  const { attachments, seq } = message;
  const row = { key: message.clientMessageId || message.id, seq, at, named: false, meta: times.time(at), attachments };
  if (message.event) return { ...row, kind: "system", body: events[message.event] || message.event, author: "", meta: "" };
  if (kind === "agent") return { ...row, kind, body: message.body, author: name || words.team };
  if (kind === "system") return { ...row, kind, body: message.body, author: "", meta: "" };
  return { ...row, kind: "user", body: message.body, author: words.you };
}

/** @param {Panel.Pending} item @param {Panel.Words} words @returns {Panel.Row} */
function pending({ clientMessageId, text, attachments, at, state }, words) {
  const failed = state === "failed";
  const row = { key: clientMessageId, kind: /** @type {const} */ ("user"), body: text, author: words.you, named: false, at };
  return { ...row, attachments, meta: failed ? words.failed : words.sending, retry: failed ? clientMessageId : undefined };
}

/** @param {number} at */
function dayOf(at) {
  return new Date(at).toDateString();
}

/** @param {number} at @param {number} now @param {Panel.Words} words @param {Panel.Times} times */
function dayName(at, now, words, times) {
  const days = Math.round((new Date(now).setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / DAY_MS);
  return days === 0 ? words.today : days === 1 ? words.yesterday : times.day(at);
}
