"""Everything there is of a person, to take along: at once if there is little, else prepared while a page shows it."""

from __future__ import annotations

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from whosthere.core.reasons import Reason, Refused
from whosthere.services import export_jobs
from whosthere.web.admin.gate import Page, blueprint, identity, page, platform, unconfirmed
from whosthere.web.admin.people import find_person, person_page
from whosthere.web.confirmation import confirm_by
from whosthere.web.problems import Problem
from whosthere.web.runtime import runtime

_STEER = {"stop": export_jobs.stop, "on": export_jobs.resume, "discard": export_jobs.discard}
_NO_WAY = Refused(Reason.INVALID_FIELD, "Stop it, let it go on, or throw it away.", "go")


@blueprint.post("/platforms/<platform_id>/people/<record_id>/export")
def export_person(platform_id: str, record_id: str) -> BaseResponse | Page:
    """Give out everything there is of a person, or have it prepared: JSON, readable HTML, the files."""
    person = find_person(record_id)
    refused = confirm_by(identity(), request.form)
    if refused is not None:
        return person_page(person, [Refused(refused.reason, refused.detail, "export_password")])
    pieces = export_jobs.take(runtime(), platform().id, person.record.id, actor=identity().actor)
    if isinstance(pieces, Refused):
        raise Problem(pieces)
    if pieces is None:
        return redirect(_exporting(person.record.id), 303)
    headers = {"Content-Disposition": 'attachment; filename="person.zip"'}
    return Response(pieces, mimetype="application/zip", headers=headers)


@blueprint.get("/platforms/<platform_id>/people/<record_id>/exporting")
def show_exporting(platform_id: str, record_id: str) -> BaseResponse | Page:
    """Show how far an export has come; the page asks again by itself."""
    found = _progress(record_id)
    if found["standing"] is None:
        return redirect(_person(str(found["record_id"])), 303)
    return page("admin/exporting.html", (), **found)


@blueprint.get("/platforms/<platform_id>/people/<record_id>/exporting/progress")
def show_exporting_progress(platform_id: str, record_id: str) -> Page:
    """Return the part of that page that changes."""
    return page("admin/_exporting.html", (), **_progress(record_id))


@blueprint.post("/platforms/<platform_id>/people/<record_id>/exporting")
def steer_exporting(platform_id: str, record_id: str) -> BaseResponse:
    """Have an export wait, go on, or be thrown away."""
    person = find_person(record_id).record.id
    steer = _STEER.get(request.form.get("go", ""))
    if steer is None:
        raise Problem(_NO_WAY)
    steer(runtime(), platform().id, person, actor=identity().actor)
    return redirect(_person(person) if steer is export_jobs.discard else _exporting(person), 303)


def _progress(record_id: str) -> dict[str, object]:
    person = find_person(record_id).record.id
    standing = export_jobs.standing(runtime(), platform().id, person, actor=identity().actor)
    return {"standing": standing, "record_id": person, "ask_password": bool(unconfirmed())}


def _exporting(record_id: str) -> str:
    return url_for("admin.show_exporting", platform_id=platform().id, record_id=record_id)


def _person(record_id: str) -> str:
    return url_for("admin.show_person", platform_id=platform().id, record_id=record_id)
