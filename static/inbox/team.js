/* Canned replies and colleagues of a conversation, asked for once, when they are first wanted. */

/**
 * @typedef {{name: string, body: string}} CannedReply
 * @typedef {{id: string, name: string, email: string}} Colleague
 * @param {{api: string, conversation: string, platform: string}} about
 */
export function resources(about) {
  /** @type {Map<string, Promise<any[]>>} */
  const kept = new Map();

  /** @param {string} path @returns {Promise<any[]>} */
  async function ask(path) {
    const response = await fetch(about.api + path, { cache: "no-store" });
    return response.ok ? (await response.json()).items : [];
  }

  /** @param {string} path @returns {Promise<any[]>} */
  function once(path) {
    const known = kept.get(path) || ask(path).catch(() => []);
    kept.set(path, known);
    return known;
  }

  return {
    /** @returns {Promise<CannedReply[]>} */
    replies: () => (about.conversation ? once(`/conversations/${about.conversation}/canned-replies`) : Promise.resolve([])),
    /** @returns {Promise<Colleague[]>} */
    colleagues: () => once(`/agents?platformId=${about.platform}`),
  };
}
