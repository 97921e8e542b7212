"""How the chat looks and who is there when: colour, corner, greeting, working hours, promised reply time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from whosthere.core.reasons import Reason, Refused
from whosthere.services.options import POSITIONS, REPLY_TIMES, Invalid, apply, texts
from whosthere.storage.platforms import Platform
from whosthere.web.admin.gate import Page, blueprint, page, platform
from whosthere.web.admin.verification import save
from whosthere.web.appearance import BRAND, appearance
from whosthere.web.runtime import runtime

FIELDS = ("name", "brand_color", "position", "greeting", "working_hours", "reply_time", "retention_days")
CORNERS = dict(zip(POSITIONS, ("Bottom right", "Bottom left", "Top right", "Top left"), strict=True))
REPLIES = {"": "Promise nothing", **dict(zip(REPLY_TIMES, ("Minutes", "Hours", "A day"), strict=True))}


@blueprint.get("/platforms/<platform_id>/appearance")
def show_appearance(platform_id: str) -> Page:
    """Show the form, and the chat as it looks now."""
    return _page(texts(platform()), platform(), saved=request.args.get("saved") == "yes")


@blueprint.get("/platforms/<platform_id>/appearance/preview")
def preview_appearance(platform_id: str) -> Page:
    """Draw the chat with what is typed, for the script that asks while somebody types."""
    typed = _typed(request.args)
    tried = apply(platform(), typed)
    if isinstance(tried, Invalid):  # a field that is half typed takes nothing else away
        wrong = {problem.field for problem in tried.problems}
        tried = apply(platform(), {name: text for name, text in typed.items() if name not in wrong})
    return page("admin/_preview.html", look=appearance(tried if isinstance(tried, Platform) else platform(), _now()))


@blueprint.post("/platforms/<platform_id>/appearance")
def change_appearance(platform_id: str) -> Response | Page:
    """Save, or only show what it would look like."""
    typed = {**texts(platform()), **_typed(request.form)}
    values = {name: typed[name] for name in FIELDS if name in typed}
    if "try" in request.form:
        tried = apply(platform(), values)
        if isinstance(tried, Invalid):
            return _page(typed, platform(), tried.problems)
        return _page(typed, tried, trying=True)
    outcome = save(values)
    if isinstance(outcome, Platform):
        return redirect(url_for("admin.show_appearance", platform_id=outcome.id, saved="yes"), 303)
    return _page(typed, platform(), outcome.problems if isinstance(outcome, Invalid) else [outcome])


def _typed(form: Mapping[str, str]) -> dict[str, str]:
    given = {name: form[name] for name in FIELDS if name in form and name in texts(platform())}
    # Browsers send a colour always, the default one too.
    return {**given, "brand_color": ""} if given.get("brand_color") == BRAND else given


def _page(
    typed: Mapping[str, str],
    shown: Platform,
    problems: Sequence[Refused] = (),
    *,
    saved: bool = False,
    trying: bool = False,
) -> Page:
    conflict = any(problem.reason is Reason.CHANGED_MEANWHILE for problem in problems)
    return page(
        "admin/appearance.html",
        problems,
        typed=typed,
        look=appearance(shown, _now()),
        brand=typed.get("brand_color") or BRAND,
        corners=CORNERS,
        replies=REPLIES,
        saved=saved,
        trying=trying,
        stored=texts(platform()) if conflict else None,
        version=platform().version,
    )


def _now() -> int:
    return runtime().clock()
