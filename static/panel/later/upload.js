/* Sending one file to the server, with its progress. */

import { ApiError } from "../api.js";
import { retryAfter } from "../backoff.js";
import { mediaType } from "./sizes.js";

/**
 * @param {Panel.Api} api
 * @param {File} file
 * @param {(share: number) => void} progress from 0 to 1
 * @param {AbortSignal} signal
 * @returns {Promise<Panel.Attachment>}
 */
export function upload(api, file, progress, signal) {
  const request = new XMLHttpRequest(); // fetch does not tell how much has been sent
  request.open("POST", `${api.base}/attachments`);
  request.responseType = "json";
  request.setRequestHeader("Authorization", `Bearer ${api.session}`);
  request.setRequestHeader("Content-Type", mediaType(file));
  const name = encodeURIComponent(file.name.replace(/\p{Cs}/gu, ""));
  request.setRequestHeader("Content-Disposition", `attachment; filename*=UTF-8''${name}`);
  signal.addEventListener("abort", () => request.abort());
  return new Promise((resolve, reject) => {
    const failed = () => {
      const { code, field } = request.response || {};
      const after = request.status ? retryAfter(request.getResponseHeader("Retry-After")) : 0;
      reject(new ApiError(request.status, String(code || ""), String(field || ""), after));
    };
    request.upload.onprogress = ({ loaded, total }) => progress(total ? loaded / total : 0);
    request.onload = () => (request.status === 201 ? resolve(request.response) : failed());
    request.onerror = request.onabort = failed;
    request.send(file);
  });
}
