"""The way in and out: signing a browser in, throttled, and out again at the server too."""

from __future__ import annotations

import hashlib

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask_wtf.csrf import generate_csrf
from limits import RateLimitItemPerMinute
from werkzeug.wrappers import Response

from whosthere.core.emails import lookup_key
from whosthere.core.reasons import Reason, Refused
from whosthere.services import agents
from whosthere.web.agent.forms import read_form
from whosthere.web.agent.ways import page_of
from whosthere.web.agent.who import check_csrf, cookie_token, signed_in
from whosthere.web.limits import client_network
from whosthere.web.problems import STATUS, Problem
from whosthere.web.runtime import limits, runtime

blueprint = Blueprint("entry", __name__)

# Never off, whatever WHOSTHERE_RATE_LIMIT says: guessing passwords is what these are against.
PER_ACCOUNT = RateLimitItemPerMinute(10, 5)
PER_ADDRESS = RateLimitItemPerMinute(100, 5)
_WAIT_SECONDS = 300


@blueprint.get("/login")
def login() -> Response | str:
    """Show the sign-in form."""
    wanted = request.args.get("next", "")
    if signed_in() is not None:
        return redirect(page_of(wanted))
    return _form(email="", wanted=wanted)


@blueprint.post("/login")
def sign_in() -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """Sign the browser in; a new session, whatever the cookie held before."""
    form = read_form()
    email, password, wanted = form.get("email", "").strip(), form.get("password", ""), form.get("next", "")
    try:
        check_csrf()
    except Problem as problem:
        if signed_in() is not None:  # in another tab, meanwhile
            return redirect(page_of(wanted))
        return _form(email, wanted, problem.refused), STATUS[problem.refused.reason]
    account = hashlib.sha256(lookup_key(email).encode()).hexdigest()  # counters, too, need not know who signs in
    if not (limits().hit(PER_ADDRESS, "sign-in", client_network()) and limits().hit(PER_ACCOUNT, "sign-in", account)):
        refused = Refused(Reason.TOO_MANY_REQUESTS, "Too many tries. Wait five minutes, then try again.")
        return _form(email, wanted, refused), STATUS[refused.reason], {"Retry-After": str(_WAIT_SECONDS)}
    user_agent = request.headers.get("User-Agent", "")
    outcome = agents.sign_in(runtime(), email, password, user_agent, instead_of=cookie_token())
    if isinstance(outcome, Refused):
        return _form(email, wanted, outcome), STATUS[outcome.reason]
    limits().forgive(PER_ACCOUNT, "sign-in", account)
    session.clear()
    session["agent"] = outcome.token
    session.permanent = True
    generate_csrf()  # now, or two tabs that open at once would each make one, and one of them lose
    return redirect(page_of(wanted), 303)


@blueprint.post("/logout")
def sign_out() -> Response:
    """Sign this browser out, here and at the server."""
    read_form()
    check_csrf()
    token = cookie_token()
    if token is not None:
        agents.sign_out(runtime(), token)
    session.clear()
    return redirect(url_for("agent.entry.login"), 303)


def _form(email: str, wanted: str, refused: Refused | None = None) -> str:
    return render_template("agent/login.html", email=email, next=wanted, refused=refused)
