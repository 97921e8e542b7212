"""The one strict reading of a form: size, content type, UTF-8, and no U+0000 anywhere."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from urllib.parse import unquote_to_bytes

from flask import request

from whosthere.core.reasons import Reason, Refused
from whosthere.services.attachments import Upload
from whosthere.web.edge import BODY_BYTES_MAX
from whosthere.web.problems import Problem
from whosthere.web.runtime import runtime

_TOO_LARGE = Refused(Reason.PAYLOAD_TOO_LARGE, f"A form has at most {BODY_BYTES_MAX:,} bytes.")
_OTHER_TYPE = Refused(Reason.UNSUPPORTED_MEDIA_TYPE, "Send the form as application/x-www-form-urlencoded.")
_NOT_TEXT = Refused(Reason.BAD_REQUEST, "The form is not text in UTF-8.")


def read_form() -> Mapping[str, str]:
    """Return the fields of the form that was sent.

    Raises:
        Problem: it is too large (413), of another type (415), or not clean text (400).
    """
    if request.mimetype != "application/x-www-form-urlencoded" or "Content-Encoding" in request.headers:
        raise Problem(_OTHER_TYPE)
    if (request.content_length or 0) > BODY_BYTES_MAX:
        raise Problem(_TOO_LARGE)
    body = request.get_data()  # kept: Flask reads the same bytes again for `request.form`
    if len(body) > BODY_BYTES_MAX:
        raise Problem(_TOO_LARGE)
    # Flask would put a replacement character where the bytes are no text, and PostgreSQL takes no U+0000.
    try:
        text = unquote_to_bytes(body).decode("utf-8")
    except UnicodeDecodeError as error:
        raise Problem(_NOT_TEXT) from error
    if "\0" in text:
        raise Problem(_NOT_TEXT)
    return request.form


def check_form_with_files(files_max: int) -> None:
    """Refuse a form with files that is too large, without reading it.

    Raises:
        Problem: it is larger than its text and the files that a message may have (413), or compressed (415).
    """
    size_max = BODY_BYTES_MAX + files_max * runtime().attachment_bytes_max
    if "Content-Encoding" in request.headers:
        raise Problem(_OTHER_TYPE)
    if (request.content_length or 0) > size_max:
        raise Problem(Refused(Reason.PAYLOAD_TOO_LARGE, f"A form has at most {size_max:,} bytes."))
    request.max_content_length = size_max
    request.max_form_parts = 10 + files_max


def uploads_of(name: str) -> list[Upload]:
    """Return the files of a field; one that nobody chose is none (HTML §4.10.22.8)."""
    chosen = [file for file in request.files.getlist(name) if file.filename]
    return [Upload(file.filename or "", file.mimetype, iter(partial(file.stream.read, 65_536), b"")) for file in chosen]


def text_of(form: Mapping[str, str], name: str) -> str:
    """Return a field, `""` without it; line ends as they were typed, not as browsers send them (HTML §4.10.21)."""
    return form.get(name, "").replace("\r\n", "\n")
