"""The demo shop: somebody's website, with the chat embedded the way any website would do it."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field

from flask import Flask, Response, make_response, render_template

from whosthere.assets import static_dir, templates_dir
from whosthere.cli.demo.visitors import VISITORS, Visitor
from whosthere.core.signing import user_auth_token  # a site writes: from whosthere import user_auth_token

MALLORYS_SECRET = "a secret that Mallory made up, since she does not know the shop's"  # noqa: S105

GOODS = (
    ("lantern", "Storm lantern", "€ 48.00"),
    ("rope", "Hemp rope, 20 m", "€ 35.00"),
    ("jumper", "Fisherman’s jumper", "€ 119.00"),
    ("compass", "Brass compass", "€ 64.00"),
    ("mug", "Enamel mug", "€ 14.00"),
    ("hat", "Oilskin hat", "€ 39.00"),
)
_SHOWN_LENGTH = 24


@dataclass(frozen=True, slots=True)
class Embedding:
    """What the shop knows of the chat it embeds.

    Attributes:
        secret: the platform's secret key; a real shop reads it from its own configuration.
    """

    chat_url: str
    platform_id: str
    secret: str = field(repr=False)


def create_shop(embedding: Embedding) -> Flask:
    """Make the shop's website: one page for every way to visit it."""
    app = Flask(
        "harbour-shop",
        static_folder=str(static_dir() / "demo"),
        static_url_path="/static",
        template_folder=str(templates_dir() / "demo"),
    )
    for visitor in VISITORS:
        app.add_url_rule(visitor.path, visitor.slug, _page, defaults={"visitor": visitor, "embedding": embedding})
    return app


def page_config(visitor: Visitor, embedding: Embedding) -> dict[str, str]:
    """Return what the visitor's page tells the chat: identifiers, and the proof that the server made for them."""
    config = {"platformId": embedding.platform_id}
    if visitor.user_id is None or visitor.email is None or visitor.name is None:
        return config
    secret = embedding.secret if visitor.signed_by_shop else MALLORYS_SECRET
    token = user_auth_token(secret, user_id=visitor.user_id, user_email=visitor.email)
    return {
        **config,
        "userId": visitor.user_id,
        "userEmail": visitor.email,
        "userName": visitor.name,
        "userAuthToken": token,
    }


def _page(visitor: Visitor, embedding: Embedding) -> Response:
    config = page_config(visitor, embedding)
    shown = {name: value if len(value) <= _SHOWN_LENGTH else f"{value[:10]}…" for name, value in config.items()}
    nonce = secrets.token_urlsafe(16)
    response = make_response(
        render_template(
            "shop.html",
            visitor=visitor,
            visitors=VISITORS,
            goods=GOODS,
            config=config,
            shown_config=json.dumps(shown, indent=2, ensure_ascii=False),
            chat_url=embedding.chat_url,
            inbox_url=f"{embedding.chat_url}/agent/",
            nonce=nonce,
        )
    )
    response.headers["Content-Security-Policy"] = _policy(embedding.chat_url, nonce)
    response.headers["Cache-Control"] = "private, no-store"  # the page holds somebody's token
    return response


def _policy(chat_url: str, nonce: str) -> str:
    """A policy as strict as any site's that embeds the chat (docs/embedding.md)."""
    return (
        f"default-src 'none'; script-src 'self' 'nonce-{nonce}' {chat_url}; style-src 'self'; img-src 'self'; "
        f"connect-src {chat_url}; frame-src {chat_url}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
