/* What a visitor does with whole conversations. */

/** Begin another one, with the words that the page puts into the visitor's mouth, if any. @param {Panel.Chat} chat */
export function another(chat) {
  const text = chat.began ? chat.config.nextUserMessage : chat.config.initialUserMessage;
  chat.enter(null);
  if (text) chat.send(text);
}

/** Reopen a resolved conversation, or end it. @param {Panel.Chat} chat @param {"open" | "ended"} state */
export async function turn(chat, state) {
  await chat.api.call("PUT", `${chat.thread.path}/state`, { state });
  await chat.sync();
}

/** What was begun without logging in is the visitor's now. @param {Panel.Chat} chat @param {string[]} ids newest first */
export async function moved(chat, ids) {
  if (chat.thread.id !== null || !ids.length) return;
  const about = await chat.api.call("GET", `/conversations/${ids[0]}`);
  if (chat.thread.id === null) chat.enter(about);
}
