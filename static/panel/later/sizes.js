/* Which files may be sent, and how large they are. Pure. */

const TYPES = /** @type {Record<string, string>} */ ({
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
  pdf: "application/pdf",
  txt: "text/plain",
  text: "text/plain",
  log: "text/plain",
  md: "text/plain",
});

/** The media type of a file: its name decides, since browsers know no type for some texts. @param {{name: string, type: string}} file */
export function mediaType({ name, type }) {
  return TYPES[name.slice(name.lastIndexOf(".") + 1).toLowerCase()] || type;
}

/**
 * Why a file is not even tried, or an empty text.
 * @param {{name: string, type: string, size: number}} file
 * @param {{maxBytes: number, mediaTypes: string[]}} limits
 * @returns {"" | "wrongKind" | "tooLarge" | "damaged"}
 */
export function refusal(file, { maxBytes, mediaTypes }) {
  if (!mediaTypes.includes(mediaType(file))) return "wrongKind";
  if (file.size > maxBytes) return "tooLarge";
  return file.size ? "" : "damaged";
}

/** Why the server did not take it. @param {number} status @param {string} code @returns {"tooLarge" | "wrongKind" | "damaged" | "muchToday" | "notUploaded"} */
export function reason(status, code) {
  if (status === 413) return "tooLarge";
  if (status === 415 || code === "invalid_field") return "wrongKind";
  if (code === "attachment_refused") return "damaged";
  return status === 429 ? "muchToday" : "notUploaded";
}

/** A size as this language writes it: 84 kB, 1.2 MB. @param {number} bytes @param {string} locale */
export function size(bytes, locale) {
  const unit = bytes < 1000 ? "byte" : bytes < 999500 ? "kilobyte" : "megabyte";
  const value = bytes / { byte: 1, kilobyte: 1000, megabyte: 1000000 }[unit];
  const how = /** @type {const} */ ({ style: "unit", unit, unitDisplay: unit === "byte" ? "long" : "short" });
  return new Intl.NumberFormat(locale, { ...how, maximumFractionDigits: unit === "megabyte" && value < 10 ? 1 : 0 }).format(value);
}

/** What stands on the sheet of paper: PDF, TXT. @param {string} name */
export function ending(name) {
  const dot = name.lastIndexOf(".");
  return dot < 0 ? "" : name.slice(dot + 1, dot + 5).toUpperCase();
}
