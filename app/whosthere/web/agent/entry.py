"""The way in and out: password, second factor, and out again at the server too. Throttled."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response

from whosthere.core.reasons import Reason, Refused
from whosthere.services import agent_sessions, second_factor
from whosthere.services.agent_sessions import Halfway, SignedIn
from whosthere.services.agents import EMAIL_LENGTH_MAX
from whosthere.services.failures import What
from whosthere.storage.agents import Agent
from whosthere.web import doors
from whosthere.web.agent.ways import page_of
from whosthere.web.doors import PER_ACCOUNT, PER_ADDRESS
from whosthere.web.forms import read_form
from whosthere.web.problems import STATUS, Problem
from whosthere.web.runtime import runtime
from whosthere.web.signed_in import check_csrf, cookie_token, signed_in

__all__ = ["PER_ACCOUNT", "PER_ADDRESS", "blueprint"]

blueprint = Blueprint("entry", __name__)

Answer = Response | tuple[str, int]
_HALFWAY_OVER = Refused(Reason.SESSION_EXPIRED, "That took too long. Sign in again.")


@blueprint.get("/login")
def login() -> Response | str:
    """Show the sign-in form."""
    wanted = request.args.get("next", "")
    if signed_in() is not None:
        return redirect(page_of(wanted))
    return _form(email="", wanted=wanted)


@blueprint.post("/login")
def sign_in() -> Answer:
    """Sign the browser in; a new session, whatever the cookie held before."""
    form = read_form()
    email, password, wanted = form.get("email", "").strip(), form.get("password", ""), form.get("next", "")
    try:
        check_csrf()
    except Problem as problem:
        if signed_in() is not None:  # in another tab, meanwhile
            return redirect(page_of(wanted))
        return _form(email, wanted, problem.refused), STATUS[problem.refused.reason]
    refused = doors.too_many_passwords(email)
    if refused is not None:
        return _form(email, wanted, refused), STATUS[refused.reason]
    user_agent = request.headers.get("User-Agent", "")
    outcome = agent_sessions.sign_in(runtime(), email, password, user_agent, instead_of=cookie_token())
    if isinstance(outcome, Refused):
        doors.failed(What.PASSWORD, email=email)
        return _form(email, wanted, outcome), STATUS[outcome.reason]
    doors.forgive_passwords(email)
    if isinstance(outcome, Halfway):
        session.clear()
        session["halfway"] = second_factor.halfway(runtime(), outcome.agent)
        return redirect(url_for("agent.entry.ask_code", next=wanted or None), 303)
    return welcome(outcome, wanted)


def welcome(outcome: SignedIn, wanted: str = "") -> Response:
    """Give the browser its new session, and send it where it wanted to go."""
    session.clear()
    session["agent"] = outcome.token
    session.permanent = True
    generate_csrf()  # now, or two tabs that open at once would each make one, and one of them lose
    return redirect(page_of(wanted), 303)


@blueprint.get("/login/code")
def ask_code() -> Answer | str:
    """Ask who gave the password for a code of the second factor."""
    wanted = request.args.get("next", "")
    if signed_in() is not None:
        return redirect(page_of(wanted))
    return _again(wanted) if _halfway() is None else _code_form(wanted)


@blueprint.post("/login/code")
def check_code() -> Answer:
    """Sign the browser in whose password and code are right."""
    form = read_form()
    wanted, code = form.get("next", ""), form.get("code", "").strip()
    try:
        check_csrf()
    except Problem as problem:
        if signed_in() is not None:
            return redirect(page_of(wanted))
        return _code_form(wanted, problem.refused), STATUS[problem.refused.reason]
    agent = _halfway()
    if agent is None:
        return _again(wanted)
    refused = doors.too_many_codes(agent.id)
    if refused is not None:
        return _code_form(wanted, refused), STATUS[refused.reason]
    refused = second_factor.accept(runtime(), agent, code)
    if refused is not None:
        doors.failed(What.CODE, agent_id=agent.id)
        return _code_form(wanted, refused), STATUS[refused.reason]
    doors.forgive_codes(agent.id)
    entered = agent_sessions.let_in(runtime(), agent, request.headers.get("User-Agent", ""))
    return _again(wanted) if isinstance(entered, Refused) else welcome(entered, wanted)


@blueprint.post("/logout")
def sign_out() -> Response:
    """Sign this browser out, here and at the server."""
    read_form()
    check_csrf()
    token = cookie_token()
    if token is not None:
        agent_sessions.sign_out(runtime(), token)
    session.clear()
    return redirect(url_for("agent.entry.login"), 303)


def _halfway() -> Agent | None:
    proof = session.get("halfway")
    return second_factor.who_is_halfway(runtime(), proof) if isinstance(proof, str) else None


def _again(wanted: str) -> tuple[str, int]:
    session.pop("halfway", None)
    return _form("", wanted, _HALFWAY_OVER), STATUS[_HALFWAY_OVER.reason]


def _form(email: str, wanted: str, refused: Refused | None = None) -> str:
    return render_template(
        "agent/login.html",
        email=email[:EMAIL_LENGTH_MAX],
        next=wanted,
        refused=refused,
        done=request.args.get("done", ""),
    )


def _code_form(wanted: str, refused: Refused | None = None) -> str:
    return render_template("agent/account/code.html", next=wanted, refused=refused)
