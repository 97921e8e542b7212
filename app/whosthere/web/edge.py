"""The one strict reading of a request body: size, content type, JSON, then the fields of a model."""

from __future__ import annotations

import json
from typing import Any, NoReturn, TypeVar

from flask import request
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails

from whosthere.core.reasons import Reason, Refused
from whosthere.web.problems import Problem

BODY_BYTES_MAX = 256 * 1024
DEPTH_MAX = 32

_TOO_LARGE = Refused(Reason.PAYLOAD_TOO_LARGE, f"A body has at most {BODY_BYTES_MAX:,} bytes.")

Model = TypeVar("Model", bound="Body")


class Body(BaseModel):
    """Base of request models: camelCase on the wire, no silent conversions, unknown fields ignored."""

    model_config = ConfigDict(strict=True, alias_generator=to_camel, extra="ignore", hide_input_in_errors=True)


class ExactBody(Body):
    """A request model that names an unknown field instead of ignoring it (server and agent API)."""

    model_config = ConfigDict(extra="forbid")


class _Malformed(ValueError):
    pass


def check_size_and_type() -> None:
    """Refuse a body that is too large (413) or not declared as plain JSON (415), before anything else is looked at.

    A body that names its length is not read here; one that comes in chunks is, since its size is known only then.
    """
    length = request.content_length
    if (len(request.get_data()) if length is None else length) > BODY_BYTES_MAX:
        raise Problem(_TOO_LARGE)
    if "HTTP_CONTENT_ENCODING" in request.environ:
        raise Problem(Refused(Reason.UNSUPPORTED_MEDIA_TYPE, "Compressed bodies are not accepted here."))
    if request.mimetype != "application/json":
        raise Problem(Refused(Reason.UNSUPPORTED_MEDIA_TYPE, "Send application/json."))


def read_object() -> dict[str, Any] | Refused:
    """Return the body as a JSON object; refuse anything RFC 8259 leaves to the parser's taste."""
    body = request.get_data()
    if len(body) > BODY_BYTES_MAX:
        return _TOO_LARGE
    try:
        text = body.decode("utf-8")
        _check_depth(text)
        value = _DECODER.decode(text)
        _check_surrogates(text, value)
    except _Malformed as error:
        return Refused(Reason.INVALID_JSON, str(error))
    except (ValueError, RecursionError):
        return Refused(Reason.INVALID_JSON, "The body is not JSON in UTF-8.")
    if not isinstance(value, dict):
        return Refused(Reason.INVALID_JSON, "The body must be a JSON object.")
    return value


def read_body(model: type[Model]) -> Model | Refused:
    """Return the body as `model`, or why it cannot be."""
    value = read_object()
    return value if isinstance(value, Refused) else validate(model, value)


def validate(model: type[Model], value: dict[str, Any]) -> Model | Refused:
    """Return a parsed object as `model`, or the first field that is wrong; never what was sent."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        field = ".".join(str(part) for part in first["loc"])[:200]
        reason = Reason.UNKNOWN_FIELD if first["type"] == "extra_forbidden" else Reason.INVALID_FIELD
        message = _message(first)
        return Refused(reason, f"{message}." if message.startswith(field) else f"{field}: {message}.", field)


def _message(problem: ErrorDetails) -> str:
    """Return what is wrong with a field, without a full stop."""
    if problem["type"] == "union_tag_invalid":  # the one message of pydantic's that would repeat what was sent
        return "The type is not one of those there are"
    return problem["msg"].removeprefix("Value error, ").rstrip(".")


def _check_depth(text: str) -> None:
    """Refuse deep nesting before the parser recurses into it; brackets inside strings do not count."""
    if text.count("[") + text.count("{") <= DEPTH_MAX:
        return
    depth = 0
    inside_string = escaped = False
    for character in text:
        if inside_string:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == '"':
                inside_string = False
        elif character == '"':
            inside_string = True
        elif character in "[{":
            depth += 1
            if depth > DEPTH_MAX:
                raise _Malformed(f"The body is nested deeper than {DEPTH_MAX} levels.")
        elif character in "]}":
            depth -= 1


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Malformed("The body names the same key twice.")
    return found


def _no_constant(name: str) -> NoReturn:
    raise _Malformed(f"{name} is not JSON.")


def _check_surrogates(text: str, value: Any) -> None:
    # Only an escape can bring half a surrogate pair into decoded UTF-8.
    if "\\u" not in text:
        return
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise _Malformed("The body holds half of a surrogate pair.") from None


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_constant)
