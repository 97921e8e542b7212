"""Where an agent is signed in, and out again from afar."""

from __future__ import annotations

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from whosthere.core.browsers import in_words
from whosthere.core.reasons import Refused
from whosthere.services import agent_sessions
from whosthere.web.agent.pages import blueprint, identity, page
from whosthere.web.problems import Problem
from whosthere.web.runtime import runtime
from whosthere.web.wire import identifier


@blueprint.get("/sessions")
def show_sessions() -> str:
    """List the agent's browsers."""
    found = agent_sessions.listed(runtime(), identity())
    return page(
        "agent/account/sessions.html",
        sessions=found,
        own=identity().session_id,
        in_words=in_words,
        ended=request.args.get("ended"),
    )


@blueprint.post("/sessions/<session_id>/end")
def end_session(session_id: str) -> Response:
    """Sign one of them out."""
    refused = agent_sessions.revoke(runtime(), identity(), identifier(session_id))
    if isinstance(refused, Refused):
        raise Problem(refused)
    return redirect(url_for("agent.show_sessions", ended=1), 303)


@blueprint.post("/sessions/others/end")
def end_other_sessions() -> Response:
    """Sign all of them out but this one."""
    agent_sessions.revoke_others(runtime(), identity())
    return redirect(url_for("agent.show_sessions", ended=1), 303)
