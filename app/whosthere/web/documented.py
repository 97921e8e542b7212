"""What a view says about itself, for the OpenAPI document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from whosthere.core.reasons import Reason

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Documentation:
    """One operation.

    Attributes:
        body: the request model, `None` without a body.
        upload: the media types of a body that is a file.
        answers: the shape of each success by status; `None` for an empty answer.
        refusals: the codes this operation may answer with, beyond those every operation may.
        query: query parameters by name, with their JSON schema.
        headers: request headers by name, with their JSON schema.
        credential: the security scheme, `None` for an open call.
        credential_optional: whether the call may come without it, too.
    """

    summary: str
    body: type[Any] | None = None
    answers: Mapping[int, Any] = field(default_factory=dict)
    refusals: tuple[Reason, ...] = ()
    query: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    headers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    credential: str | None = None
    credential_optional: bool = False
    media_type: str = "application/json"
    upload: tuple[str, ...] = ()


def documented(summary: str, **about: Any) -> Callable[[View], View]:
    """Attach an operation's documentation to its view."""

    def attach(view: View) -> View:
        view.documentation = Documentation(summary, **about)  # type: ignore[attr-defined]
        return view

    return attach


def documentation_of(view: Callable[..., Any]) -> Documentation | None:
    """Return what a view says about itself, `None` for one that is no part of the API."""
    found: Documentation | None = getattr(view, "documentation", None)
    return found
