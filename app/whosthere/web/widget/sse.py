"""Server-sent events (WHATWG HTML, "Server-sent events") over a visitor's stream."""

from __future__ import annotations

import json
from collections.abc import Iterator

from flask import Response

from whosthere.services.streams import Event, Stream
from whosthere.storage.messages import Message
from whosthere.web.widget.answers import message_answer
from whosthere.web.wire import typing_event


def event_stream(stream: Stream) -> Response:
    """Return the answer that sends a stream's events and gives its place back in the end."""
    response = Response(_lines(stream), mimetype="text/event-stream")
    response.headers["X-Accel-Buffering"] = "no"  # nginx would hold events back until its buffer is full
    response.call_on_close(stream.close)
    return response


def _lines(stream: Stream) -> Iterator[str]:
    first = True
    for event in stream.events():
        yield _event(event, first=first)
        first = False


def _event(event: Event, *, first: bool) -> str:
    if event.typing is not None:
        return typing_event(event.typing)
    if event.seen is not None:
        seen = {"conversationId": event.seen.conversation_id, "agentReadSeq": event.seen.agent_read_seq}
        return f"event: read\ndata: {json.dumps(seen)}\n\n"
    if event.changed is not None:
        return f"event: changed\ndata: {_said(event.changed)}\n\n"
    if event.message is None:
        # The first one tells the client where it stands: what it reads after this, it cannot miss.
        return f"id: {event.cursor}\nevent: ready\ndata: {{}}\n\n" if first else ": keep-alive\n\n"
    return f"id: {event.cursor}\nevent: message\ndata: {_said(event.message)}\n\n"


def _said(message: Message) -> str:
    data = {"conversationId": message.conversation_id, "seq": message.seq, "message": message_answer(message)}
    return json.dumps(data)
