/* A page without a framework that changes users without being loaded again. */

// The stub: commands wait in its queue until the script has come.
(function () { var chat = (window.Whosthere = function () { chat.q.push(arguments); }); chat.q = []; })();

/** Tell the site's own server, and show what it says. */
async function session(method, body) {
  const answer = await fetch("/session", { method, body });
  const { chat, person } = await answer.json();
  document.getElementById("who").textContent = person ? `Signed in as ${person.userName}` : "Not signed in";
  return { chat, person };
}

/** Put the chat into the page, once. */
function embed({ src, platformId }, person) {
  window.whosthereConfig = { platformId, ...person };
  const script = document.createElement("script");
  script.async = true;
  script.id = "whosthere-embed";
  script.src = src;
  document.head.append(script);
}

for (const button of document.querySelectorAll("[data-who]")) {
  button.onclick = async () => window.Whosthere("login", (await session("POST", button.dataset.who)).person);
}
document.getElementById("out").onclick = async () => {
  await session("DELETE");
  window.Whosthere("logout");
};
document.getElementById("ask").onclick = () => window.Whosthere("open");
window.Whosthere("addEventListener", "newUnreadMessages", ({ unreadCount }) => {
  document.getElementById("unread").textContent = `(${unreadCount})`;
});

session("GET").then(({ chat, person }) => embed(chat, person));
