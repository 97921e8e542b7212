"""What stands on the reference page, read off the OpenAPI document."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from whosthere.web.reference.codes import Code
from whosthere.web.reference.shapes import Field, Schema, Word, field, fields, shape_of, type_of

# The audiences by the tags of their operations, in the order of the page.
_AUDIENCES = {
    "widget": ("Widget API", "What the panel on a website speaks, for one visitor."),
    "agent_api": ("Agent API", "Everything the inbox does, for programs of the support team."),
    "server_api": ("Server API", "What the website’s own server asks for about its users."),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """A success: its status, and the shape of its body."""

    status: str
    type: tuple[Word, ...]
    media_type: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """A status with the codes it comes with."""

    status: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """One call."""

    anchor: str
    method: str
    path: str
    summary: str
    credentials: str
    parameters: tuple[Field, ...]
    body: tuple[Field, ...]
    body_note: str
    answers: tuple[Answer, ...]
    refusals: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """An object that requests or answers are made of."""

    name: str
    description: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Audience:
    """The operations of one kind of client, and the shapes they share."""

    anchor: str
    title: str
    text: str
    operations: tuple[Operation, ...]
    shapes: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class Content:
    """The whole page."""

    version: str
    audiences: tuple[Audience, ...]
    problem: tuple[Field, ...]
    codes: Sequence[Code]


def content(document: Mapping[str, Any], codes: Sequence[Code]) -> Content:
    """Return what the document says, grouped by audience."""
    schemas = document["components"]["schemas"]
    found: dict[str, list[Operation]] = {tag: [] for tag in _AUDIENCES}
    for path, methods in document["paths"].items():
        for method, about in methods.items():
            found.setdefault(about["tags"][0], []).append(_operation(method, path, about, document["components"]))
    return Content(
        version=document["info"]["version"],
        audiences=tuple(_audience(tag, operations, schemas) for tag, operations in found.items() if operations),
        problem=tuple(fields({**schemas["Problem"], "properties": _without_codes(schemas["Problem"]["properties"])})),
        codes=codes,
    )


def _without_codes(properties: Mapping[str, Schema]) -> dict[str, Schema]:
    """Return the fields of a problem, without the list of all codes: it stands below in words."""
    return {**properties, "code": {"type": "string"}}


def _audience(tag: str, operations: list[Operation], schemas: Mapping[str, Schema]) -> Audience:
    title, text = _AUDIENCES.get(tag, (tag, ""))
    prefix = tag.removesuffix("_api").capitalize()
    shapes = [
        Shape(name, str(schema.get("description", "")), tuple(fields(schema)))
        for name, schema in sorted(schemas.items())
        if name.startswith(prefix)
    ]
    return Audience(tag, title, text, tuple(operations), tuple(shapes))


def _operation(method: str, path: str, about: Mapping[str, Any], components: Mapping[str, Any]) -> Operation:
    body, note = _body(about.get("requestBody"), components["schemas"])
    return Operation(
        anchor=about["operationId"].replace(".", "-"),
        method=method.upper(),
        path=path,
        summary=about["summary"],
        credentials=_credentials(about.get("security", []), components["securitySchemes"]),
        parameters=tuple(_parameter(one) for one in about["parameters"]),
        body=tuple(body),
        body_note=note,
        answers=tuple(_answers(about["responses"])),
        refusals=tuple(_refusals(about["responses"])),
    )


def _parameter(about: Mapping[str, Any]) -> Field:
    schema = {**about["schema"], **({"description": about["description"]} if "description" in about else {})}
    return field(about["name"], schema, required=about.get("required", False), place=about["in"])


def _body(about: Mapping[str, Any] | None, schemas: Mapping[str, Schema]) -> tuple[list[Field], str]:
    if about is None:
        return [], ""
    media_types = about["content"]
    if "application/json" not in media_types:
        return [], "The file itself: " + ", ".join(f"`{name}`" for name in media_types) + "."
    schema = schemas[shape_of(media_types["application/json"]["schema"])]
    return fields(schema), str(schema.get("description", ""))


def _credentials(security: Sequence[Mapping[str, Any]], schemes: Mapping[str, Any]) -> str:
    if not security:
        return "None."
    told = " ".join(schemes[name]["description"] for choice in security for name in choice)
    return f"{told} `Authorization: Bearer …`" + (" May be left out." if {} in security else "")


def _answers(responses: Mapping[str, Any]) -> Iterator[Answer]:
    for status, about in responses.items():
        if status.startswith("2"):
            media_type, shape = next(iter(about.get("content", {}).items()), ("", {"schema": {}}))
            words = tuple(type_of(shape["schema"])) if media_type == "application/json" else ()
            yield Answer(status, words, media_type)


def _refusals(responses: Mapping[str, Any]) -> Iterator[Refusal]:
    for status, about in responses.items():
        if not status.startswith("2"):
            yield Refusal(status, tuple(re.findall(r"`([a-z_]+)`", about["description"])))
