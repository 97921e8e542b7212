"""The composer's form: replies with their files, and notes. What cannot be stored stays in the form."""

from __future__ import annotations

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from whosthere.core.conversation import refuse_client_message_id, refuse_text
from whosthere.core.reasons import Reason, Refused
from whosthere.services import inbox, inbox_attachments
from whosthere.services.messages import Text
from whosthere.web.agent.conversation import found, shown
from whosthere.web.agent.lists import listed
from whosthere.web.agent.pages import blueprint, identity, page
from whosthere.web.agent.ways import view_args
from whosthere.web.forms import text_of, uploads_of
from whosthere.web.problems import STATUS, Problem
from whosthere.web.runtime import runtime
from whosthere.web.wire import identifier


@blueprint.post("/conversations/<conversation_id>/reply")
def reply(conversation_id: str) -> Response | tuple[str, int]:
    """Store a reply or a note from the form."""
    form = request.form
    text, key, kind = text_of(form, "text"), form.get("clientMessageId", ""), form.get("kind", "reply")
    given = _written(conversation_id, text, key, kind)
    write = inbox.note if kind == "note" else inbox.reply
    outcome = write(runtime(), identity(), identifier(conversation_id), given)
    if not isinstance(outcome, Refused):
        return to_conversation(conversation_id)
    if outcome.reason is Reason.NOT_FOUND:
        raise Problem(outcome)
    # The same key again, so that a second try cannot become a second message; unless the key itself is the trouble.
    spent = outcome.reason is Reason.IDEMPOTENCY_CONFLICT or outcome.field == "clientMessageId"
    draft = {"draft": text, "kind": kind, "refused": outcome} | ({} if spent else {"client_message_id": key})
    return page("agent/inbox.html", **(shown(found(conversation_id)) | draft), **listed()), STATUS[outcome.reason]


def to_conversation(conversation_id: str) -> Response:
    """Return the way back to a conversation, beside the same list."""
    return redirect(url_for("agent.show_conversation", conversation_id=conversation_id, **view_args()), 303)


def _written(conversation_id: str, text: str, key: str, kind: str) -> Text | Refused:
    """Return what the form says, once the files that came with it are kept."""
    files = uploads_of("file")
    if kind not in ("reply", "note"):
        return Refused(Reason.INVALID_FIELD, "kind is reply or note.", "kind")
    if files and kind == "note":
        return Refused(Reason.INVALID_FIELD, "A note has no files.", "file")
    wrong = refuse_text(text, beside_attachments=bool(files)) or refuse_client_message_id(key)
    if wrong is not None:
        return wrong
    kept: list[str] = []
    for file in files:
        outcome = inbox_attachments.upload(runtime(), identity(), identifier(conversation_id), file)
        if isinstance(outcome, Refused):
            return outcome
        kept.append(outcome.id)
    return Text(text, key, tuple(kept))
