// Draws the chat again while somebody changes its looks.

const REST_MS = 250;

/**
 * Keep the picture of the chat as the form says.
 * @param {HTMLElement} place with the address of the picture in `data-preview`
 * @param {HTMLFormElement} form
 */
export function preview(place, form) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let resting;
  let asked = 0;

  const draw = async () => {
    const mine = ++asked;
    const wanted = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (typeof value === "string" && name !== "csrf_token" && name !== "version") wanted.set(name, value);
    }
    try {
      const answer = await fetch(`${place.dataset["preview"]}?${wanted}`, { redirect: "error" });
      if (!answer.ok || mine !== asked) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const drawn = page.body.firstElementChild;
      if (drawn && mine === asked) place.replaceChildren(document.adoptNode(drawn));
    } catch {
      // the picture stays as it was; saving tells what is wrong
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(resting);
    resting = setTimeout(draw, REST_MS);
  });
  void draw(); // somebody may have typed before this script came
}
