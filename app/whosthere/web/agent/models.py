"""Request bodies of the agent API; unknown fields are errors."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from whosthere.core.canned import NAME_PATTERN
from whosthere.core.tags import TAGS_MAX
from whosthere.web.edge import ExactBody
from whosthere.web.fields import ClientMessageId, MessageText, OptionalText, References, Tag


class Reply(ExactBody):
    """A reply: a text, files that were uploaded for this conversation, or both."""

    attachments: References = Field(default_factory=list)
    text: OptionalText = ""
    client_message_id: ClientMessageId


class Type(ExactBody):
    """Whether the agent types at this moment."""

    typing: bool = True


class Write(ExactBody):
    """A note."""

    text: MessageText
    client_message_id: ClientMessageId


class ChangeState(ExactBody):
    """The state a conversation is put into."""

    state: Literal["open", "resolved", "rejected"]


class MarkRead(ExactBody):
    """The newest message the team has read."""

    seq: Annotated[int, Field(ge=0, le=2**53)]


class Assign(ExactBody):
    """Whose the conversation is."""

    agent_id: Annotated[str | None, Field(json_schema_extra={"format": "uuid"})]


class Retag(ExactBody):
    """All tags of the conversation."""

    tags: Annotated[list[Tag], Field(max_length=TAGS_MAX)]


class Snooze(ExactBody):
    """Until when the conversation is out of sight; `null` brings it back."""

    until: Annotated[
        str | None,
        Field(json_schema_extra={"format": "date-time", "description": "Ahead, by 366 days at most (RFC 3339)."}),
    ]


class MarkSpam(ExactBody):
    """Whether the conversation is spam."""

    spam: bool


class Block(ExactBody):
    """Whether the person may not write."""

    blocked: bool


class BePresent(ExactBody):
    """What the agent does at the conversation."""

    activity: Literal["arrived", "viewing", "typing", "left"]


class WriteCannedReply(ExactBody):
    """A canned reply; `{name}` and `{agent}` in its body are filled in when it is used."""

    name: Annotated[str, Field(pattern=f"^{NAME_PATTERN}$", json_schema_extra={"description": "Kept in lower case."})]
    body: MessageText


class NewCannedReply(WriteCannedReply):
    """A canned reply, and whose."""

    platform_id: Annotated[str, Field(json_schema_extra={"format": "uuid"})]


class Undo(ExactBody):
    """That the merge is undone."""

    undone: Literal[True]
