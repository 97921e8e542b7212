"""The widget's calls about attachments."""

from __future__ import annotations

from flask import Response, jsonify

from whosthere.core.media import EXTENSIONS
from whosthere.core.reasons import Reason
from whosthere.services import attachments
from whosthere.web.content import AttachmentAnswer
from whosthere.web.documented import documented
from whosthere.web.files import deliver, read_upload
from whosthere.web.problems import allowed
from whosthere.web.runtime import runtime
from whosthere.web.widget.contract import OWN, SESSION, SESSION_REFUSALS, blueprint
from whosthere.web.widget.gate import credential
from whosthere.web.wire import identifier


@blueprint.post("/attachments")
@documented(
    "Upload a file, for a message to come",
    upload=tuple(EXTENSIONS),
    answers={201: AttachmentAnswer},
    refusals=(
        *SESSION_REFUSALS,
        Reason.INVALID_FIELD,
        Reason.ATTACHMENT_REFUSED,
        Reason.PAYLOAD_TOO_LARGE,
        Reason.UNSUPPORTED_MEDIA_TYPE,
        Reason.TOO_MANY_REQUESTS,
    ),
    credential=SESSION,
)
def upload_attachment() -> tuple[Response, int]:
    """Keep the file that is the body."""
    who = credential()
    return jsonify(allowed(attachments.upload(runtime(), who, read_upload())).shown), 201


@blueprint.get("/attachments/<attachment_id>")
@documented(
    "Fetch an attachment",
    answers={200: {"type": "string", "format": "binary"}},
    refusals=OWN,
    credential=SESSION,
    media_type="application/octet-stream",
)
def show_attachment(attachment_id: str) -> Response:
    """Send a file that the caller may see."""
    return deliver(allowed(attachments.fetch(runtime(), credential(), identifier(attachment_id))))
