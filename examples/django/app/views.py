"""The club's pages."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBadRequest, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.views.decorators.cache import cache_control
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_POST, require_safe

from app.members import MEMBERS, OUTINGS, RESULTS

log = logging.getLogger("weir")
STYLE = Path(__file__).parents[1] / "templates" / "club.css"


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Say who we are."""
    return render(request, "home.html")


@require_safe
def outings(request: HttpRequest) -> HttpResponse:
    """Show the member's own outings."""
    member = request.member  # type: ignore[attr-defined]
    if member is None:
        return redirect("login")
    return render(request, "outings.html", {"outings": OUTINGS[member["id"]]})


@require_safe
def results(request: HttpRequest) -> StreamingHttpResponse:
    """Stream the results, one race at a time."""
    head, _, foot = render_to_string("results.html", request=request).partition("<!-- results -->")

    def page() -> Iterator[str]:
        yield head
        for race in RESULTS:
            yield format_html("<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n", *race)
        yield foot

    return StreamingHttpResponse(page())


@require_safe
@gzip_page
def table(request: HttpRequest) -> HttpResponse:
    """Give the results to whoever counts them, compressed for who can read that."""
    lines = ["race,boat,place,time", *(",".join(race) for race in RESULTS * 8)]
    return HttpResponse("\n".join(lines), content_type="text/csv; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=3600)
def style(request: HttpRequest) -> FileResponse:
    """Serve the style sheet; every cache may keep it."""
    return FileResponse(STYLE.open("rb"), content_type="text/css; charset=utf-8")


def login(request: HttpRequest) -> HttpResponse:
    """Offer the members of this example, or sign one in; your club asks for a password."""
    if request.method != "POST":
        return render(request, "login.html", {"members": MEMBERS.values()})
    member = MEMBERS.get(request.POST.get("member", ""))
    if member is None:
        return HttpResponseBadRequest("Who is that?")
    request.session.flush()
    request.session["member"] = member["id"]
    log.info("%s signed in", member["id"])
    return redirect("outings")


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """Sign the member out."""
    request.session.flush()
    return redirect("home")


def broken(request: HttpRequest) -> HttpResponse:
    """Fail, so that one can see what a failure looks like."""
    raise RuntimeError("a crab was caught")
