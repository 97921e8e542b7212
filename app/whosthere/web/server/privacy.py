"""The server API's calls about a person's data: export it, fetch its files, erase it."""

from __future__ import annotations

from flask import Response, jsonify, request

from whosthere.services import dossier, erasure, export, people
from whosthere.web.documented import documented
from whosthere.web.files import deliver
from whosthere.web.problems import allowed
from whosthere.web.runtime import runtime
from whosthere.web.server import answers
from whosthere.web.server.contract import KEY, ONE, actor, backend, blueprint
from whosthere.web.wire import identifier

TRANSACTIONS_MAX = 40
"""How many transactions of an erasure one request does; the next one goes on, or a purge."""


@blueprint.get("/users/<user_id>/export")
@documented(
    "Export everything that is known of a person",
    answers={200: answers.ExportAnswer},
    refusals=ONE,
    credential=KEY,
)
def export_user(user_id: str) -> Response:
    """Send one JSON document, piece by piece. If the person is erased meanwhile, the connection breaks off."""
    platform_id, record_id = backend().platform_id, identifier(user_id)
    if request.method == "HEAD":  # nothing leaves, so the audit log has nothing to tell
        allowed(people.find(runtime(), platform_id, record_id))
        return Response(mimetype="application/json")
    begun = allowed(export.begin(runtime(), platform_id, record_id, actor=actor()))
    return Response((piece.encode() for piece in dossier.pieces(begun)), mimetype="application/json")


@blueprint.get("/users/<user_id>/attachments/<attachment_id>")
@documented(
    "Fetch a file of a person's conversations",
    answers={200: {"type": "string", "format": "binary"}},
    refusals=ONE,
    credential=KEY,
    media_type="application/octet-stream",
)
def fetch_attachment(user_id: str, attachment_id: str) -> Response:
    """Send one of the files that the export names."""
    own = (backend().platform_id, identifier(user_id), identifier(attachment_id))
    return deliver(allowed(people.open_attachment(runtime(), *own)))


@blueprint.delete("/users/<user_id>")
@documented(
    "Erase a person",
    answers={200: answers.ErasureAnswer, 202: answers.ErasureAnswer},
    refusals=ONE,
    credential=KEY,
)
def erase_user(user_id: str) -> tuple[Response, int]:
    """Erase a person for good. From the answer on nobody is let in as them; 202 says that emptying still goes on."""
    record_id = identifier(user_id)
    platform_id = backend().platform_id
    done = allowed(erasure.erase(runtime(), platform_id, record_id, actor=actor(), batches_max=TRANSACTIONS_MAX))
    return jsonify(answers.erasure_answer(record_id, done)), 200 if done.finished else 202
