"""“Redact…” at a message: a question on a page of its own, which the script shows above the thread."""

from __future__ import annotations

from werkzeug.wrappers import Response

from whosthere.core.reasons import Reason, Refused
from whosthere.core.redaction import REDACTED
from whosthere.services import inbox_redaction
from whosthere.web.agent import present
from whosthere.web.agent.pages import blueprint, identity, page
from whosthere.web.agent.ways import view_args
from whosthere.web.agent.writing import to_conversation
from whosthere.web.forms import read_form
from whosthere.web.problems import Problem, allowed
from whosthere.web.runtime import runtime
from whosthere.web.wire import identifier

_NOTHING_LEFT = Refused(Reason.NOT_FOUND, "There is nothing left of this message.")
_NO_CHOICE = Refused(Reason.INVALID_FIELD, "Choose what is to be removed.", "what")
_WHOLE = "message"


@blueprint.get("/conversations/<conversation_id>/messages/<message_id>/redact")
def ask_redaction(conversation_id: str, message_id: str) -> str:
    """Ask whether a message is to go, or which of its files."""
    own = identifier(conversation_id)
    case, message = allowed(inbox_redaction.find(runtime(), identity(), own, identifier(message_id)))
    if message.event == REDACTED:
        raise Problem(_NOTHING_LEFT)
    return page("agent/redact.html", case=case, line=present.line(message), whole=_WHOLE, view_args=view_args())


@blueprint.post("/conversations/<conversation_id>/messages/<message_id>/redact")
def redact(conversation_id: str, message_id: str) -> Response:
    """Take it away for good."""
    own, message = identifier(conversation_id), identifier(message_id)
    what = read_form().get("what", "")
    file = None if what == _WHOLE else identifier(what) if what else ""
    allowed(inbox_redaction.find(runtime(), identity(), own, message))
    if file == "":
        raise Problem(_NO_CHOICE)
    allowed(inbox_redaction.redact(runtime(), identity(), own, message, file))
    return to_conversation(conversation_id)
