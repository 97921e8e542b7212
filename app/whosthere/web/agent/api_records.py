"""The agent API's calls about merged records."""

from __future__ import annotations

from flask import Response, jsonify

from whosthere.core.reasons import Reason
from whosthere.services import records
from whosthere.web.agent import models
from whosthere.web.agent import team_answers as answers
from whosthere.web.agent.contract import ONE, TOKEN, WRITING, blueprint, identity
from whosthere.web.documented import documented
from whosthere.web.edge import read_body
from whosthere.web.problems import allowed
from whosthere.web.runtime import runtime
from whosthere.web.wire import identifier


@blueprint.get("/users/<user_id>/ledger")
@documented(
    "List what was merged into a person's record, newest first",
    answers={200: answers.LedgerAnswer},
    refusals=ONE,
    credential=TOKEN,
)
def list_ledger(user_id: str) -> Response:
    """Return the adoptions and merges of one person."""
    found = allowed(records.ledger_of(runtime(), identity(), identifier(user_id)))
    return jsonify({"items": [answers.entry_answer(entry) for entry in found]})


@blueprint.put("/ledger/<entry_id>/undone")
@documented(
    "Undo a merge",
    body=models.Undo,
    answers={200: answers.EntryAnswer},
    refusals=(*WRITING, Reason.FORBIDDEN, Reason.UNDO_NOT_POSSIBLE),
    credential=TOKEN,
)
def undo_merge(entry_id: str) -> Response:
    """Take two histories apart again; for admins and owners of the platform."""
    own = identifier(entry_id)
    allowed(records.entry_of(runtime(), identity(), own))  # what is not there comes before what is wrong
    allowed(read_body(models.Undo))
    return jsonify(answers.entry_answer(allowed(records.undo(runtime(), identity(), own))))
