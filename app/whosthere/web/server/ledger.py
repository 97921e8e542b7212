"""The server API's calls about merged records."""

from __future__ import annotations

from flask import Response, jsonify, request

from whosthere.core.reasons import Reason
from whosthere.services import records
from whosthere.storage.conversations import FIRST_PAGE
from whosthere.web.documented import documented
from whosthere.web.edge import read_body
from whosthere.web.problems import allowed
from whosthere.web.runtime import runtime
from whosthere.web.server import answers, models
from whosthere.web.server.contract import ADMITTED, KEY, WRITING, actor, backend, blueprint
from whosthere.web.wire import cursor, identifier, read_cursor

PAGE_SIZE = 50


@blueprint.get("/ledger")
@documented(
    "List what was merged on the platform, newest first",
    answers={200: answers.LedgerAnswer},
    refusals=(*ADMITTED, Reason.INVALID_CURSOR),
    query={"cursor": {"type": "string"}},
    credential=KEY,
)
def list_ledger() -> Response:
    """Return one page of adoptions and added histories."""
    _, before_id = allowed(read_cursor(request.args.get("cursor"), FIRST_PAGE))
    found = records.merges(runtime(), backend().platform_id, before_id, PAGE_SIZE + 1)
    items = found[:PAGE_SIZE]
    following = cursor(items[-1].created_at, items[-1].id) if len(found) > PAGE_SIZE else None
    return jsonify({"items": [answers.entry_answer(entry) for entry in items], "next": following})


@blueprint.post("/ledger/<entry_id>/undo")
@documented(
    "Undo a merge",
    body=models.Nothing,
    answers={200: answers.EntryAnswer},
    refusals=(*WRITING, Reason.NOT_FOUND, Reason.UNDO_NOT_POSSIBLE),
    credential=KEY,
)
def undo_merge(entry_id: str) -> Response:
    """Take two histories apart again; one that is undone already stays so."""
    own = identifier(entry_id)
    allowed(records.merge(runtime(), backend().platform_id, own))  # what is not there comes before what is wrong
    allowed(read_body(models.Nothing))
    return jsonify(answers.entry_answer(allowed(records.undo_on(runtime(), backend().platform_id, own, actor=actor()))))
