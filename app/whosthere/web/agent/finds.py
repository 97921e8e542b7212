"""The agent API's search, and how what it found looks on the wire."""

from __future__ import annotations

from typing import Annotated

from flask import Response, jsonify, request
from pydantic import WithJsonSchema
from typing_extensions import TypedDict

from whosthere.core.reasons import Reason, Refused
from whosthere.core.words import QUERY_LENGTH_MAX
from whosthere.services import search
from whosthere.services.search import Find, Found
from whosthere.storage.conversations import FIRST_PAGE
from whosthere.storage.search import FIRST_N, Kind
from whosthere.web.agent import answers
from whosthere.web.agent.answers import Author, CaseAnswer, PersonAnswer
from whosthere.web.agent.contract import SIGNED_IN, TOKEN, blueprint, identity, platform
from whosthere.web.documented import documented
from whosthere.web.problems import allowed
from whosthere.web.runtime import runtime
from whosthere.web.shapes import AssuranceName, Id, Instant
from whosthere.web.wire import cursor, instant, read_cursor

KindName = Annotated[str, WithJsonSchema({"type": "string", "enum": [kind.value for kind in Kind]})]
_NO_ID = "00000000-0000-0000-0000-000000000000"


class PieceAnswer(TypedDict):
    text: str
    matched: bool


class FindAnswer(TypedDict):
    kind: KindName
    id: Id
    platformId: Id
    user: PersonAnswer
    conversation: CaseAnswer | None
    seq: int | None
    author: Author | None
    assurance: AssuranceName | None
    excerpt: list[PieceAnswer]
    createdAt: Instant


class FindsAnswer(TypedDict):
    items: list[FindAnswer]
    next: str | None


@blueprint.get("/search")
@documented(
    "Search people, messages and notes, newest first",
    answers={200: FindsAnswer},
    refusals=(*SIGNED_IN, Reason.INVALID_FIELD, Reason.INVALID_CURSOR, Reason.SEARCH_TOO_BROAD),
    query={
        "q": {
            "type": "string",
            "minLength": 1,
            "maxLength": QUERY_LENGTH_MAX,
            "description": "All words have to occur; those of three characters and more find what begins with them.",
        },
        "cursor": {"type": "string"},
        "platformId": {"type": "string", "format": "uuid"},
    },
    credential=TOKEN,
)
def find() -> Response:
    """Return one page of what holds all words of `q`; `excerpt` is text in pieces, some of which match."""
    place = allowed(read_place(request.args.get("cursor")))
    found = allowed(search.look(runtime(), identity(), request.args.get("q", ""), place, platform()))
    return jsonify(finds_answer(found))


def finds_answer(found: Found) -> FindsAnswer:
    """One page of finds."""
    return {"items": [_find_answer(one) for one in found.finds], "next": next_cursor(found)}


def _find_answer(one: Find) -> FindAnswer:
    said, case = one.said, one.case
    of_record = answers.assurance_of(one.user)
    known = case.conversation.assurance if said is not None and case is not None else of_record
    return {
        "kind": one.kind.value,
        "id": one.user.record.id if said is None else said.id,
        "platformId": one.platform_id,
        "user": answers.person(one.user, known),
        "conversation": None if case is None else answers.case_answer(case),
        "seq": None if said is None else said.seq,
        "author": None if said is None else {"kind": said.author_kind, "name": said.author_name},
        "assurance": of_record if said is None else said.assurance,
        "excerpt": [{"text": piece.text, "matched": piece.matched} for piece in one.pieces],
        "createdAt": instant(one.user.created_at if said is None else said.created_at),
    }


def read_place(text: str | None) -> int | Refused:
    """Return the place behind a cursor, the first one without."""
    position = read_cursor(text, FIRST_PAGE)
    if isinstance(position, Refused):
        return position
    return FIRST_N if text is None else position[0]


def next_cursor(found: Found) -> str | None:
    """Return the cursor of the next page, `None` on the last one."""
    return None if found.next is None else cursor(found.next, _NO_ID)
