"""The OpenAPI 3.1 document, read off the routes and the models that serve."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

from flask import Flask
from pydantic import TypeAdapter
from werkzeug.routing import Rule

from whosthere import __version__
from whosthere.core.reasons import Reason
from whosthere.web.documented import Documentation, documentation_of
from whosthere.web.problems import STATUS

_EVERYWHERE = (Reason.TEMPORARILY_UNAVAILABLE, Reason.INTERNAL_ERROR)
_REQUEST_ID = {"X-Request-ID": "The `requestId` of errors; the server's log has it too."}
_OF_STATUS = {
    401: {"WWW-Authenticate": "`Bearer` (RFC 6750)."},
    429: {"Retry-After": "Seconds to wait."},
}
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
_NAME_OF_FILE = {
    "name": "Content-Disposition",
    "in": "header",
    "required": True,
    "description": "`attachment; filename*=UTF-8''` and the file's name, percent-encoded (RFC 8187).",
    "schema": {"type": "string"},
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
        "externalDocs": {"description": "The same, to be read.", "url": "docs/api"},
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": _SECURITY},
    }


def _operation(rule: Rule, about: Documentation, schemas: dict[str, Any]) -> dict[str, Any]:
    audience = rule.endpoint.partition(".")[0]
    shapes = _Shapes(audience.removesuffix("_api").capitalize(), schemas)
    operation: dict[str, Any] = {
        "operationId": rule.endpoint,
        "summary": about.summary,
        "tags": [audience],
        "parameters": [
            *_path_parameters(rule),
            *_parameters(about.query, "query"),
            *_parameters(about.headers, "header"),
        ],
        "responses": _responses(about, shapes),
    }
    if about.body is not None:
        schema = shapes.reference(about.body, mode="validation")
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    if about.upload:
        file = {"schema": {"type": "string", "format": "binary"}}
        operation["requestBody"] = {"required": True, "content": dict.fromkeys(about.upload, file)}
        operation["parameters"].append(_NAME_OF_FILE)
    if about.credential is not None:
        operation["security"] = [*([{}] if about.credential_optional else []), {about.credential: []}]
    return operation


def _path_parameters(rule: Rule) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
        for name in sorted(rule.arguments)
    ]


def _parameters(schemas: Mapping[str, Mapping[str, Any]], place: str) -> list[dict[str, Any]]:
    return [{"name": name, "in": place, "schema": dict(schema)} for name, schema in schemas.items()]


def _responses(about: Documentation, shapes: _Shapes) -> dict[str, Any]:
    responses: dict[str, Any] = {}
    for status, shape in about.answers.items():
        responses[str(status)] = {"description": "Done.", "headers": _headers(status)}
        if shape is not None:
            schema = shape if isinstance(shape, dict) else shapes.reference(shape, mode="serialization")
            responses[str(status)]["content"] = {about.media_type: {"schema": schema}}
    by_status: dict[int, list[str]] = {}
    for reason in (*about.refusals, *_EVERYWHERE):
        by_status.setdefault(STATUS[reason], []).append(reason.value)
    for status, codes in sorted(by_status.items()):
        reference = {"schema": {"$ref": "#/components/schemas/Problem"}}
        responses[str(status)] = {
            "description": ", ".join(f"`{code}`" for code in codes),
            "headers": _headers(status),
            "content": {"application/problem+json": reference},
        }
    return responses


def _headers(status: int) -> dict[str, Any]:
    wanted = {**_REQUEST_ID, **_OF_STATUS.get(status, {})}
    return {
        name: {"description": text, "required": True, "schema": {"type": "string"}} for name, text in wanted.items()
    }


class _Shapes:
    """The models of one audience. Two audiences may call different things by one name, so each has a prefix."""

    def __init__(self, prefix: str, schemas: dict[str, Any]) -> None:
        self._prefix = prefix
        self._schemas = schemas

    def reference(self, shape: Any, *, mode: Literal["validation", "serialization"]) -> dict[str, Any]:
        """Put the schema of `shape`, and of what it is made of, among the components; return what points there."""
        template = f"#/components/schemas/{self._prefix}{{model}}"
        schema = TypeAdapter(shape).json_schema(ref_template=template, mode=mode, by_alias=True)
        named = {**schema.pop("$defs", {}), shape.__name__: schema}
        self._schemas.update({self._prefix + name: part for name, part in named.items()})
        return {"$ref": template.format(model=shape.__name__)}
