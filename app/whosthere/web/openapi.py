"""The OpenAPI 3.1 document, read off the routes and the models that serve."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask
from pydantic import TypeAdapter
from werkzeug.routing import Rule

from whosthere import __version__
from whosthere.core.reasons import Reason
from whosthere.web.documented import Documentation, documentation_of
from whosthere.web.problems import STATUS

_REFS = "#/components/schemas/{model}"
_EVERYWHERE = (Reason.TEMPORARILY_UNAVAILABLE,)
_PROBLEM = {
    "type": "object",
    "description": "A problem document (RFC 9457).",
    "required": ["type", "title", "status", "code", "detail", "requestId"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "enum": sorted(reason.value for reason in STATUS)},
        "detail": {"type": "string"},
        "message": {"type": "string"},
        "field": {"type": "string"},
        "requestId": {"type": "string"},
    },
}
_SECURITY = {
    "widgetSession": {"type": "http", "scheme": "bearer", "description": "The session a boot answered with."},
    "agentToken": {"type": "http", "scheme": "bearer", "description": "A personal access token of an agent."},
    "serverKey": {"type": "http", "scheme": "bearer", "description": "A server API key of a platform."},
}


def document(app: Flask) -> dict[str, Any]:
    """Return the whole document."""
    schemas: dict[str, Any] = {"Problem": _PROBLEM}
    paths: dict[str, dict[str, Any]] = {}
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        about = documentation_of(app.view_functions[rule.endpoint])
        if about is None:
            continue
        path = re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            paths.setdefault(path, {})[method.lower()] = _operation(rule, about, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Whosthere", "version": __version__},
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": _SECURITY},
    }


def _operation(rule: Rule, about: Documentation, schemas: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": rule.endpoint,
        "summary": about.summary,
        "tags": [rule.endpoint.partition(".")[0]],
        "parameters": [*_path_parameters(rule), *_query_parameters(about)],
        "responses": _responses(about, schemas),
    }
    if about.body is not None:
        schema = _schema(about.body, schemas, mode="validation")
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    if about.credential is not None:
        operation["security"] = [{about.credential: []}]
    return operation


def _path_parameters(rule: Rule) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
        for name in sorted(rule.arguments)
    ]


def _query_parameters(about: Documentation) -> list[dict[str, Any]]:
    return [{"name": name, "in": "query", "schema": dict(schema)} for name, schema in about.query.items()]


def _responses(about: Documentation, schemas: dict[str, Any]) -> dict[str, Any]:
    responses: dict[str, Any] = {}
    for status, shape in about.answers.items():
        responses[str(status)] = {"description": "Done."}
        if shape is not None:
            schema = shape if isinstance(shape, dict) else _schema(shape, schemas, mode="serialization")
            responses[str(status)]["content"] = {about.media_type: {"schema": schema}}
    by_status: dict[int, list[str]] = {}
    for reason in (*about.refusals, *_EVERYWHERE):
        by_status.setdefault(STATUS[reason], []).append(reason.value)
    for status, codes in sorted(by_status.items()):
        reference = {"schema": {"$ref": "#/components/schemas/Problem"}}
        responses[str(status)] = {
            "description": ", ".join(f"`{code}`" for code in codes),
            "content": {"application/problem+json": reference},
        }
    return responses


def _schema(shape: Any, schemas: dict[str, Any], *, mode: Any) -> dict[str, Any]:
    schema = TypeAdapter(shape).json_schema(ref_template=_REFS, mode=mode, by_alias=True)
    schemas.update(schema.pop("$defs", {}))
    name = schema.get("title", getattr(shape, "__name__", "Answer"))
    schemas[name] = schema
    return {"$ref": _REFS.format(model=name)}
