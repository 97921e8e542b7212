"""`/healthz`, `/readyz`, `/openapi.json`."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify

from whosthere.storage import migrate
from whosthere.storage.errors import Unavailable
from whosthere.web.openapi import document
from whosthere.web.runtime import runtime

blueprint = Blueprint("ops", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return jsonify({"status": "ok"})


@blueprint.get("/readyz")
def readyz() -> tuple[Response, int]:
    """The process can serve: the database answers and takes writes, its schema is at head, wake-ups arrive."""
    checks = {"database": False, "schema": False, "bus": runtime().hub.bus_healthy()}
    try:
        checks["schema"] = migrate.status(runtime().database).at_head
        runtime().database.check_writing()
        checks["database"] = True
    except Unavailable:
        pass  # the answer says so
    ready = all(checks.values())
    return jsonify({"status": "ready" if ready else "not ready", "checks": checks}), 200 if ready else 503


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """The API as OpenAPI 3.1."""
    return jsonify(document(current_app))
