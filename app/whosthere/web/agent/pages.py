"""The inbox's pages: rendered by the server, usable without JavaScript, livelier with it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, g, redirect, render_template, request, session, url_for
from limits import RateLimitItemPerMinute
from werkzeug.wrappers import Response as BaseResponse

from whosthere.core.conversation import State, refuse_client_message_id, refuse_text
from whosthere.core.reasons import Reason, Refused
from whosthere.services import agents, inbox
from whosthere.services.agents import Identity
from whosthere.services.inbox import Wanted
from whosthere.services.messages import Text
from whosthere.storage.conversations import FIRST_PAGE
from whosthere.storage.inbox import Case
from whosthere.web.agent import present
from whosthere.web.agent.who import check_csrf, signed_in
from whosthere.web.assets import asset_base
from whosthere.web.limits import client_address
from whosthere.web.problems import STATUS, Problem
from whosthere.web.runtime import limits, runtime
from whosthere.web.wire import cursor, identifier, read_cursor

blueprint = Blueprint("agent", __name__, url_prefix="/agent")

THREAD_LENGTH = 200
# Never off: guessing passwords is what this is against.
_PER_ACCOUNT = RateLimitItemPerMinute(10, 5)
_PER_ADDRESS = RateLimitItemPerMinute(100, 5)
_VIEWS = {"open": State.OPEN, "resolved": State.RESOLVED, "rejected": State.REJECTED, "all": None}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@blueprint.before_request
def pass_gate() -> BaseResponse | None:
    """Send strangers to the sign-in page, and forms of other sites away."""
    if request.method == "POST":
        check_csrf()
    if request.endpoint in ("agent.login", "agent.sign_in"):
        return None
    identity = signed_in()
    if identity is None:
        return redirect(url_for("agent.login", next=_asked_path() if request.method == "GET" else None))
    g.identity = identity
    return None


@blueprint.after_request
def protect(response: Response) -> Response:
    """Keep the pages out of caches and frames."""
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    return response


@blueprint.errorhandler(Problem)
def show_problem(problem: Problem) -> tuple[str, int]:
    """Answer a refusal with a page."""
    return _page("agent/error.html", refused=problem.refused), STATUS[problem.refused.reason]


@blueprint.context_processor
def words() -> dict[str, object]:
    """What every template of the inbox may call."""
    return {"asset_base": asset_base(), "present": present, "now": runtime().clock(), "identity": g.get("identity")}


@blueprint.get("/login")
def login() -> BaseResponse | str:
    """Show the sign-in form."""
    if signed_in() is not None:
        return redirect(_own_path(request.args.get("next")))
    return _page("agent/login.html", email="", next=request.args.get("next", ""), refused=None)


@blueprint.post("/login")
def sign_in() -> BaseResponse | tuple[str, int]:
    """Sign the browser in; a new session, whatever the cookie held before."""
    email, password = request.form.get("email", ""), request.form.get("password", "")
    outcome = _throttled(email) or agents.sign_in(runtime(), email, password, request.headers.get("User-Agent", ""))
    if isinstance(outcome, Refused):
        page = _page("agent/login.html", email=email, next=request.form.get("next", ""), refused=outcome)
        return page, STATUS[outcome.reason]
    session.clear()
    session["agent"] = outcome.token
    session.permanent = True
    return redirect(_own_path(request.form.get("next")))


def _throttled(email: str) -> Refused | None:
    address = client_address()
    if limits().hit(_PER_ADDRESS, "sign-in", address) and limits().hit(_PER_ACCOUNT, "sign-in", email.lower()[:320]):
        return None
    return Refused(Reason.TOO_MANY_REQUESTS, "Too many tries. Wait five minutes, then try again.")


@blueprint.post("/logout")
def logout() -> BaseResponse:
    """Sign this browser out, here and at the server."""
    token = session.get("agent")
    if isinstance(token, str):
        agents.sign_out(runtime(), token)
    session.clear()
    return redirect(url_for("agent.login"))


@blueprint.get("/")
def show_inbox() -> str:
    """Show the list of conversations."""
    return _page("agent/inbox.html", case=None, **_list())


@blueprint.get("/conversations/<conversation_id>")
def show_conversation(conversation_id: str) -> str:
    """Show one conversation beside the list."""
    case = _case(conversation_id)
    if case.conversation.agent_unread:
        inbox.mark_read(runtime(), _identity(), case.conversation.id, case.conversation.last_seq)
    return _page("agent/inbox.html", **_thread(case), **_list())


@blueprint.get("/fragments/list")
def list_fragment() -> str:
    """The rows of the list alone, for live updates."""
    return _page("agent/_rows.html", case=None, **_list())


@blueprint.get("/fragments/conversations/<conversation_id>")
def thread_fragment(conversation_id: str) -> str:
    """Head, thread and person of one conversation, for live updates."""
    case = _case(conversation_id)
    if request.args.get("read") == "1" and case.conversation.agent_unread:
        inbox.mark_read(runtime(), _identity(), case.conversation.id, case.conversation.last_seq)
    return _page("agent/_conversation.html", **_thread(case))


@blueprint.post("/conversations/<conversation_id>/reply")
def reply(conversation_id: str) -> BaseResponse | tuple[str, int]:
    """Store a reply or a note from the form."""
    text, key = request.form.get("text", "").replace("\r\n", "\n"), request.form.get("clientMessageId", "")
    write = inbox.note if request.form.get("kind") == "note" else inbox.reply
    given = refuse_text(text) or refuse_client_message_id(key) or Text(text, key)
    outcome = write(runtime(), _identity(), identifier(conversation_id), given)
    if not isinstance(outcome, Refused):
        return redirect(url_for("agent.show_conversation", conversation_id=conversation_id, **_view_args()))
    if outcome.reason is Reason.NOT_FOUND:
        raise Problem(outcome)
    page = _page("agent/inbox.html", **_thread(_case(conversation_id), draft=text, refused=outcome), **_list())
    return page, STATUS[outcome.reason]


@blueprint.post("/conversations/<conversation_id>/state")
def change_state(conversation_id: str) -> BaseResponse:
    """Resolve, reject or reopen from a button."""
    wanted = request.form.get("state", "")
    known = wanted in set(State)
    state = State(wanted) if known else Refused(Reason.INVALID_FIELD, "There is no such state.", "state")
    outcome = inbox.set_state(runtime(), _identity(), identifier(conversation_id), state)
    if isinstance(outcome, Refused):
        raise Problem(outcome)
    return redirect(url_for("agent.show_conversation", conversation_id=conversation_id, **_view_args()))


def _page(template: str, **values: object) -> str:
    return render_template(template, **values)


def _identity() -> Identity:
    identity: Identity = g.identity
    return identity


def _case(conversation_id: str) -> Case:
    case = inbox.find(runtime(), _identity(), identifier(conversation_id))
    if isinstance(case, Refused):
        raise Problem(case)
    return case


def _thread(case: Case, *, draft: str = "", refused: Refused | None = None) -> dict[str, object]:
    thread = inbox.tail(runtime(), case, THREAD_LENGTH)
    return {
        "case": case,
        "thread": present.lines(thread),
        "cut": bool(thread.messages) and thread.messages[0].seq > 1,
        "earlier": inbox.earlier(runtime(), case),
        "draft": draft,
        "refused": refused,
        "client_message_id": runtime().new_id(),
    }


def _list() -> dict[str, object]:
    view = request.args.get("view", "open")
    if view not in _VIEWS:
        view = "open"
    position = read_cursor(request.args.get("cursor"), FIRST_PAGE)
    if isinstance(position, Refused):
        raise Problem(position)
    platform = request.args.get("platform")
    wanted = Wanted(None if not platform else identifier(platform), _VIEWS[view])
    found = inbox.listed(runtime(), _identity(), position, wanted)
    rows = found[: inbox.PAGE_SIZE]
    last = rows[-1].conversation if len(found) > inbox.PAGE_SIZE else None
    return {
        "rows": rows,
        "view": view,
        "platform": platform,
        "view_args": _view_args(),
        "next_cursor": None if last is None else cursor(last.updated_at, last.id),
    }


def _view_args() -> dict[str, Any]:
    return {name: request.args[name] for name in ("view", "platform") if request.args.get(name)}


def _asked_path() -> str:
    query = request.query_string.decode("latin-1")
    return request.script_root + request.path + (f"?{query}" if query else "")


def _own_path(wanted: str | None) -> str:
    """Return where to go after signing in: a page of the inbox, never an address of somebody else."""
    home = url_for("agent.show_inbox")
    if not wanted or "\\" in wanted or any(ord(character) < 33 for character in wanted):
        return home
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return home
    return wanted if not parts.scheme and not parts.netloc and wanted.startswith(home) else home
