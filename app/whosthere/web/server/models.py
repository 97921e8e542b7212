"""Request bodies of the server API."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator

from whosthere.core.claims import Notice
from whosthere.core.identifiers import user_email_problem, user_id_problem
from whosthere.web.edge import ExactBody


def _unbroken(problem: Notice | None) -> None:
    if problem is not None:
        raise ValueError(problem.message)


def _user_id(value: str) -> str:
    _unbroken(user_id_problem(value))
    return value


def _user_email(value: str) -> str:
    _unbroken(user_email_problem(value))
    return value


class Identify(ExactBody):
    """Who somebody is. `null` and `""` mean not given; a userId or an email has to be."""

    user_id: Annotated[str, AfterValidator(_user_id)] | None = None
    user_email: Annotated[str, AfterValidator(_user_email)] | None = None
    user_name: str | None = None


class Track(ExactBody):
    """What somebody did."""

    event: str
    properties: dict[str, Any] | None = None


class Nothing(ExactBody):
    """An empty object."""
