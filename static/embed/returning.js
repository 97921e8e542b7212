/* Somebody comes back by the link of a mail. Its mark says whom the mail was for, and opens nothing. */

/**
 * Open the panel for whom the mail was for; tell the page when it is somebody else who came.
 * @param {any} chat what embed.js shares; it took the mark out of the page's address
 */
export function back(chat) {
  const { booted, refusal, mark } = chat;
  if (!mark || (!booted && refusal === null)) return; // nobody knows yet who is here
  chat.mark = null; // once
  if (booted && booted.user.ref === mark) chat.commands.open();
  else chat.emit("userChanged", { originalState: "logged-in", pageUrl: location.href }); // only who was proven gets mail
}
