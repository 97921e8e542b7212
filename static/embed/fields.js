/* What a page says about its visitor: custom fields, traits, events. Well formed it is kept, the rest is dropped with a
   warning. Pure. */

/**
 * @typedef {Record<string, {type: string, value: unknown}>} Fields
 * @typedef {{warn(code: string, message: string): void}} Page
 */

const NAME_MOST = 100;
const LINE_MOST = 255;
const PROPERTIES_MOST = 1000;

/** @type {Record<string, (value: unknown) => boolean>} */
const FITS = {
  singleline: (value) => typeof value === "string" && value.length <= LINE_MOST && plain(value),
  multiline: (value) => typeof value === "string" && value.length <= 100000 && plain(value),
  number: (value) => typeof value === "string" && /^-?[0-9]{1,30}(\.[0-9]{1,30})?$/.test(value),
  dropdown: (value) => typeof value === "string" && value.length <= LINE_MOST && plain(value),
  date: (value) => Number.isSafeInteger(value) && Math.abs(Number(value)) <= 1e15,
  checkbox: (value) => typeof value === "boolean",
};

/** Whether text has no U+0000 and no half of a surrogate pair. @param {string} text */
function plain(text) {
  return !/[\0\p{Cs}]/u.test(text);
}

/** @param {string} name */
function named(name) {
  return name !== "" && name.length <= NAME_MOST && plain(name);
}

/**
 * Keep the custom fields that are well formed, and name the others.
 * @param {unknown} fields
 * @param {Page} page
 * @returns {Fields}
 */
export function checked(fields, page) {
  return collected(fields, page, "custom_field_invalid", (field) => {
    const { type, value } = Object(field);
    return typeof type === "string" && Object.hasOwn(FITS, type) && FITS[type](value) ? { type, value } : null;
  });
}

/**
 * Turn the traits of a person into fields, each of the type that fits; name and email also on their own.
 * @param {unknown} traits
 * @param {boolean} anonymously leave name and email out
 * @param {Page} page
 * @returns {{fields: Fields, contact: {name?: string, email?: string}}}
 */
export function described(traits, anonymously, page) {
  const fields = collected(traits, page, "trait_invalid", typed);
  /** @type {{name?: string, email?: string}} */
  const contact = {};
  for (const key of /** @type {const} */ (["name", "email"])) {
    if (!Object.hasOwn(fields, key)) continue;
    if (anonymously) delete fields[key];
    else if (fields[key].type === "singleline") contact[key] = String(fields[key].value);
  }
  return { fields, contact };
}

/**
 * Put an event into one line of words.
 * @param {unknown} name
 * @param {unknown} properties
 * @param {Page & {stringify(value: unknown): string | undefined}} page
 */
export function event(name, properties, page) {
  if (typeof name !== "string" || !named(name)) {
    page.warn("event_invalid", "the event is dropped: its name is not 1 to 100 characters of text");
    return null;
  }
  const line = name.replace(/\s+/g, " ");
  if (properties === undefined || properties === null) return line;
  const written = attempt(() => page.stringify(properties));
  if (typeof properties === "object" && typeof written === "string" && written.length <= PROPERTIES_MOST && plain(written)) {
    return `${line}  ${written}`;
  }
  page.warn("event_invalid", `the properties of ${line} are dropped: not an object of at most ${PROPERTIES_MOST} characters`);
  return line;
}

/** @param {unknown} value what a page says of a person; `null` when it cannot be shown */
function typed(value) {
  if (typeof value === "boolean") return { type: "checkbox", value };
  if (typeof value === "number") return fit("number", String(value)) || fit("singleline", Number.isFinite(value) ? String(value) : null);
  if (value instanceof Date) return fit("date", value.getTime());
  return fit("singleline", value) || fit("multiline", value);
}

/** @param {string} type @param {unknown} value */
function fit(type, value) {
  return FITS[type](value) ? { type, value } : null;
}

/**
 * Go through whatever the page gave, an entry at a time.
 * @param {unknown} given
 * @param {Page} page
 * @param {string} code of the warning about what is dropped
 * @param {(value: unknown) => {type: string, value: unknown} | null} read
 */
function collected(given, page, code, read) {
  /** @type {Fields} */
  const good = Object.create(null);
  for (const name of attempt(() => Object.keys(Object(given))) || []) {
    const found = named(name) ? attempt(() => read(Object(given)[name])) : null;
    if (found) good[name] = found;
    else page.warn(code, `${name.slice(0, NAME_MOST)} is dropped: its name, type or value is not valid`);
  }
  return good;
}

/** @template T @param {() => T} get may throw, for it looks into what a page made @returns {T | null} */
function attempt(get) {
  try {
    return get();
  } catch {
    return null;
  }
}
