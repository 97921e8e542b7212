"""The desk's gate: who may see which platform's pages, and the frame around all of them (docs/desk.md)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask import Blueprint, Response, current_app, g, make_response, redirect, render_template, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from whosthere.core.reasons import Reason, Refused
from whosthere.core.roles import Right
from whosthere.services import platforms
from whosthere.services.agents import Identity
from whosthere.storage.platforms import Platform
from whosthere.web import times
from whosthere.web.admin import words
from whosthere.web.assets import asset_base
from whosthere.web.forms import read_form
from whosthere.web.problems import STATUS, Problem, allowed
from whosthere.web.protection import protect
from whosthere.web.runtime import limits, runtime
from whosthere.web.signed_in import check_csrf, signed_in
from whosthere.web.wire import identifier

blueprint = Blueprint("admin", __name__, url_prefix="/admin")

Page = str | tuple[str, int]
_ASKED_BY_PAGES = (
    "admin.show_progress",
    "admin.show_erasing",
    "admin.show_erasing_progress",
    "admin.show_exporting",
    "admin.show_exporting_progress",
)
_NOT_FOR_YOU = Refused(Reason.FORBIDDEN, "The desk is for owners and admins. Ask one of your team.")
_LOCKED = Refused(Reason.CONFIRMATION_REQUIRED, "Give your password again, then do this once more.")


@blueprint.before_request
def pass_gate() -> BaseResponse | None:
    """Send strangers to the sign-in page, agents without the right away, and forms of other sites too."""
    if request.method == "POST":
        limits().count("post")
        read_form()
    found = signed_in(active=request.endpoint not in _ASKED_BY_PAGES)
    if found is None:
        done = "unsaved" if request.method == "POST" else None
        return redirect(url_for("agent.entry.login", next=here(), done=done), 303)
    if request.method == "POST":
        check_csrf()
    g.identity = found
    if not manages(found):
        raise Problem(_NOT_FOR_YOU)
    platform_id = (request.view_args or {}).get("platform_id")
    if platform_id is not None:
        g.platform = _platform(found, identifier(platform_id))
    return None


def manages(found: Identity) -> list[str]:
    """Return the ids of the platforms whose desk an agent may use."""
    return [one for one in found.platform_ids if found.may(one, Right.MANAGE_PLATFORM)]


def _platform(found: Identity, platform_id: str) -> Platform:
    """Return a platform of the agent's; a stranger's answers like one that does not exist.

    Raises:
        Problem: there is none (404), or the agent only answers there (403).
    """
    if found.role_on(platform_id) is None:
        raise Problem(platforms.NOT_FOUND)
    if not found.may(platform_id, Right.MANAGE_PLATFORM):
        raise Problem(_NOT_FOR_YOU)
    return allowed(platforms.find(runtime(), platform_id))


@blueprint.after_request
def finish(response: Response) -> Response:
    """Answer refusals with a page, and protect every page."""
    if response.mimetype == "application/problem+json":
        document = response.get_json(force=True)
        found = g.get("identity")
        template = "admin/error.html" if found is None or manages(found) else "admin/closed.html"
        answer = make_response(render_template(template, code=document["code"], detail=document["detail"]))
        answer.status_code = response.status_code
        for name in ("Retry-After", "Allow"):
            if name in response.headers:
                answer.headers[name] = response.headers[name]
        response = answer
    return protect(response)


@blueprint.context_processor
def context() -> dict[str, object]:
    """What every template of the desk may call."""
    return {
        "asset_base": asset_base(),
        "present": times,
        "words": words,
        "now": runtime().clock(),
        "identity": g.get("identity"),
        "platform": g.get("platform"),
        "there_is": lambda endpoint: endpoint in current_app.view_functions,
    }


@blueprint.get("/<path:_unknown>")
def show_nothing(_unknown: str) -> str:
    """Answer any other address below the desk with its own page."""
    raise Problem(Refused(Reason.NOT_FOUND, "There is nothing at this address."))


def page(template: str, refused: Iterable[Refused] = (), **values: object) -> Page:
    """Return a page; with refusals their words stand beside the fields they name, and the status says so."""
    problems = list(refused)
    beside: Mapping[str, str] = {problem.field or "": problem.detail for problem in reversed(problems)}
    body = render_template(template, problems=beside, **values)
    return (body, STATUS[problems[0].reason]) if problems else body


def identity() -> Identity:
    """Return the agent who is signed in in this browser."""
    found: Identity = g.identity
    return found


def platform() -> Platform:
    """Return the platform that the address names."""
    found: Platform = g.platform
    return found


def is_confirmed() -> bool:
    """Whether the password was given in this browser a short while ago, as keys and exports require."""
    return identity().confirmed(runtime().clock())


def unconfirmed() -> list[Refused]:
    """Return why something that needs the password cannot be done now; nothing when it was given just now."""
    return [] if is_confirmed() else [_LOCKED]


def here() -> str:
    """Return this page's address for `next` of the sign-in page: a path below the mount point.

    A form's is that of the page it stood on, the desk's first page if it stood on another.
    """
    if request.method == "POST" and not _is_page(request.path):
        return "admin"
    return request.path.strip("/")


def _is_page(path: str) -> bool:
    adapter = current_app.create_url_adapter(request)
    try:
        return adapter is not None and adapter.match(path, method="GET")[0] != "admin.show_nothing"
    except HTTPException:
        return False


def site_url() -> str:
    """Return where browsers reach this installation, without a slash at the end."""
    published: str | None = current_app.config["WHOSTHERE_PUBLIC_URL"]
    return (published or request.url_root).rstrip("/")
