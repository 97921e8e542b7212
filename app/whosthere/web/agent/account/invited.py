"""Ways in for who has no password yet, or no longer: invitations, forgotten passwords, and the links of both.

A link's secret stands behind the `#`. A script of the page puts it into a form; without one it can be pasted.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask import current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from whosthere.core.emails import lookup_key
from whosthere.core.reasons import Reason, Refused
from whosthere.services import agent_sessions, links
from whosthere.services.failures import What
from whosthere.services.links import Invitation
from whosthere.web import doors
from whosthere.web.agent.entry import blueprint, welcome
from whosthere.web.forms import read_form
from whosthere.web.limits import client_network
from whosthere.web.problems import STATUS, Problem
from whosthere.web.runtime import runtime
from whosthere.web.signed_in import check_csrf, cookie_token, signed_in

Answer = str | tuple[str, int] | Response
WELCOME, RESET = "agent.entry.show_welcome", "agent.entry.show_reset"
_DIFFER = Refused(Reason.INVALID_FIELD, "The two are not the same.", "again")


def sends_mail() -> bool:
    """Whether mail is sent, and our own address is known to write it into links."""
    return bool(current_app.config["WHOSTHERE_SENDS_MAIL"])


def mailed_address(endpoint: str, secret: str) -> str:
    """Return the address of a link as it is mailed: under the configured public address, whatever a request says."""
    public_url: str = current_app.config["WHOSTHERE_PUBLIC_URL"] or ""
    return f"{public_url.rstrip('/')}{url_for(endpoint).removeprefix(request.script_root)}#{secret}"


def shown_address(endpoint: str, secret: str) -> str:
    """Return the address of a link as its maker reads it."""
    if current_app.config["WHOSTHERE_PUBLIC_URL"]:
        return mailed_address(endpoint, secret)
    return f"{url_for(endpoint, _external=True)}#{secret}"


@blueprint.get("/welcome")
def show_welcome() -> str:
    """Take the secret of an invitation."""
    return _code_page("welcome")


@blueprint.post("/welcome")
def accept_invitation() -> Answer:
    """Show what the invitation is to, then make the account or the membership."""
    form = read_form()
    code = form.get("code", "").strip()
    refused = _pass("welcome")
    if refused is not None:
        return _code_page("welcome", code, refused), STATUS[refused.reason]
    found = links.invitation(runtime(), code)
    if isinstance(found, Refused):
        return _code_page("welcome", code, found), STATUS[found.reason]
    if form.get("step") != "join":
        return _join_page(found, code)
    return _join_as_new(found, code, form) if found.agent is None else _join_as_known(found, code, form)


def _join_as_new(found: Invitation, code: str, form: Mapping[str, str]) -> Answer:
    name, password = form.get("name", "").strip(), form.get("password", "")
    made = links.accept_as_new(runtime(), code, name, password)
    if isinstance(made, Refused):
        return _join_page(found, code, made, name=name), STATUS[made.reason]
    user_agent = request.headers.get("User-Agent", "")
    entered = agent_sessions.let_in(runtime(), made, user_agent, instead_of=cookie_token())
    return redirect(url_for("agent.entry.login"), 303) if isinstance(entered, Refused) else welcome(entered)


def _join_as_known(found: Invitation, code: str, form: Mapping[str, str]) -> Answer:
    if _is_here(found) and found.agent is not None:
        outcome = links.accept_as(runtime(), code, found.agent)
    else:
        outcome = doors.too_many_passwords(found.link.email) or links.accept_by_password(
            runtime(), code, form.get("password", "")
        )
        if isinstance(outcome, Refused) and outcome.reason is Reason.CREDENTIAL_INVALID:
            doors.failed(What.PASSWORD, email=found.link.email)
    if isinstance(outcome, Refused):
        return _join_page(found, code, outcome), STATUS[outcome.reason]
    doors.forgive_passwords(found.link.email)
    # Who is not signed in signs in now, past the second factor if there is one.
    return redirect(url_for("agent.entry.login", done="joined"), 303)


def _is_here(found: Invitation) -> bool:
    here = signed_in()
    return here is not None and found.agent is not None and here.agent.id == found.agent.id


@blueprint.get("/forgotten")
def show_forgotten() -> str:
    """Ask for the address, or say whom to ask."""
    return render_template("agent/account/forgotten.html", sends_mail=sends_mail(), email="", sent=False, refused=None)


@blueprint.post("/forgotten")
def mail_link() -> Answer:
    """Mail a link, if there is such an account; the answer is the same if not."""
    form = read_form()
    email = form.get("email", "").strip()[:254]
    refused = _stale()
    if refused is None and sends_mail() and _may_ask(email):
        links.forgotten(runtime(), email, lambda secret: mailed_address(RESET, secret))
    shown = render_template(
        "agent/account/forgotten.html",
        sends_mail=sends_mail(),
        email=email,
        sent=refused is None and sends_mail(),
        refused=refused,
    )
    return (shown, STATUS[refused.reason]) if refused is not None else shown


def _may_ask(email: str) -> bool:
    """Count it; one too many is answered like all others, since the answer tells nobody anything."""
    network = client_network()
    asked = doors.passes(doors.FORGOTTEN_PER_ADDRESS, "forgotten", network)
    return asked and doors.passes(doors.FORGOTTEN, "forgotten", lookup_key(email))


@blueprint.get("/reset")
def show_reset() -> str:
    """Take the secret of a way to a new password."""
    return _code_page("reset")


@blueprint.post("/reset")
def set_password() -> Answer:
    """Ask for the new password, then set it. Nobody is signed in by that: the second factor stays."""
    form = read_form()
    code = form.get("code", "").strip()
    refused = _pass("reset")
    if refused is not None:
        return _code_page("reset", code, refused), STATUS[refused.reason]
    agent = links.password_of(runtime(), code)
    if isinstance(agent, Refused):
        return _code_page("reset", code, agent), STATUS[agent.reason]
    if form.get("step") != "set":
        return render_template("agent/account/new_password.html", code=code, email=agent.email, refused=None)
    password = form.get("password", "")
    done = _DIFFER if password != form.get("again", "") else links.set_password(runtime(), code, password)
    if isinstance(done, Refused):
        shown = render_template("agent/account/new_password.html", code=code, email=agent.email, refused=done)
        return shown, STATUS[done.reason]
    doors.forgive_passwords(agent.email)
    return redirect(url_for("agent.entry.login", done="password"), 303)


def _pass(door: str) -> Refused | None:
    """Let a form of our own page through, as often as anybody could need it."""
    stale = _stale()
    if stale is not None:
        return stale
    return None if doors.passes(doors.PER_ADDRESS, door, client_network()) else doors.TOO_MANY


def _stale() -> Refused | None:
    try:
        check_csrf()
    except Problem as problem:
        return problem.refused
    return None


def _code_page(kind: str, code: str = "", refused: Refused | None = None) -> str:
    return render_template("agent/account/link.html", kind=kind, code=code[:200], refused=refused)


def _join_page(found: Invitation, code: str, refused: Refused | None = None, *, name: str = "") -> str:
    return render_template(
        "agent/account/join.html", invitation=found, code=code, refused=refused, name=name, here=_is_here(found)
    )
