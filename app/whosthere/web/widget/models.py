"""Request bodies of the widget API."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from whosthere.core.conversation import RATING_COMMENT_LENGTH_MAX
from whosthere.web.edge import Body
from whosthere.web.fields import ClientMessageId, Cut, FieldName, OptionalText, Plain, References, Tag


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
    script: Any = None
    language: Any = None
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


class PostMessage(Body):
    """One message: a text, files that were uploaded before, or both."""

    attachments: References = Field(default_factory=list)
    text: OptionalText = ""
    client_message_id: ClientMessageId


class ProofOfWork(Body):
    """What solves the challenge of an answer `proof_of_work_needed`: its members, and the number that was found."""

    algorithm: Annotated[Plain, StringConstraints(max_length=16)]
    challenge: Annotated[Plain, StringConstraints(max_length=128)]
    number: Annotated[int, Field(ge=0, le=2**53)]
    salt: Annotated[Plain, StringConstraints(max_length=256)]
    signature: Annotated[Plain, StringConstraints(max_length=128)]


class StartConversation(PostMessage):
    """The first message of a conversation."""

    tags: Annotated[list[Tag], Field(max_length=50)] = Field(default_factory=list)
    fields: Annotated[dict[FieldName, CustomField], Field(max_length=100)] = Field(default_factory=dict)
    page: Page | None = None
    unless_active: bool = False
    proof_of_work: ProofOfWork | None = None


class MarkRead(Body):
    """The newest message that was read."""

    seq: Annotated[int, Field(ge=0, le=2**53)]


class ChangeState(Body):
    """The state a visitor may put a conversation into."""

    state: Literal["open", "ended"]


class Rate(Body):
    """What a visitor thinks of a conversation."""

    rating: Annotated[int, Field(ge=1, le=5)]
    comment: Annotated[Plain, StringConstraints(max_length=RATING_COMMENT_LENGTH_MAX)] | None = None


class Type(Body):
    """Whether the visitor types at this moment."""

    typing: bool = True


class LeaveContact(Body):
    """What a visitor tells about themselves in the chat."""

    name: Plain | None = None
    email: Plain | None = None


class AnswerOffer(Body):
    """What a visitor says to the offer of their anonymous history."""

    anonymous_token: str
    accept: bool
