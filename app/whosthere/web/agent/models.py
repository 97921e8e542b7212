"""Request bodies of the agent API; unknown fields are errors."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from whosthere.web.edge import ExactBody
from whosthere.web.fields import ClientMessageId, MessageText, OptionalText, References


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
