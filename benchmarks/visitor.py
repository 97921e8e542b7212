"""The requests of one visitor's browser, as the load sends them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from benchmarks import baseline
from benchmarks.load import NUMBER, Request, fetch, request
from benchmarks.seed import Seeded
from tests.people import ADA, SECRET
from tests.shop import ORIGIN, WIDGET

TRIVIAL = Request(request("GET", baseline.PATH))
PAGE = {"url": f"{ORIGIN}/orders/7", "title": "Your order", "referrer": f"{ORIGIN}/", "language": "en"}


@dataclass(frozen=True, slots=True)
class Visitor:
    """Ada with a session, looking at her newest conversation.

    Attributes:
        boot, listing, poll, post: her calls; the poll finds nothing new, every post is a new message.
        stream: opens a live stream.
    """

    boot: Request
    listing: Request
    poll: Request
    post: Request
    stream: bytes


def arrive(port: int, seeded: Seeded) -> Visitor:
    """Boot as Ada, who is known, and prepare her calls."""
    boot = _send("POST", "/boot", {"platformId": seeded.platform_id, "page": PAGE, **ADA.proven(SECRET)})
    answer = json.loads(fetch(port, boot))
    newest = answer["conversation"]
    here = f"/conversations/{newest['id']}/messages"
    bearer = f"Bearer {answer['session']['token']}"
    return Visitor(
        boot=Request(boot),
        listing=Request(_send("GET", "/conversations", Authorization=bearer)),
        poll=Request(_send("GET", f"{here}?after={newest['lastSeq']}", Authorization=bearer)),
        post=Request(_post(newest["id"], bearer), numbered=True),
        stream=_send("GET", "/stream", Authorization=bearer),
    )


def crowd(port: int, seeded: Seeded, count: int) -> Request:
    """Let anonymous visitors start a conversation each, and return their posts: a connection is a visitor."""
    posts = []
    for number in range(count):
        answer = json.loads(fetch(port, _send("POST", "/boot", {"platformId": seeded.platform_id, "page": PAGE})))
        bearer = f"Bearer {answer['session']['token']}"
        first = {"text": "Hello?", "clientMessageId": f"first-{number}"}
        started = json.loads(fetch(port, _send("POST", "/conversations", first, Authorization=bearer)))
        posts.append(_post(started["conversation"]["id"], bearer))
    return Request(posts[0], numbered=True, others=tuple(posts[1:]))


def listeners(port: int, seeded: Seeded, count: int) -> list[bytes]:
    """Let anonymous visitors come, and return what opens the live stream of each."""
    boot = _send("POST", "/boot", {"platformId": seeded.platform_id, "page": PAGE})
    answers = [json.loads(fetch(port, boot)) for _ in range(count)]
    return [_send("GET", "/stream", Authorization=f"Bearer {answer['session']['token']}") for answer in answers]


def _post(conversation_id: str, bearer: str) -> bytes:
    message = {"text": "And now? I am still waiting for an answer.", "clientMessageId": f"load-{NUMBER.decode()}"}
    return _send("POST", f"/conversations/{conversation_id}/messages", message, Authorization=bearer)


def _send(method: str, path: str, body: dict[str, Any] | None = None, **headers: str) -> bytes:
    text = None if body is None else json.dumps(body)
    return request(method, f"{WIDGET}{path}", body=text, Origin=ORIGIN, **headers)
