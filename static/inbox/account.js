/** Copies what is shown once. Without a script it can be selected as well. */

/** @param {HTMLElement} source */
function textOf(source) {
  if (source instanceof HTMLInputElement) return source.value;
  return [...source.children].map((line) => line.textContent ?? "").join("\n");
}

for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("[data-copy]"))) {
  const source = document.getElementById(button.dataset.copy ?? "");
  const label = button.textContent;
  if (!source || !navigator.clipboard) continue; // there is none on plain HTTP
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(textOf(source));
      button.textContent = "Copied";
    } catch {
      button.textContent = "Select and copy it yourself";
    }
    setTimeout(() => (button.textContent = label), 2000);
  });
}

const once = document.getElementById("once");
if (once instanceof HTMLInputElement) once.addEventListener("focus", () => once.select());
