"""The agent API's calls about attachments."""

from __future__ import annotations

from flask import Response, jsonify

from whosthere.core.media import EXTENSIONS
from whosthere.core.reasons import Reason
from whosthere.services import inbox_attachments
from whosthere.web.agent.contract import ONE, TOKEN, blueprint, identity
from whosthere.web.content import AttachmentAnswer
from whosthere.web.documented import documented
from whosthere.web.files import deliver, read_upload
from whosthere.web.problems import allowed
from whosthere.web.runtime import runtime
from whosthere.web.wire import identifier


@blueprint.post("/conversations/<conversation_id>/attachments")
@documented(
    "Upload a file, for a reply to come",
    upload=tuple(EXTENSIONS),
    answers={201: AttachmentAnswer},
    refusals=(
        *ONE,
        Reason.CSRF,
        Reason.INVALID_FIELD,
        Reason.ATTACHMENT_REFUSED,
        Reason.PAYLOAD_TOO_LARGE,
        Reason.UNSUPPORTED_MEDIA_TYPE,
        Reason.TOO_MANY_REQUESTS,
    ),
    credential=TOKEN,
)
def upload_attachment(conversation_id: str) -> tuple[Response, int]:
    """Keep the file that is the body."""
    kept = inbox_attachments.upload(runtime(), identity(), identifier(conversation_id), read_upload())
    return jsonify(allowed(kept).shown), 201


@blueprint.get("/attachments/<attachment_id>")
@documented(
    "Fetch an attachment",
    answers={200: {"type": "string", "format": "binary"}},
    refusals=ONE,
    credential=TOKEN,
    media_type="application/octet-stream",
)
def show_attachment(attachment_id: str) -> Response:
    """Send a file of one of the agent's platforms."""
    return deliver(allowed(inbox_attachments.fetch(runtime(), identity(), identifier(attachment_id))))
