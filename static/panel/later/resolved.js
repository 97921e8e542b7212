/* The card of a resolved conversation: did it help? If not, it is open again; if so, how was it? */

import { element } from "../dom.js";
import { drawing } from "./drawings.js";
import { act, form } from "./form.js";
import { turn } from "./states.js";
import { words } from "./words.js";

const COMMENT_MOST = 2000;

/** @param {Panel.Chat} chat */
export function card(chat) {
  const place = element("div", { id: "resolved", class: "ask" });
  if (chat.thread.about.rating) place.append(...rating(chat));
  else place.append(...question(chat, place));
  return place;
}

/** @param {Panel.Chat} chat @param {HTMLElement} place */
function question(chat, place) {
  const yes = element("button", { type: "button", id: "helped", class: "button" }, words.helped);
  const no = element("button", { type: "button", id: "reopen", class: "button quiet" }, words.helpedNot);
  yes.addEventListener("click", () => {
    place.replaceChildren(...rating(chat));
    place.querySelector("input")?.focus();
  });
  act(no, place, async () => {
    await turn(chat, "open");
    document.getElementById("text")?.focus();
  });
  return [
    element("p", { class: "lead" }, words.help),
    element("p", {}, words.resolved),
    element("div", { class: "choices" }, yes, no),
  ];
}

/** @param {Panel.Chat} chat */
function rating(chat) {
  const before = chat.thread.about.rating;
  const comment = element("textarea", { name: "comment", rows: "2", dir: "auto", maxlength: String(COMMENT_MOST) });
  comment.setAttribute("aria-label", words.comment);
  comment.setAttribute("placeholder", words.comment);
  comment.textContent = before?.comment || "";
  const node = form(
    [element("fieldset", { class: "marks" }, element("legend", { class: "lead" }, words.rate), ...marks(before?.rating)), comment],
    { save: words.rateSend, skip: words.skip },
    async (given) => {
      const mark = Number(given.get("rating"));
      const text = String(given.get("comment")).replace(/[\0\p{Cs}]/gu, "").trim();
      const rated = await chat.api.call("PUT", `${chat.thread.path}/rating`, { rating: mark, comment: text || null });
      chat.thread.about = { ...chat.thread.about, rating: rated.rating };
      chat.emit("csatSubmit", { rating: mark, additionalFeedback: text });
      await end();
    },
    end,
  );
  node.classList.add("rating");
  return [node];

  function end() {
    return turn(chat, "ended");
  }
}

/** Five stars; as many are filled as the mark says. @param {number} [given] */
function marks(given) {
  return Object.values(words.marks).map((text, index) => {
    const mark = element("input", { type: "radio", name: "rating", value: String(index + 1), required: "" });
    if (given === index + 1) mark.setAttribute("checked", "");
    return element("label", { title: text }, mark, drawing("star"), element("span", { class: "hidden" }, text));
  });
}
