"""Field types that several request models share."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints, ValidationInfo

from whosthere.core.attachments import PER_MESSAGE_MAX, refuse_references
from whosthere.core.conversation import (
    CLIENT_MESSAGE_ID_LENGTH_MAX,
    TEXT_LENGTH_MAX,
    refuse_client_message_id,
    refuse_text,
)
from whosthere.core.reasons import Refused
from whosthere.web.wire import identifier

URL_LENGTH_MAX = 2048
# Python's white space, which is neither that of ECMA-262 nor that of Unicode, as a class of a regular expression.
WHITE_SPACE = r"\u0009-\u000d\u001c-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_NO_NUL = r"^[^\u0000]*$"
_TEXT = {
    "minLength": 1,
    "maxLength": TEXT_LENGTH_MAX,
    "pattern": rf"^[^\u0000]*[^\u0000{WHITE_SPACE}][^\u0000]*$",
    "description": "Not only white space, no U+0000. Stored as it was sent.",
}
_CLIENT_MESSAGE_ID = {
    "minLength": 1,
    "maxLength": CLIENT_MESSAGE_ID_LENGTH_MAX,
    "pattern": r"^[^\u0000-\u001f\u007f-\u00a0\u00ad\u2028\u2029]*$",
    "description": "Of your choice, printable. The same one with the same text again finds what was stored.",
}


_REFERENCES: dict[str, Any] = {
    "maxItems": PER_MESSAGE_MAX,
    "uniqueItems": True,
    "items": {"type": "string", "format": "uuid"},
}


def _without_nul(value: str) -> str:
    if "\0" in value:
        raise ValueError("cannot hold U+0000")
    return value


def _checked(problem: Any) -> AfterValidator:
    def check(value: str) -> str:
        refused: Refused | None = problem(value)
        if refused is not None:
            raise ValueError(refused.detail)
        return value

    return AfterValidator(check)


def _references(ids: list[str]) -> list[str]:
    refused = refuse_references(ids)
    if refused is not None:
        raise ValueError(refused.detail)
    return [identifier(one) for one in ids]


def _text_or_attachments(value: str, info: ValidationInfo) -> str:
    # Broken ones are no reason to complain about the text, too.
    beside_attachments = "attachments" not in info.data or bool(info.data["attachments"])
    refused = refuse_text(value, beside_attachments=beside_attachments)
    if refused is not None:
        raise ValueError(refused.detail)
    return value


Plain = Annotated[str, AfterValidator(_without_nul), Field(json_schema_extra={"pattern": _NO_NUL})]
Cut = Annotated[Plain, AfterValidator(lambda value: value[:URL_LENGTH_MAX])]
MessageText = Annotated[str, _checked(refuse_text), Field(json_schema_extra=_TEXT)]
OptionalText = Annotated[
    str, AfterValidator(_text_or_attachments), Field(validate_default=True, json_schema_extra=_TEXT | {"minLength": 0})
]
"""The text of a message that may have attachments instead; those are a field of the same model, before this one."""
ClientMessageId = Annotated[str, _checked(refuse_client_message_id), Field(json_schema_extra=_CLIENT_MESSAGE_ID)]
References = Annotated[list[str], AfterValidator(_references), Field(json_schema_extra=_REFERENCES)]
Tag = Annotated[Plain, StringConstraints(min_length=1, max_length=100)]
FieldName = Annotated[str, AfterValidator(_without_nul), StringConstraints(min_length=1, max_length=100)]
