/* Custom fields of a conversation, as the page gives them. Pure. */

/** @type {Record<string, (value: unknown) => boolean>} */
const FITS = {
  singleline: (value) => typeof value === "string" && value.length <= 255 && plain(value),
  multiline: (value) => typeof value === "string" && value.length <= 100000 && plain(value),
  number: (value) => typeof value === "string" && /^-?[0-9]{1,30}(\.[0-9]{1,30})?$/.test(value),
  dropdown: (value) => typeof value === "string" && value.length <= 255 && plain(value),
  date: (value) => Number.isSafeInteger(value) && Math.abs(Number(value)) <= 1e15,
  checkbox: (value) => typeof value === "boolean",
};

/** Whether text has no U+0000 and no half of a surrogate pair. @param {string} text */
function plain(text) {
  return !/[\0\p{Cs}]/u.test(text);
}

/**
 * Keep the custom fields that are well formed, and name the others.
 * @param {unknown} fields
 * @param {{warn(code: string, message: string): void}} page
 */
export function checked(fields, page) {
  /** @type {Record<string, {type: string, value: unknown}>} */
  const good = Object.create(null);
  for (const [name, field] of Object.entries(Object(fields))) {
    const { type, value } = Object(field);
    const fits = name && name.length <= 100 && plain(name) && Object.hasOwn(FITS, type) && FITS[type](value);
    if (fits) good[name] = { type, value };
    else page.warn("custom_field_invalid", `the custom field ${name.slice(0, 100)} is dropped: its type or value is not valid`);
  }
  return good;
}
