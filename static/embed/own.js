/* What a visitor decides about what is theirs: take along what was begun before the login, or leave nothing here. */

/**
 * Do what the panel says the visitor wants.
 * @param {any} chat what embed.js shares
 * @param {any} data
 * @param {(message: any) => void} tell
 */
export async function decide(chat, data, tell) {
  if (data.type === "offer") return answer(chat, data.accept === true, tell);
  chat.commands.close();
  chat.commands.reset();
}

/**
 * Answer the offer of what was begun without logging in; the panel never has the token.
 * @param {any} chat what embed.js shares
 * @param {boolean} accept
 * @param {(message: any) => void} tell
 */
async function answer(chat, accept, tell) {
  const { booted, sent } = chat;
  if (!booted?.historyOffer) return;
  booted.historyOffer = null;
  try {
    const response = await chat.ask("PUT", "/history-offer", { anonymousToken: sent.anonymousToken, accept });
    if (!response.ok || chat.booted !== booted || !accept) return;
    chat.keep("local", null);
    tell({ type: "moved", conversations: (await response.json()).conversations });
  } catch (error) {
    chat.warn("offer_failed", error); // it comes again with the next page
  }
}
