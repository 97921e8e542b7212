"""The server API's calls about who somebody is: identify, look up, end sessions, track."""

from __future__ import annotations

from urllib.parse import unquote_to_bytes

from flask import Response, jsonify, request

from whosthere.core.identifiers import read_name, user_id_advice
from whosthere.core.reasons import Reason, Refused
from whosthere.services import events, people
from whosthere.services.identify import Named, identify
from whosthere.services.people import Wanted
from whosthere.web.documented import documented
from whosthere.web.edge import read_body
from whosthere.web.problems import allowed
from whosthere.web.runtime import runtime
from whosthere.web.server import answers, models
from whosthere.web.server.contract import ADMITTED, KEY, ONE, WRITING, actor, backend, blueprint
from whosthere.web.wire import identifier

_QUERY_LENGTH_MAX = 750
_TEXT = {"type": "string", "minLength": 1, "maxLength": _QUERY_LENGTH_MAX}
_NOBODY = Refused(Reason.INVALID_FIELD, "Give a userId, a userEmail, or both.", "userId")
_ONE_OF = Refused(Reason.INVALID_FIELD, "Ask for exactly one of userId, userEmail and id.", "userId")
_NOT_UTF8 = Refused(Reason.INVALID_FIELD, "The query is not percent-encoded UTF-8.", "userId")


@blueprint.put("/users")
@documented(
    "Say who somebody is",
    body=models.Identify,
    answers={200: answers.IdentifiedAnswer, 201: answers.IdentifiedAnswer},
    refusals=(*WRITING, Reason.NOT_FOUND),
    credential=KEY,
)
def identify_user() -> tuple[Response, int]:
    """Find or make a person's record. What is given counts as proven."""
    body = allowed(read_body(models.Identify))
    name, notices = read_name(body.user_name)
    named = Named(body.user_id or None, body.user_email or None, name)
    if named.user_id is None and named.email is None:
        allowed(_NOBODY)
    identified = allowed(identify(runtime(), backend().platform_id, named, actor=actor()))
    warnings = (*notices, *user_id_advice(body.user_id or ""), *identified.warnings)
    return jsonify(answers.identified_answer(identified.user, warnings)), 201 if identified.created else 200


@blueprint.get("/users")
@documented(
    "Look people up by exactly one identifier",
    answers={200: answers.UsersAnswer},
    refusals=(*ADMITTED, Reason.INVALID_FIELD),
    query={"userId": _TEXT, "userEmail": _TEXT, "id": {"type": "string", "format": "uuid"}},
    credential=KEY,
)
def look_up_users() -> Response:
    """Return who goes by the identifier; several people may go by one email."""
    found = people.look_up(runtime(), backend().platform_id, allowed(_wanted()))
    return jsonify({"items": [answers.user_answer(user) for user in found]})


@blueprint.get("/users/<user_id>")
@documented("Look at one person", answers={200: answers.UserAnswer}, refusals=ONE, credential=KEY)
def show_user(user_id: str) -> Response:
    """Return one person."""
    return jsonify(answers.user_answer(allowed(people.find(runtime(), backend().platform_id, identifier(user_id)))))


@blueprint.post("/users/<user_id>/sessions/end")
@documented(
    "End a person's sessions everywhere",
    body=models.Nothing,
    answers={204: None},
    refusals=(*WRITING, Reason.NOT_FOUND),
    credential=KEY,
)
def end_sessions(user_id: str) -> Response:
    """End them from the next request on, open streams within 5 seconds."""
    record_id = identifier(user_id)
    allowed(people.find(runtime(), backend().platform_id, record_id))
    allowed(read_body(models.Nothing))
    refused = people.end_sessions(runtime(), backend().platform_id, record_id, actor=actor())
    if refused is not None:
        allowed(refused)
    return Response(status=204)


@blueprint.post("/users/<user_id>/events")
@documented(
    "Tell agents what a person did",
    body=models.Track,
    answers={204: None},
    refusals=(*WRITING, Reason.NOT_FOUND),
    credential=KEY,
)
def track_event(user_id: str) -> Response:
    """Keep one event; of each person the newest 20 stay."""
    platform_id, record_id = backend().platform_id, identifier(user_id)
    allowed(people.find(runtime(), platform_id, record_id))
    body = allowed(read_body(models.Track))
    refused = events.track(runtime(), platform_id, record_id, body.event, body.properties or {})
    if refused is not None:
        allowed(refused)
    return Response(status=204)


def _wanted() -> Wanted | Refused:
    if not _is_utf8(request.query_string):
        return _NOT_UTF8
    given = {name: value for name, value in request.args.items() if name in ("userId", "userEmail", "id")}
    if len(given) != 1 or len(request.args.getlist(next(iter(given)))) != 1:
        return _ONE_OF
    (name, value) = next(iter(given.items()))
    if not 1 <= len(value) <= _QUERY_LENGTH_MAX or "\0" in value:
        return Refused(Reason.INVALID_FIELD, f"{name} has 1 to {_QUERY_LENGTH_MAX} characters.", name)
    if name == "id":
        return Wanted(id=identifier(value))
    return Wanted(user_id=value) if name == "userId" else Wanted(email=value)


def _is_utf8(query: bytes) -> bool:
    """Whether every parameter arrives as it was meant: of half a character its spelling would be looked for."""
    try:
        unquote_to_bytes(query).decode()
    except UnicodeDecodeError:
        return False
    return True
