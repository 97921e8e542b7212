"""What visitors and agents are shown alike: attachments and ratings."""

from __future__ import annotations

from typing_extensions import TypedDict

from whosthere.storage.conversations import Conversation
from whosthere.storage.messages import Message
from whosthere.web.shapes import Id, Instant
from whosthere.web.wire import instant


class AttachmentAnswer(TypedDict):
    id: Id
    name: str
    mediaType: str
    size: int
    width: int | None
    height: int | None


class RatingAnswer(TypedDict):
    rating: int
    comment: str | None
    ratedAt: Instant


def attachments_answer(message: Message) -> list[AttachmentAnswer]:
    """The files of a message."""
    return [
        {
            "id": shown["id"],
            "name": shown["name"],
            "mediaType": shown["mediaType"],
            "size": shown["size"],
            "width": shown["width"],
            "height": shown["height"],
        }
        for shown in message.attachments or ()
    ]


def rating_answer(conversation: Conversation) -> RatingAnswer | None:
    """What the visitor thinks of a conversation, `None` before they said so."""
    if conversation.rating is None or conversation.rated_at is None:
        return None
    return {
        "rating": conversation.rating,
        "comment": conversation.rating_comment,
        "ratedAt": instant(conversation.rated_at),
    }
