/* The files of a message: images as images, everything else as a named sheet of paper. The bytes come with the
   session's credential; an object URL lives only as long as an image needs to load. */

import { element } from "../dom.js";
import { save } from "./save.js";
import { ending, size } from "./sizes.js";
import { fill, words } from "./words.js";

const IMAGES = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);

/**
 * @param {HTMLElement} place
 * @param {Panel.Attachment[]} attachments
 * @param {Panel.Api} api
 */
export function show(place, attachments, api) {
  place.append(...attachments.map((file) => (IMAGES.has(file.mediaType) ? picture(file, api) : paper(file, api))));
}

/** @param {string} name */
export function badge(name) {
  return element("i", { class: "paper", "aria-hidden": "true" }, ending(name));
}

/** @param {Panel.Attachment} file @param {Panel.Api} api */
function paper(file, api) {
  const { name } = file;
  const note = element("small", {}, size(file.size, document.documentElement.lang));
  const button = element("button", { type: "button", class: "file", title: fill(words.saveFile, { name }) });
  button.append(badge(name), element("span", {}, element("bdi", {}, name), note));
  saves(button, file, api, note);
  return button;
}

/** @param {Panel.Attachment} file @param {Panel.Api} api */
function picture(file, api) {
  const { name, width, height } = file;
  const image = /** @type {HTMLImageElement} */ (element("img", { alt: name }));
  image.width = width || 240;
  image.height = height || 180;
  const button = element("button", { type: "button", class: "picture", title: fill(words.saveFile, { name }) }, image);
  const seen = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    seen.disconnect();
    load(image, file, api).catch(() => button.replaceWith(paper(file, api)));
  });
  seen.observe(button);
  saves(button, file, api, button);
  return button;
}

/** @param {HTMLImageElement} image @param {Panel.Attachment} file @param {Panel.Api} api */
async function load(image, file, api) {
  const bytes = await fetched(file, api);
  image.src = URL.createObjectURL(new Blob([bytes], { type: file.mediaType }));
  try {
    await image.decode();
  } finally {
    URL.revokeObjectURL(image.src);
  }
  image.classList.add("there");
}

/** @param {HTMLElement} button @param {Panel.Attachment} file @param {Panel.Api} api @param {HTMLElement} note */
function saves(button, file, api, note) {
  button.addEventListener("click", async () => {
    if (button.ariaBusy === "true") return;
    button.ariaBusy = "true";
    try {
      save(await fetched(file, api), file.name);
    } catch {
      note.append(element("span", { class: "wrong", role: "alert" }, ` ${words.notLoaded}`));
    }
    button.ariaBusy = "false";
  });
}

/** @param {Panel.Attachment} file @param {Panel.Api} api */
async function fetched(file, api) {
  return (await api.open("GET", `/attachments/${file.id}`, {})).blob();
}
