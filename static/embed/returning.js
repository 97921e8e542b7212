/* Somebody comes back by the link of a mail. Its mark says whom the mail was for, and opens nothing. */

const MARK = /^#whosthere=([0-9a-f]{16})$/;

/**
 * Open the panel for whom the mail was for; tell the page when it is somebody else who came.
 * @param {any} chat what embed.js shares
 */
export function back(chat) {
  const { booted, refusal } = chat;
  if (!booted && refusal === null) return; // nobody knows yet who is here
  const [, ref] = MARK.exec(location.hash) || [];
  history.replaceState(history.state, "", location.href.split("#")[0]); // once, and not for whoever copies the address
  if (!ref) return;
  if (booted && booted.user.ref === ref) chat.commands.open();
  else chat.emit("userChanged", { originalState: "logged-in", pageUrl: location.href }); // only who was proven gets mail
}
