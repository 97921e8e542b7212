"""The inbox's pages: rendered by the server, usable without JavaScript, livelier with it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from whosthere.core.attachments import PER_MESSAGE_MAX
from whosthere.core.conversation import State, refuse_client_message_id, refuse_text
from whosthere.core.reasons import Reason, Refused
from whosthere.services import inbox, inbox_attachments
from whosthere.services.agents import Identity
from whosthere.services.inbox import Wanted
from whosthere.services.messages import Text
from whosthere.storage.conversations import FIRST_PAGE
from whosthere.storage.inbox import Case
from whosthere.web.agent import entry, present
from whosthere.web.agent.forms import check_form_with_files, read_form, text_of, uploads_of
from whosthere.web.agent.ways import asked_page, view_args
from whosthere.web.agent.who import check_csrf, from_own_page, signed_in
from whosthere.web.assets import asset_base
from whosthere.web.files import deliver
from whosthere.web.problems import STATUS, Problem
from whosthere.web.runtime import limits, runtime
from whosthere.web.wire import cursor, identifier, read_cursor, whole_number

blueprint = Blueprint("agent", __name__, url_prefix="/agent")
blueprint.register_blueprint(entry.blueprint)

THREAD_LENGTH = 200
_VIEWS = {"open": State.OPEN, "resolved": State.RESOLVED, "rejected": State.REJECTED, "all": None}
_ASKED_BY_PAGES = ("agent.list_fragment", "agent.thread_fragment")
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@blueprint.before_request
def pass_gate() -> BaseResponse | None:
    """Send strangers to the sign-in page, and forms of other sites away."""
    if request.blueprint == "agent.entry":
        return None  # it has a gate of its own
    with_files = request.endpoint == "agent.reply" and request.mimetype == "multipart/form-data"
    if request.method == "POST":
        limits().count("post")
        if with_files:
            check_form_with_files(PER_MESSAGE_MAX)  # read only once it is known who sends it
        else:
            read_form()
    identity = signed_in(active=request.endpoint not in _ASKED_BY_PAGES)
    if identity is None:
        return redirect(url_for("agent.entry.login", next=asked_page() or None), 303)
    if request.method == "POST":
        check_csrf()
    g.identity = identity
    return None


@blueprint.after_request
def protect(response: Response) -> Response:
    """Answer refusals with a page, and keep every page out of caches and frames."""
    if response.mimetype == "application/problem+json":
        response = _problem_page(response)
    response.headers.setdefault("Content-Security-Policy", _POLICY)  # that of a file is narrower
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _problem_page(response: Response) -> Response:
    document = response.get_json(force=True)
    page = make_response(_page("agent/error.html", code=document["code"], detail=document["detail"]))
    page.status_code = response.status_code
    for name in ("Retry-After", "Allow"):
        if name in response.headers:
            page.headers[name] = response.headers[name]
    return page


@blueprint.context_processor
def words() -> dict[str, object]:
    """What every template of the inbox may call."""
    return {"asset_base": asset_base(), "present": present, "now": runtime().clock(), "identity": g.get("identity")}


@blueprint.get("/")
def show_inbox() -> str:
    """Show the list of conversations."""
    return _page("agent/inbox.html", case=None, **_list())


@blueprint.get("/conversations/<conversation_id>")
def show_conversation(conversation_id: str) -> str:
    """Show one conversation beside the list."""
    case, before = _case(conversation_id), _before()
    if before is None:
        _mark_read(case)
    return _page("agent/inbox.html", **_thread(case, before=before), **_list())


@blueprint.get("/fragments/list")
def list_fragment() -> str:
    """The rows of the list alone, for live updates."""
    return _page("agent/_rows.html", case=None, **_list())


@blueprint.get("/fragments/conversations/<conversation_id>")
def thread_fragment(conversation_id: str) -> str:
    """Head, thread and person of one conversation, for live updates."""
    case = _case(conversation_id)
    if request.args.get("read") == "1":
        _mark_read(case)
    return _page("agent/_conversation.html", view_args=view_args(), **_thread(case))


@blueprint.get("/<path:_unknown>")
def show_nothing(_unknown: str) -> str:
    """Answer any other address below the inbox with its own page."""
    raise Problem(Refused(Reason.NOT_FOUND, "There is nothing at this address."))


@blueprint.post("/conversations/<conversation_id>/reply")
def reply(conversation_id: str) -> BaseResponse | tuple[str, int]:
    """Store a reply or a note from the form; what cannot be stored stays in the form."""
    form = request.form
    text, key, kind = text_of(form, "text"), form.get("clientMessageId", ""), form.get("kind", "reply")
    given = _written(conversation_id, text, key, kind)
    write = inbox.note if kind == "note" else inbox.reply
    outcome = write(runtime(), _identity(), identifier(conversation_id), given)
    if not isinstance(outcome, Refused):
        return _to_conversation(conversation_id)
    if outcome.reason is Reason.NOT_FOUND:
        raise Problem(outcome)
    # The same key again, so that a second try cannot become a second message; unless the key itself is the trouble.
    spent = outcome.reason is Reason.IDEMPOTENCY_CONFLICT or outcome.field == "clientMessageId"
    draft = {"draft": text, "kind": kind, "refused": outcome} | ({} if spent else {"client_message_id": key})
    return _page("agent/inbox.html", **(_thread(_case(conversation_id)) | draft), **_list()), STATUS[outcome.reason]


def _written(conversation_id: str, text: str, key: str, kind: str) -> Text | Refused:
    """Return what the form says, once the files that came with it are kept."""
    files = uploads_of("file")
    if kind not in ("reply", "note"):
        return Refused(Reason.INVALID_FIELD, "kind is reply or note.", "kind")
    if files and kind == "note":
        return Refused(Reason.INVALID_FIELD, "A note has no files.", "file")
    wrong = refuse_text(text, beside_attachments=bool(files)) or refuse_client_message_id(key)
    if wrong is not None:
        return wrong
    kept: list[str] = []
    for file in files:
        outcome = inbox_attachments.upload(runtime(), _identity(), identifier(conversation_id), file)
        if isinstance(outcome, Refused):
            return outcome
        kept.append(outcome.id)
    return Text(text, key, tuple(kept))


@blueprint.get("/attachments/<attachment_id>")
def show_attachment(attachment_id: str) -> Response:
    """Send a file: to be saved, or to be shown in an image of our own pages."""
    opened = inbox_attachments.fetch(runtime(), _identity(), identifier(attachment_id))
    if isinstance(opened, Refused):
        raise Problem(opened)
    return deliver(opened)


@blueprint.post("/conversations/<conversation_id>/state")
def change_state(conversation_id: str) -> BaseResponse:
    """Resolve, reject or reopen from a button."""
    wanted = read_form().get("state", "")
    known = wanted in set(State)
    state = State(wanted) if known else Refused(Reason.INVALID_FIELD, "There is no such state.", "state")
    outcome = inbox.set_state(runtime(), _identity(), identifier(conversation_id), state)
    if isinstance(outcome, Refused):
        raise Problem(outcome)
    return _to_conversation(conversation_id)


def _to_conversation(conversation_id: str) -> BaseResponse:
    return redirect(url_for("agent.show_conversation", conversation_id=conversation_id, **view_args()), 303)


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


def _mark_read(case: Case) -> None:
    """Note that the team has seen it, unless it was a browser that looked ahead, or another site that sent it here."""
    if case.conversation.agent_unread and from_own_page() and "Sec-Purpose" not in request.headers:
        inbox.mark_read(runtime(), _identity(), case.conversation.id, case.conversation.last_seq)


def _before() -> int | None:
    """Return the `seq` before which an older part of a thread is wanted, `None` for its end."""
    if "before" not in request.args:
        return None
    seq = whole_number(request.args["before"], "before", 0, least=1, most=2**53)
    if isinstance(seq, Refused):
        raise Problem(seq)
    return seq


def _thread(case: Case, *, before: int | None = None) -> dict[str, Any]:
    thread = inbox.tail(runtime(), case, THREAD_LENGTH, before=before)
    first = thread.messages[0].seq if thread.messages else 1
    is_open = case.conversation.state in (State.OPEN, State.RESOLVED)
    return {
        "case": case,
        "thread": present.lines(thread),
        "older": first if first > 1 else None,
        "is_older": before is not None,
        "earlier": inbox.earlier(runtime(), case),
        "answerable": is_open,
        "draft": "",
        "kind": "reply" if is_open else "note",
        "refused": None,
        "client_message_id": runtime().new_id(),
    }


def _list() -> dict[str, Any]:
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
        "view_args": view_args(),
        "next_cursor": None if last is None else cursor(last.updated_at, last.id),
    }
