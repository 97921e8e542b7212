"""The desk's first page: the platforms of the agent, and a new one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import request

from whosthere.core.reasons import Reason, Refused
from whosthere.services import platforms
from whosthere.services.options import Invalid
from whosthere.web.admin.gate import Page, blueprint, identity, manages, page, unconfirmed
from whosthere.web.admin.setup import setup_page
from whosthere.web.confirmation import confirm_by
from whosthere.web.runtime import runtime

_NO_ORIGIN = Refused(
    Reason.INVALID_FIELD, "Say where the chat will be: without an origin no page can start it.", "origins"
)
_SENT_TWICE = Refused(
    Reason.CHANGED_MEANWHILE,
    "Your platforms were changed meanwhile, or this form was sent twice.",
)


@blueprint.get("/")
def show_platforms() -> Page:
    """List the platforms that the agent looks after."""
    mine = set(manages(identity()))
    return page("admin/platforms.html", all=[one for one in platforms.listed(runtime()) if one.id in mine])


@blueprint.get("/platforms/new")
def new_platform() -> Page:
    """Ask for a name and an origin."""
    return _page(given={})


@blueprint.post("/platforms/new")
def create_platform() -> Page:
    """Create a platform, and show its first secret this once: it comes with a key."""
    name, origin = request.form.get("name", ""), request.form.get("origins", "")
    given = {"name": name, "origins": origin}
    if request.form.get("seen", _seen()) != _seen():
        return _page([_SENT_TWICE], given=given)
    problems = [] if origin.strip() else [_NO_ORIGIN]
    refused = confirm_by(identity(), request.form)
    problems += [refused] if refused else []
    if not problems:
        # What is copied out of an address bar ends with a slash.
        where = [origin.strip().removesuffix("/")]
        made = platforms.create(runtime(), name, where, actor=identity().actor, owner_id=identity().agent.id)
        if not isinstance(made, Invalid):
            return setup_page(made.platform, made.key)
        problems = list(made.problems)
    return _page(problems, given=given)


def _page(problems: Sequence[Refused] = (), *, given: Mapping[str, str]) -> Page:
    return page("admin/new.html", problems, given=given, seen=_seen(), ask_password=bool(unconfirmed()))


def _seen() -> str:
    """Return what the form remembers of the agent's platforms: how many there are."""
    return str(len(manages(identity())))
