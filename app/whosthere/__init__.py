"""Whosthere: an embeddable support chat that knows who it is talking to.

The public surface of the package. Site backends sign with the two functions; they import no web framework and no
database. `ChatMiddleware`, which does, is imported when it is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from whosthere.core.signing import identity_token, user_auth_token

if TYPE_CHECKING:
    from whosthere.wsgi import ChatMiddleware

__all__ = ["ChatMiddleware", "identity_token", "user_auth_token"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name == "ChatMiddleware":
        from whosthere.wsgi import ChatMiddleware

        return ChatMiddleware
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
