/* Files beside a reply: uploaded when it is sent, once each, and named by it. */

const LONE = /\p{Surrogate}/gu; // half a pair, which some file systems let into a name

/**
 * @param {HTMLInputElement} input
 * @param {{api: string, conversation: string, csrf: string}} about
 */
export function attachments(input, about) {
  /** Uploaded already; a second try to send must not upload again. @type {Map<File, string>} */
  const known = new Map();
  const place = document.getElementById("chosen");

  function show() {
    const names = Array.from(input.files || [], (file) => {
      const tag = document.createElement("span");
      tag.className = "tag";
      tag.textContent = file.name;
      return tag;
    });
    place?.replaceChildren(...names);
  }
  input.addEventListener("change", show);

  return {
    /** Whether files are chosen. */
    chosen: () => Boolean(input.files?.length),
    /** Upload what is chosen; return the ids, or throw an `Error` for people to read. @returns {Promise<string[]>} */
    async upload() {
      const ids = [];
      for (const file of input.files || []) {
        const id = known.get(file) || (await send(file, about));
        known.set(file, id);
        ids.push(id);
      }
      return ids;
    },
    /** The reply is sent: choose anew. */
    clear() {
      input.value = "";
      known.clear();
      show();
    },
  };
}

/**
 * @param {File} file
 * @param {{api: string, conversation: string, csrf: string}} about
 * @returns {Promise<string>}
 */
async function send(file, about) {
  const response = await fetch(`${about.api}/conversations/${about.conversation}/attachments`, {
    method: "POST",
    headers: {
      "Content-Type": file.type || "text/plain", // what it really is, its content decides
      "Content-Disposition": `attachment; filename*=UTF-8''${encodeURIComponent(file.name.replace(LONE, "_"))}`,
      "X-CSRFToken": about.csrf,
    },
    body: file,
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(`${file.name}: ${answer.detail || `the server answered ${response.status}.`}`);
  return answer.id;
}
