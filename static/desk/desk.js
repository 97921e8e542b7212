// The desk works without scripts. With them: times in the reader's zone, copying, and a set-up that turns green itself.
import { once } from "./once.js";
import { poll } from "./poll.js";
import { preview } from "./preview.js";

const moments = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "long" });
const said = document.createElement("p");
said.className = "hidden";
said.setAttribute("aria-live", "polite");
document.body.append(said);

/**
 * Write exact moments in the reader's own time zone.
 * @param {ParentNode} part
 */
export function tellTimes(part) {
  for (const time of part.querySelectorAll("time")) {
    const at = moments.format(new Date(time.dateTime));
    if (time.dataset["time"] === "moment") time.textContent = at;
    else time.title = at;
  }
}

/**
 * Show a button that copies the text beside it.
 * @param {HTMLButtonElement} button its first element is the word it says
 */
function offerCopy(button) {
  const word = button.firstElementChild;
  if (!navigator.clipboard || !word) return; // pages without TLS have none: the text can be selected
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(button.parentElement?.querySelector("pre")?.textContent ?? "");
      word.textContent = said.textContent = "Copied";
      button.dispatchEvent(new Event("copy", { bubbles: true }));
    } catch {
      word.textContent = said.textContent = "Select and copy it";
    }
    setTimeout(() => (word.textContent = "Copy", said.textContent = ""), 2000);
  });
}

for (const button of document.querySelectorAll("[data-copy]")) {
  if (button instanceof HTMLButtonElement) offerCopy(button);
}
tellTimes(document);
once(document);

// On a phone the pages stand in a strip: the one that is shown is in sight, however the phone is held.
const showWhere = () => document.querySelector("nav li [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });
showWhere();
addEventListener("resize", showWhere);
for (const place of document.querySelectorAll("[data-poll]")) {
  if (place instanceof HTMLElement) poll(place, tellTimes);
}

const picture = document.querySelector("[data-preview]");
const looks = document.querySelector("#looks");
if (picture instanceof HTMLElement && looks instanceof HTMLFormElement) preview(picture, looks);
