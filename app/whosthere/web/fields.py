"""Field types that several request models share."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, StringConstraints

from whosthere.core.conversation import refuse_client_message_id, refuse_text
from whosthere.core.reasons import Refused

URL_LENGTH_MAX = 2048


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


Plain = Annotated[str, AfterValidator(_without_nul)]
Cut = Annotated[Plain, AfterValidator(lambda value: value[:URL_LENGTH_MAX])]
MessageText = Annotated[str, _checked(refuse_text)]
ClientMessageId = Annotated[str, _checked(refuse_client_message_id)]
Tag = Annotated[Plain, StringConstraints(min_length=1, max_length=100)]
FieldName = Annotated[Plain, StringConstraints(min_length=1, max_length=100)]
