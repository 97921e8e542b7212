"""What pages send, and what their visitors find."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient

from tests.people import SECRET, base64_token
from tests.shop import Shop, Visitor


def verified(user_id: str | None = None, email: str | None = None, **more: Any) -> dict[str, Any]:
    """A config that a `standard` key proves."""
    signed = base64_token(SECRET, f"{user_id or ''}\n{email or ''}")
    return {"userId": user_id, "userEmail": email, "userAuthToken": signed, **more}


def claimed(user_id: str | None = None, email: str | None = None, **more: Any) -> dict[str, Any]:
    """A config without a proof."""
    return {"userId": user_id, "userEmail": email, **more}


def words(visitor: Visitor) -> set[str]:
    """What the visitor finds in its conversations."""
    return {item["lastMessage"]["body"] for item in visitor.get("/conversations").json["items"]}


def come(shop: Shop, client: FlaskClient, config: dict[str, Any], say: str | None = None) -> Visitor:
    visitor = shop.visitor(client, config)
    if say is not None:
        visitor.start(say, say)
    return visitor
