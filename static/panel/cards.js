/* What the panel asks or tells the visitor below the messages: one card at a time. Pure. */

/**
 * The name of the card to show; it is also that of its module.
 * @param {Panel.Situation} situation
 * @returns {"" | "over" | "resolved" | "offer" | "contact"}
 */
export function card({ state, wrote, missing, asked, offer }) {
  if (state === "rejected" || state === "ended") return "over";
  if (state === "resolved") return "resolved";
  if (offer) return "offer";
  return wrote && missing.length && !asked ? "contact" : "";
}

/** Whether somebody is there to answer; nothing when the hours that were told are over. @param {any} widget @param {number} now */
export function presence({ away, opensAt, closesAt }, now) {
  const until = away ? opensAt : closesAt;
  if (until && now >= until) return "";
  return away ? "away" : "here";
}
