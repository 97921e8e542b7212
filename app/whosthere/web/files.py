"""Files at the edge: how an upload is read, and how a stored one is given out so that nothing in it can run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote, unquote_to_bytes

from flask import Response, request
from werkzeug.wsgi import wrap_file

from whosthere.core.media import EXTENSIONS
from whosthere.core.reasons import Reason, Refused
from whosthere.services.attachments import Opened, Upload
from whosthere.web.problems import Problem
from whosthere.web.runtime import limits, runtime

_CHUNK_BYTES = 64 * 1024
_HEADER_LENGTH_MAX = 4096
_NAME = re.compile(r"attachment\s*;\s*filename\*=utf-8''([A-Za-z0-9!#$&+.^_`|~%'()*-]+)", re.IGNORECASE)
_NO_NAME = Refused(
    Reason.INVALID_FIELD,
    "Send the name as Content-Disposition: attachment; filename*=UTF-8''<percent-encoded>.",
    "name",
)
_POLICY = "sandbox; default-src 'none'"


def check_upload() -> None:
    """Refuse, before anything else is looked at, what comes too often (429), is too large (413) or no such type (415).

    A body that names its length is not read here; one that comes in chunks is counted while it is read.
    """
    size_max = runtime().attachment_bytes_max
    length = request.content_length
    limits().count("upload")
    if length is not None and length > size_max:
        raise Problem(Refused(Reason.PAYLOAD_TOO_LARGE, f"A file has at most {size_max:,} bytes."))
    limits().count_bytes("upload", size_max if length is None else length)
    request.max_content_length = size_max + 1
    if "HTTP_CONTENT_ENCODING" in request.environ:
        raise Problem(Refused(Reason.UNSUPPORTED_MEDIA_TYPE, "Compressed bodies are not accepted here."))
    if request.mimetype not in EXTENSIONS:
        raise Problem(Refused(Reason.UNSUPPORTED_MEDIA_TYPE, f"Send one of: {', '.join(EXTENSIONS)}."))


def read_upload() -> Upload | Refused:
    """Return the file that is being sent; its bytes are still to be read."""
    header = request.headers.get("Content-Disposition", "")
    match = _NAME.fullmatch(header.strip()) if len(header) <= _HEADER_LENGTH_MAX else None
    if match is None:
        return _NO_NAME
    try:
        name = unquote_to_bytes(match[1]).decode("utf-8")
    except UnicodeDecodeError:
        return _NO_NAME
    return Upload(name, request.mimetype, _chunks())


def _chunks() -> Iterator[bytes]:
    while chunk := request.stream.read(_CHUNK_BYTES):
        yield chunk


def deliver(opened: Opened) -> Response:
    """Return the answer that sends a file: to be saved, or shown as an image by a page of ours, and nothing else.

    Whatever the bytes would mean to somebody, the browser takes them for the type we found, and gives them an origin of
    their own without scripts.
    """
    attachment = opened.attachment
    is_text = attachment.media_type.startswith("text/")
    response = Response(wrap_file(request.environ, opened.file, _CHUNK_BYTES), direct_passthrough=True)
    response.call_on_close(opened.file.close)
    headers = response.headers
    headers["Content-Type"] = f"{attachment.media_type}; charset=utf-8" if is_text else attachment.media_type
    headers["Content-Length"] = str(attachment.size)
    headers["Content-Disposition"] = disposition(attachment.name)
    headers["Content-Security-Policy"] = _POLICY
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def disposition(name: str) -> str:
    """Return the header that has a browser save a file under `name` (RFC 6266, RFC 8187)."""
    plain = re.sub(r'[^ -~]|["\\%]', "_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
