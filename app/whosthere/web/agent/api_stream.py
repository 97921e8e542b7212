"""The agent API's live stream."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from flask import Response

from whosthere.core.reasons import Reason
from whosthere.services import agent_sessions, inbox_streams, personal_tokens
from whosthere.services.agents import Identity
from whosthere.services.inbox_streams import InboxStream
from whosthere.services.presence import Presence
from whosthere.web.agent import answers
from whosthere.web.agent.contract import SIGNED_IN, TOKEN, blueprint, identity
from whosthere.web.documented import documented
from whosthere.web.problems import allowed
from whosthere.web.runtime import runtime
from whosthere.web.signed_in import bearer, cookie_token
from whosthere.web.wire import typing_event


@blueprint.get("/stream")
@documented(
    "Learn which conversations change (server-sent events)",
    answers={200: {"type": "string"}},
    refusals=(*SIGNED_IN, Reason.STREAMS_UNAVAILABLE),
    credential=TOKEN,
    media_type="text/event-stream",
)
def stream() -> Response:
    """Open the agent's stream. Each event names the conversations that changed, as items of the list."""
    token, cookie, parts = bearer(), cookie_token(), runtime()

    def still() -> Identity | None:
        if token is not None:
            return personal_tokens.by_token(parts, token)
        return None if cookie is None else agent_sessions.by_cookie(parts, cookie, active=False)

    opened = allowed(inbox_streams.open_stream(parts, identity()))
    response = Response(_lines(opened, still), mimetype="text/event-stream")
    response.headers["X-Accel-Buffering"] = "no"
    response.call_on_close(opened.close)
    return response


def _lines(stream: InboxStream, still: inbox_streams.Still) -> Iterator[str]:
    for news in stream.events(still):
        lines = [typing_event(typing) for typing in news.typing]
        lines += [_presence_event(one) for one in news.present]
        lines += [_event("mention", {"conversationId": one}) for one in news.called]
        if news.changed:
            lines.append(_event("changed", [answers.case_answer(case) for case in news.changed]))
        yield "".join(lines) or ": keep-alive\n\n"


def _presence_event(presence: Presence) -> str:
    data = {
        "conversationId": presence.conversation_id,
        "agent": {"id": presence.agent.id, "name": presence.agent.name},
        "activity": presence.activity.value,
        "expiresInSeconds": presence.activity.expires_seconds,
    }
    return _event("presence", data)


def _event(name: str, data: Any) -> str:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n"
