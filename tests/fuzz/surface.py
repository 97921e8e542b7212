"""The HTTP surface as its OpenAPI document describes it, and people who knock at it."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import schemathesis
from flask import Flask
from schemathesis import APIOperation, Case, Response
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.people import ADA
from tests.shop import ORIGIN, Shop
from tests.team import Colleague
from whosthere.web import agent, server, widget
from whosthere.web.openapi import document

METHODS = ("GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE")
BOOT = "POST /api/v1/widget/boot"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
CONFIG = schemathesis.Config.from_dict(
    {
        "generation": {"with-security-parameters": False},  # whoever knocks brings a credential of their own
    }
)


def described() -> dict[str, Any]:
    """Return the document of the blueprints alone: nothing of an installation is in it."""
    app = Flask("described")
    app.register_blueprint(widget.blueprint)
    app.register_blueprint(agent.api)
    app.register_blueprint(server.blueprint)
    return document(app)


def operations(described: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield the method, the path and the description of every operation."""
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def closed(described: dict[str, Any]) -> dict[str, Any]:
    """Return the document with answers that hold what it says and nothing else; readers have to expect more."""
    strict = deepcopy(described)
    schemas = strict["components"]["schemas"]
    todo = [operation["responses"] for _, _, operation in operations(strict)]
    seen: set[str] = set()
    while todo:
        for name in _references(todo.pop()):
            if name not in seen:
                seen.add(name)
                todo.append(schemas[name])
                if "properties" in schemas[name]:
                    schemas[name]["additionalProperties"] = False
    return strict


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"].rpartition("/")[2]
        for inner in part.values():
            yield from _references(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _references(inner)


@dataclass(frozen=True, slots=True)
class Surface:
    """The application with its document, a shop of this test alone, and who may use it."""

    app: Flask
    shop: Shop
    grace: Colleague
    server_key: str
    schema: schemathesis.BaseSchema

    def operation(self, label: str) -> APIOperation:
        """The operation that is called `METHOD /path`."""
        found = self.schema.find_operation_by_label(label)
        assert found is not None, label
        return found

    def credentials(self) -> dict[str, str]:
        """A credential of each kind that is good now, by the name of its security scheme."""
        visitor = self.shop.visitor(self.app.test_client(), ADA.proven())
        session = visitor.answer["session"]["token"]
        return {"widgetSession": session, "agentToken": self.grace.token, "serverKey": self.server_key}

    def person_id(self) -> str:
        """The record of Ada, who comes back when she was erased."""
        visitor = self.shop.visitor(self.app.test_client(), ADA.proven())
        session = self.shop.runtime.signer.read_session(visitor.answer["session"]["token"])
        assert session is not None
        return session.record_id

    def conversation_id(self) -> str:
        """A conversation of Ada's that is open."""
        visitor = self.shop.visitor(self.app.test_client(), ADA.proven())
        return str(visitor.start(client_message_id=self.shop.runtime.new_id())["conversation"]["id"])

    def ask(self, case: Case, credential: str | None) -> Response:
        """Send a request, with the credential if there is one; the answer has to be as documented."""
        headers = {"Origin": ORIGIN} if "/widget/" in case.path else {}
        if credential is not None:
            headers["Authorization"] = f"Bearer {credential}"
        response = case.call(headers=headers, app=self.app)
        case.validate_response(response, checks=CHECKS)
        return response


def credential_of(operation: dict[str, Any]) -> str | None:
    """Return the security scheme an operation insists on, `None` if it does without."""
    choices = operation.get("security", [{}])
    return None if {} in choices else next(iter(choices[0]))


def answers_endlessly(operation: dict[str, Any]) -> bool:
    """Whether the answer is a stream."""
    return "text/event-stream" in operation["responses"].get("200", {}).get("content", {})


def takes_input(operation: dict[str, Any]) -> bool:
    """Whether there is anything that a request could get wrong."""
    return bool(operation["parameters"]) or "requestBody" in operation
