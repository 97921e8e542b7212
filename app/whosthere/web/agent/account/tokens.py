"""Personal access tokens, by which an agent's programs use the API."""

from __future__ import annotations

from collections.abc import Mapping

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from whosthere.core.reasons import Reason, Refused
from whosthere.core.roles import Scope
from whosthere.services import personal_tokens
from whosthere.services.personal_tokens import DAY_MS, DAYS_DEFAULT, DAYS_MAX, NewToken
from whosthere.web.agent.account.confirm import confirm_by, is_confirmed
from whosthere.web.agent.pages import blueprint, identity, page
from whosthere.web.forms import read_form
from whosthere.web.problems import STATUS, Problem
from whosthere.web.runtime import runtime
from whosthere.web.wire import identifier

_BAD_DAYS = Refused(Reason.INVALID_FIELD, f"A token lives for 1 to {DAYS_MAX} days.", "days")
_FRESH = {"name": "", "days": str(DAYS_DEFAULT), "read": "yes", "write": "yes"}


@blueprint.get("/tokens")
def show_tokens() -> str:
    """List the agent's tokens, and a form for one more."""
    return _page(_FRESH, revoked=bool(request.args.get("revoked")))


@blueprint.post("/tokens")
def create_token() -> str | tuple[str, int]:
    """Make a token, and show it this once."""
    form = read_form()
    made = _made(form)
    if isinstance(made, Refused):
        return _page(form, refused=made), STATUS[made.reason]
    return _page(_FRESH, made=made)


def _made(form: Mapping[str, str]) -> NewToken | Refused:
    days = form.get("days", "")
    if not (days.isascii() and days.isdigit() and len(days) <= 3 and 1 <= int(days) <= DAYS_MAX):
        return _BAD_DAYS
    refused = confirm_by(form)
    if refused is not None:
        return refused
    return personal_tokens.create(
        runtime(),
        identity().agent.email,
        name=form.get("name", "").strip(),
        scopes=[scope.value for scope in Scope if form.get(scope) == "yes"],
        expires_at=runtime().clock() + int(days) * DAY_MS,
        seen=form.get("seen"),
    )


@blueprint.post("/tokens/<token_id>/revoke")
def revoke_token(token_id: str) -> Response:
    """End a token."""
    refused = personal_tokens.revoke(runtime(), identity().agent, identifier(token_id))
    if refused is not None:
        raise Problem(refused)
    return redirect(url_for("agent.show_tokens", revoked=1), 303)


def _page(
    given: Mapping[str, str], *, refused: Refused | None = None, made: NewToken | None = None, revoked: bool = False
) -> str:
    tokens = personal_tokens.listed(runtime(), identity().agent)
    return page(
        "agent/account/tokens.html",
        tokens=tokens,
        seen=personal_tokens.state(tokens),
        given=given,
        refused=refused,
        made=made,
        revoked=revoked,
        days_max=DAYS_MAX,
        ask_password=made is None and not is_confirmed(),
    )
