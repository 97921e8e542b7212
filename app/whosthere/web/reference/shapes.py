"""JSON schemas in words: the type of a value, its limits, the fields of an object."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

Schema = Mapping[str, Any]

_PATTERN_LENGTH = 60
_REFERENCE = "#/components/schemas/"
_LIMITS = (
    ("minLength", "at least {:,} characters"),
    ("maxLength", "at most {:,} characters"),
    ("minItems", "at least {:,}"),
    ("maxItems", "at most {:,}"),
    ("maxProperties", "at most {:,} keys"),
    ("minimum", "from {:,}"),
    ("exclusiveMinimum", "more than {:,}"),
    ("maximum", "to {:,}"),
)


@dataclass(frozen=True, slots=True)
class Word:
    """A piece of a type: words, or the name of a shape that is described elsewhere on the page."""

    text: str
    shape: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an object, or a parameter.

    Attributes:
        place: `path`, `query` or `header` of a parameter.
    """

    name: str
    type: tuple[Word, ...]
    required: bool
    limits: tuple[str, ...]
    description: str
    place: str = ""


def fields(schema: Schema) -> list[Field]:
    """Return the fields of an object's schema."""
    required = schema.get("required", ())
    return [field(name, about, required=name in required) for name, about in schema.get("properties", {}).items()]


def field(name: str, schema: Schema, *, required: bool, place: str = "") -> Field:
    """Return one field in words."""
    return Field(
        name=name,
        type=tuple(type_of(schema)),
        required=required,
        limits=tuple(_limits(schema)),
        description=str(schema.get("description", "")),
        place=place,
    )


def type_of(schema: Schema) -> Iterator[Word]:
    """Yield the words that name a value's type."""
    if reference := schema.get("$ref"):
        name = str(reference).removeprefix(_REFERENCE)
        yield Word(name, name)
    elif choices := schema.get("anyOf") or schema.get("oneOf"):
        for number, choice in enumerate(choices):
            if number:
                yield Word(" or ")
            yield from type_of(choice)
    elif "enum" in schema or "const" in schema:
        values = schema.get("enum", [schema.get("const")])
        yield Word(" or ".join(f"`{value}`" for value in values))
    elif schema.get("type") == "array":
        yield Word("list of ")
        yield from type_of(schema.get("items", {}))
    elif schema.get("type") == "object" and isinstance(schema.get("additionalProperties"), Mapping):
        yield Word("object of ")
        yield from type_of(schema["additionalProperties"])
    else:
        yield Word(_simple(schema))


def shape_of(schema: Schema) -> str:
    """Return the name of the shape that a schema points to, or nothing."""
    return str(schema.get("$ref", "")).removeprefix(_REFERENCE)


def inline(text: str) -> Markup:
    """Return a text as HTML, what stands between backticks as code; everything else is text."""
    pieces = re.split(r"`([^`]*)`", text)
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if number % 2 else escape(piece) for number, piece in enumerate(pieces)
    )


def _simple(schema: Schema) -> str:
    name = str(schema.get("type", "any value"))
    form = {"uuid": "id", "date-time": "instant", "binary": "bytes"}.get(str(schema.get("format", "")))
    return form or name


def _limits(schema: Schema) -> Iterator[str]:
    for choice in schema.get("anyOf", ()):
        yield from _limits(choice)
    for key, words in _LIMITS:
        if schema.get(key) and not (key == "minLength" and schema[key] == 1):
            yield words.format(schema[key])
    if schema.get("minLength") == 1:
        yield "not empty"
    if schema.get("uniqueItems"):
        yield "each once"
    if len(pattern := str(schema.get("pattern", ""))) and len(pattern) <= _PATTERN_LENGTH:
        yield f"matches `{pattern}`"
    if isinstance(items := schema.get("items"), Mapping):
        yield from (f"each {limit}" for limit in _limits(items))
    if schema.get("default") not in (None, "", [], {}):
        yield f"default `{_json(schema['default'])}`"


def _json(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
