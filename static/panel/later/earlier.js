/* What was said before the first message that is shown. */

const PAGE = 100; // the most that one call answers

/** Show some of it, without moving what is read. @param {Panel.Chat} chat @param {Panel.View} view */
export async function show(chat, view) {
  const { path, log } = chat.thread;
  const first = log.start;
  if (!first) return;
  const after = Math.max(0, first - PAGE);
  const page = await chat.api.call("GET", `${path}/messages?after=${after}&limit=${first - after}`);
  if (log.start === first) log.prepend(page.items, after);
  const fromEnd = view.log.scrollHeight - view.log.scrollTop;
  view.quiet();
  view.draw();
  view.log.scrollTop = view.log.scrollHeight - fromEnd;
}
