"""Request bodies of the widget API."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints

from whosthere.core.conversation import refuse_client_message_id, refuse_text
from whosthere.core.reasons import Refused
from whosthere.web.edge import Body

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


class Page(Body):
    """Where the visitor is; shown to agents."""

    url: Cut | None = None
    title: Cut | None = None
    referrer: Cut | None = None
    language: Annotated[Plain, StringConstraints(max_length=35)] | None = None


class Boot(Body):
    """The identity part of the page's config. Identifiers and proofs keep their JSON types for the rules to judge."""

    platform_id: str
    user_id: Any = None
    user_email: Any = None
    user_name: Any = None
    user_auth_token: Any = None
    identity_token: Any = None
    full_privacy: Any = None
    clear_anonymous_user_on_login: Any = None
    anonymous_token: Any = None
    anonymous_tab_token: Any = None
    reset: Any = None
    page: Page | None = None


class SingleLine(Body):
    """A custom field of one line."""

    type: Literal["singleline"]
    value: Annotated[Plain, StringConstraints(max_length=255)]


class MultiLine(Body):
    """A custom field of several lines."""

    type: Literal["multiline"]
    value: Annotated[Plain, StringConstraints(max_length=100_000)]


class Number(Body):
    """A custom field that holds a number, as text."""

    type: Literal["number"]
    value: Annotated[str, StringConstraints(pattern=r"^-?[0-9]{1,30}(\.[0-9]{1,30})?$")]


class Dropdown(Body):
    """A custom field that holds one of several choices."""

    type: Literal["dropdown"]
    value: Annotated[Plain, StringConstraints(max_length=255)]


class Date(Body):
    """A custom field that holds an instant, epoch milliseconds."""

    type: Literal["date"]
    value: Annotated[int, Field(ge=-(10**15), le=10**15)]


class Checkbox(Body):
    """A custom field that is on or off."""

    type: Literal["checkbox"]
    value: bool


CustomField = Annotated[SingleLine | MultiLine | Number | Dropdown | Date | Checkbox, Field(discriminator="type")]


class StartConversation(Body):
    """The first message of a conversation."""

    text: MessageText
    client_message_id: ClientMessageId
    tags: Annotated[list[Tag], Field(max_length=50)] = Field(default_factory=list)
    fields: Annotated[dict[FieldName, CustomField], Field(max_length=100)] = Field(default_factory=dict)
    page: Page | None = None


class PostMessage(Body):
    """One message."""

    text: MessageText
    client_message_id: ClientMessageId


class MarkRead(Body):
    """The newest message that was read."""

    seq: Annotated[int, Field(ge=0, le=2**53)]


class ChangeState(Body):
    """The state a visitor may put a conversation into."""

    state: Literal["open"]
