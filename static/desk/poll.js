// A part of the page that the server draws again every two seconds, while somebody looks.

const EVERY_MS = 2000;
const SLOWEST_MS = 30_000;

/**
 * Keep a part of the page up to date; what did not change is not touched, so that nothing is said twice.
 * @param {HTMLElement} place with the address of its content in `data-poll`
 * @param {(part: ParentNode) => void} drawn called with what was drawn anew
 */
export function poll(place, drawn) {
  let shown = place.firstElementChild?.textContent ?? "";
  let wait = EVERY_MS;

  const look = async () => {
    if (!document.hidden) {
      try {
        const answer = await fetch(place.dataset["poll"] ?? "", { redirect: "error" });
        if (!answer.ok) throw new Error(String(answer.status));
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = page.body.firstElementChild;
        const text = fresh?.textContent ?? "";
        // A button that has the focus stays where it is; what is new waits until it is left.
        if (fresh && text !== shown && !place.contains(document.activeElement)) {
          place.replaceChildren(document.adoptNode(fresh));
          shown = text;
          drawn(place);
        }
        wait = EVERY_MS;
      } catch {
        wait = Math.min(wait * 2, SLOWEST_MS);
      }
    }
    setTimeout(look, wait);
  };
  setTimeout(look, EVERY_MS);
}
