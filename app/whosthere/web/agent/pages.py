"""The inbox's pages: one gate before them, one set of protections behind them. The modules beside this one add them."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from whosthere.core.attachments import PER_MESSAGE_MAX
from whosthere.core.preferences import complete
from whosthere.core.reasons import Reason, Refused
from whosthere.services.agents import Identity
from whosthere.web.agent import entry, present
from whosthere.web.agent.ways import asked_page
from whosthere.web.assets import asset_base
from whosthere.web.forms import check_form_with_files, read_form
from whosthere.web.problems import Problem
from whosthere.web.protection import protect as shield
from whosthere.web.runtime import limits, runtime
from whosthere.web.signed_in import check_csrf, signed_in

blueprint = Blueprint("agent", __name__, url_prefix="/agent")
blueprint.register_blueprint(entry.blueprint)

_ASKED_BY_PAGES = ("agent.list_fragment", "agent.thread_fragment")


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
    found = signed_in(active=request.endpoint not in _ASKED_BY_PAGES)
    if found is None:
        return redirect(url_for("agent.entry.login", next=asked_page() or None), 303)
    if request.method == "POST":
        check_csrf()
    g.identity = found
    return None


@blueprint.after_request
def protect(response: Response) -> Response:
    """Answer refusals with a page, and keep every page out of caches and frames."""
    if response.mimetype == "application/problem+json":
        response = _problem_page(response)
    return shield(response)


def _problem_page(response: Response) -> Response:
    document = response.get_json(force=True)
    answer = make_response(page("agent/error.html", code=document["code"], detail=document["detail"]))
    answer.status_code = response.status_code
    for name in ("Retry-After", "Allow"):
        if name in response.headers:
            answer.headers[name] = response.headers[name]
    return answer


@blueprint.context_processor
def words() -> dict[str, object]:
    """What every template of the inbox may call."""
    found: Identity | None = g.get("identity")
    return {
        "asset_base": asset_base(),
        "present": present,
        "now": runtime().clock(),
        "identity": found,
        "preferences": complete(found.agent.preferences) if found else {},
        "there_is": lambda endpoint: endpoint in current_app.view_functions,
    }


@blueprint.get("/<path:_unknown>")
def show_nothing(_unknown: str) -> str:
    """Answer any other address below the inbox with its own page."""
    raise Problem(Refused(Reason.NOT_FOUND, "There is nothing at this address."))


def page(template: str, **values: object) -> str:
    """Return a page of the inbox."""
    return render_template(template, **values)


def identity() -> Identity:
    """Return the agent who is signed in in this browser."""
    found: Identity = g.identity
    return found
