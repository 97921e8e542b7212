"""Password and second factor."""

from __future__ import annotations

import segno
from flask import redirect, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from whosthere.core.reasons import Reason, Refused
from whosthere.services import agent_sessions, second_factor
from whosthere.services.failures import What
from whosthere.services.second_factor import SetUp
from whosthere.web import doors
from whosthere.web.agent.account.confirm import confirm_by, is_confirmed
from whosthere.web.agent.pages import blueprint, identity, page
from whosthere.web.forms import read_form
from whosthere.web.problems import STATUS
from whosthere.web.runtime import runtime

Answer = str | tuple[str, int] | Response
_DIFFER = Refused(Reason.INVALID_FIELD, "The two are not the same.", "again")


@blueprint.get("/security")
def show_security() -> str:
    """Show what guards the account."""
    return _page(done=request.args.get("done", ""))


@blueprint.post("/security/password")
def change_password() -> Answer:
    """Replace the password; other browsers are signed out."""
    form = read_form()
    new, agent = form.get("new", ""), identity().agent
    refused = _DIFFER if new != form.get("again", "") else doors.too_many_passwords(agent.email)
    if refused is None:
        refused = agent_sessions.change_password(runtime(), identity(), form.get("present", ""), new)
    if refused is not None:
        _tell(refused)
        field = {"password": "new"}.get(refused.field or "", refused.field)
        return _page(Refused(refused.reason, refused.detail, field), part="password"), STATUS[refused.reason]
    doors.forgive_passwords(agent.email)
    return redirect(url_for("agent.show_security", done="password"), 303)


@blueprint.get("/security/second-factor")
def begin_second_factor() -> Answer:
    """Show a fresh secret as a QR code and as text."""
    if identity().agent.has_second_factor:
        return redirect(url_for("agent.show_security"), 303)
    return _set_up_page(second_factor.begin(runtime(), identity()))


@blueprint.post("/security/second-factor")
def turn_second_factor_on() -> Answer:
    """Switch it on by a first code, and show the recovery codes this once."""
    form = read_form()
    set_up = second_factor.resume(runtime(), identity(), form.get("sealed", ""))
    if isinstance(set_up, Refused):
        return _set_up_page(second_factor.begin(runtime(), identity()), set_up), STATUS[set_up.reason]
    refused = confirm_by(form) or doors.too_many_codes(identity().agent.id)
    if refused is not None:
        return _set_up_page(set_up, refused), STATUS[refused.reason]
    codes = second_factor.turn_on(runtime(), identity(), set_up.sealed, form.get("code", "").strip())
    if isinstance(codes, Refused):
        return _set_up_page(set_up, codes), STATUS[codes.reason]
    doors.forgive_codes(identity().agent.id)
    return page("agent/account/recovery.html", codes=codes, fresh=True)


@blueprint.post("/security/second-factor/off")
def turn_second_factor_off() -> Answer:
    """Switch it off, with password and code."""
    form, agent = read_form(), identity().agent
    refused = doors.too_many_passwords(agent.email) or doors.too_many_codes(agent.id)
    if refused is None:
        refused = second_factor.turn_off(runtime(), identity(), form.get("password", ""), form.get("code", "").strip())
    if refused is not None:
        _tell(refused)
        return _page(refused, part="off"), STATUS[refused.reason]
    doors.forgive_passwords(agent.email)
    doors.forgive_codes(agent.id)
    return redirect(url_for("agent.show_security", done="off"), 303)


@blueprint.post("/security/recovery-codes")
def renew_recovery_codes() -> Answer:
    """Replace the recovery codes, and show the new ones this once."""
    form, agent = read_form(), identity().agent
    refused = confirm_by(form) or doors.too_many_codes(agent.id)
    if refused is not None:
        return _page(refused, part="recovery"), STATUS[refused.reason]
    codes = second_factor.renew_recovery_codes(runtime(), identity(), form.get("code", "").strip())
    if isinstance(codes, Refused):
        _tell(codes)
        return _page(codes, part="recovery"), STATUS[codes.reason]
    doors.forgive_codes(agent.id)
    return page("agent/account/recovery.html", codes=codes, fresh=False)


def _tell(refused: Refused) -> None:
    """Count a wrong password or code for the security log."""
    if refused.reason is Reason.CREDENTIAL_INVALID:
        what = What.CODE if refused.field == "code" else What.CONFIRMATION
        doors.failed(what, agent_id=identity().agent.id)


def _page(refused: Refused | None = None, *, part: str = "", done: str = "") -> str:
    return page(
        "agent/account/security.html",
        refused=refused,
        part=part,
        done=done,
        codes_left=second_factor.recovery_codes_left(runtime(), identity()),
        ask_password=not is_confirmed(),
    )


def _set_up_page(set_up: SetUp, refused: Refused | None = None) -> str:
    picture = segno.make(set_up.uri, error="m", micro=False).svg_inline(
        omitsize=True, border=4, svgclass="code-picture", lineclass="code-dots"
    )
    spelled = " ".join(set_up.secret[start : start + 4] for start in range(0, len(set_up.secret), 4))
    return page(
        "agent/account/second_factor.html",
        picture=Markup(picture),  # noqa: S704 - drawn by us, of numbers alone
        spelled=spelled,
        sealed=set_up.sealed,
        refused=refused,
        ask_password=not is_confirmed(),
    )
