"""The page of canned replies: what the team writes again and again, by platform."""

from __future__ import annotations

from collections.abc import Mapping

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from whosthere.core.reasons import Reason, Refused
from whosthere.services import canned
from whosthere.services.canned import Wording
from whosthere.storage.canned import CannedReply
from whosthere.web.agent.pages import blueprint, identity, page
from whosthere.web.forms import read_form, text_of
from whosthere.web.problems import STATUS, Problem
from whosthere.web.runtime import runtime
from whosthere.web.wire import identifier

_NEW = ""


@blueprint.get("/replies")
def show_replies() -> str:
    """Show the canned replies of a platform, each in a form of its own."""
    asked = request.args.get("platform", "")
    platform_id = identifier(asked) if asked else next(iter(identity().platform_ids), "")
    return _replies(platform_id)


@blueprint.post("/replies")
def create_reply() -> Response | tuple[str, int]:
    """Add one."""
    form = read_form()
    platform_id = identifier(form.get("platform", ""))
    outcome = canned.create(runtime(), identity(), platform_id, _wording(form))
    return _answer(outcome, platform_id, _NEW, form)


@blueprint.post("/replies/<reply_id>")
def change_reply(reply_id: str) -> Response | tuple[str, int]:
    """Change one, or delete it."""
    form = read_form()
    outcome: CannedReply | Refused | None
    if form.get("do") == "delete":
        outcome = canned.delete(runtime(), identity(), identifier(reply_id))
    else:
        outcome = canned.change(runtime(), identity(), identifier(reply_id), _wording(form))
    return _answer(outcome, identifier(form.get("platform", "")), reply_id, form)


def _wording(form: Mapping[str, str]) -> Wording:
    return Wording(form.get("name", "").strip().removeprefix("/"), text_of(form, "body"))


def _answer(
    outcome: CannedReply | Refused | None, platform_id: str, reply_id: str, form: Mapping[str, str]
) -> Response | tuple[str, int]:
    """Go back to the page; what was refused is still in its form there."""
    if not isinstance(outcome, Refused):
        return redirect(url_for("agent.show_replies", platform=platform_id), 303)
    if outcome.reason is Reason.NOT_FOUND:
        raise Problem(outcome)
    return _replies(platform_id, {reply_id: (_wording(form), outcome)}), STATUS[outcome.reason]


def _replies(platform_id: str, tried: Mapping[str, tuple[Wording, Refused]] | None = None) -> str:
    found = canned.listed(runtime(), identity(), platform_id) if platform_id else []
    if isinstance(found, Refused):
        raise Problem(found)
    return page("agent/replies.html", replies=found, platform_id=platform_id, tried=tried or {})
