"""The password once more, for what could lock its owner out: it counts for ten minutes in this browser."""

from __future__ import annotations

from collections.abc import Mapping

from flask import redirect, request
from werkzeug.wrappers import Response

from whosthere.core.reasons import Refused
from whosthere.web import confirmation
from whosthere.web.agent.pages import blueprint, identity, page
from whosthere.web.agent.ways import page_of
from whosthere.web.forms import read_form
from whosthere.web.problems import STATUS
from whosthere.web.runtime import runtime


def is_confirmed() -> bool:
    """Whether the password was given in this browser a short while ago."""
    return identity().confirmed(runtime().clock())


def confirm_by(form: Mapping[str, str]) -> Refused | None:
    """Take the password from a form that needs it, unless it was given a short while ago."""
    return confirmation.confirm_by(identity(), form)


@blueprint.get("/confirm")
def ask_password() -> str:
    """Ask for the password, and say why."""
    return page("agent/account/confirm.html", next=request.args.get("next", ""), refused=None)


@blueprint.post("/confirm")
def check_password() -> Response | tuple[str, int]:
    """Go back to where one was."""
    form = read_form()
    wanted = form.get("next", "")
    refused = confirm_by(form)
    if refused is not None:
        return page("agent/account/confirm.html", next=wanted, refused=refused), STATUS[refused.reason]
    return redirect(page_of(wanted), 303)
