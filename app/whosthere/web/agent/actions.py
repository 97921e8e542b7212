"""What is done to a conversation by its buttons: the same forms with JavaScript and without."""

from __future__ import annotations

from collections.abc import Mapping

from werkzeug.wrappers import Response

from whosthere.core.conversation import State
from whosthere.core.reasons import Reason, Refused
from whosthere.services import inbox, inbox_actions, records
from whosthere.storage.inbox import Case
from whosthere.web.agent.moments import wake_at
from whosthere.web.agent.pages import blueprint, identity
from whosthere.web.agent.writing import to_conversation
from whosthere.web.forms import read_form
from whosthere.web.problems import allowed
from whosthere.web.runtime import runtime
from whosthere.web.wire import identifier

_NO_SPAM = Refused(Reason.INVALID_FIELD, "spam is yes or no.", "spam")


@blueprint.post("/conversations/<conversation_id>/state")
def change_state(conversation_id: str) -> Response:
    """Resolve, reject or reopen."""
    wanted = read_form().get("state", "")
    known = wanted in set(State)
    state = State(wanted) if known else Refused(Reason.INVALID_FIELD, "There is no such state.", "state")
    return _done(conversation_id, inbox.set_state(runtime(), identity(), identifier(conversation_id), state))


@blueprint.post("/conversations/<conversation_id>/assignee")
def assign(conversation_id: str) -> Response:
    """Make it a colleague's, one's own, or nobody's."""
    agent = read_form().get("agent", "")
    wanted = identifier(agent) if agent else None
    return _done(conversation_id, inbox_actions.assign(runtime(), identity(), identifier(conversation_id), wanted))


@blueprint.post("/conversations/<conversation_id>/tags")
def change_tags(conversation_id: str) -> Response:
    """Put a tag on it, or take one off."""
    form = read_form()
    change = inbox_actions.remove_tag if "remove" in form else inbox_actions.add_tag
    tag = form.get("remove") or form.get("add", "").strip()
    return _done(conversation_id, change(runtime(), identity(), identifier(conversation_id), tag))


@blueprint.post("/conversations/<conversation_id>/snooze")
def snooze(conversation_id: str) -> Response:
    """Put it out of sight for a while, or bring it back."""
    form, own = read_form(), identifier(conversation_id)
    if form.get("until") == "now":
        return _done(conversation_id, inbox_actions.wake(runtime(), identity(), own))
    return _done(conversation_id, inbox_actions.snooze(runtime(), identity(), own, _until(form)))


@blueprint.post("/conversations/<conversation_id>/spam")
def change_spam(conversation_id: str) -> Response:
    """Put it among the spam, or back."""
    change = {"yes": inbox_actions.mark_spam, "no": inbox_actions.unmark_spam}.get(read_form().get("spam", ""))
    own = identifier(conversation_id)
    outcome = inbox.find(runtime(), identity(), own) if change is None else change(runtime(), identity(), own)
    return _done(conversation_id, _NO_SPAM if change is None and not isinstance(outcome, Refused) else outcome)


@blueprint.post("/conversations/<conversation_id>/undo")
def undo(conversation_id: str) -> Response:
    """Take back an adoption or a merge of this person's record."""
    allowed(inbox.find(runtime(), identity(), identifier(conversation_id)))
    allowed(records.undo(runtime(), identity(), identifier(read_form().get("entry", ""))))
    return to_conversation(conversation_id)


def _until(form: Mapping[str, str]) -> int | Refused:
    return wake_at(form.get("until", ""), form.get("date", ""), form.get("zone", ""), runtime().clock())


def _done(conversation_id: str, outcome: Case | Refused) -> Response:
    allowed(outcome)
    return to_conversation(conversation_id)
