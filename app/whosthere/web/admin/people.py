"""People: look somebody up, end their sessions, take along what there is of them, erase them."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from typing import IO, cast

from flask import Response, redirect, request, send_file, url_for
from werkzeug.wrappers import Response as BaseResponse

from whosthere.core.reasons import Reason, Refused
from whosthere.services import erasure, people
from whosthere.services.archive import write_zip
from whosthere.services.people import Wanted
from whosthere.storage.users import User
from whosthere.web.admin.gate import Page, blueprint, identity, page, platform, unconfirmed
from whosthere.web.confirmation import confirm_by
from whosthere.web.problems import Problem
from whosthere.web.runtime import runtime
from whosthere.web.wire import identifier

BATCHES_PER_REQUEST = 20
"""How much of an erasure one request does; the page shows how far it came, and goes on."""

DONE = {"ended": "Every session of this person has ended.", "erased": "The person is erased."}
_NOTHING = Refused(Reason.INVALID_FIELD, "Write a userId or an email address, exactly.", "who")
_UNSURE = Refused(Reason.INVALID_FIELD, "Write ERASE, so that nobody is erased by mistake.", "sure")
_WHO_LENGTH_MAX = 750


@blueprint.get("/platforms/<platform_id>/people")
def show_people(platform_id: str) -> Page:
    """Ask whom somebody looks for."""
    return _page()


@blueprint.post("/platforms/<platform_id>/people")
def look_up(platform_id: str) -> Page:
    """List who goes by a userId or an address; what is looked for stands in no address and no log."""
    who = request.form.get("who", "")
    if not who or len(who) > _WHO_LENGTH_MAX:
        return _page([_NOTHING], who=who)
    by_id = people.look_up(runtime(), platform().id, Wanted(user_id=who))
    by_email = people.look_up(runtime(), platform().id, Wanted(email=who)) if "@" in who else []
    found = {user.record.id: user for user in [*by_id, *by_email]}
    return _page(who=who, found=list(found.values()))


@blueprint.get("/platforms/<platform_id>/people/<record_id>")
def show_person(platform_id: str, record_id: str) -> Page:
    """Show what is known of one person, and what can be done."""
    return _person_page(_person(record_id))


@blueprint.post("/platforms/<platform_id>/people/<record_id>/sessions")
def end_sessions(platform_id: str, record_id: str) -> BaseResponse:
    """Sign a person out of the chat everywhere."""
    person = _person(record_id)
    people.end_sessions(runtime(), platform().id, person.record.id, actor=identity().actor)
    address = url_for("admin.show_person", platform_id=platform().id, record_id=person.record.id, done="ended")
    return redirect(address, 303)


@blueprint.post("/platforms/<platform_id>/people/<record_id>/export")
def export_person(platform_id: str, record_id: str) -> Response | Page:
    """Give out everything there is of a person: JSON, readable HTML, the files."""
    person = _person(record_id)
    refused = confirm_by(identity(), request.form)
    if refused is not None:
        return _person_page(person, [Refused(refused.reason, refused.detail, "export_password")])
    with ExitStack() as stack:
        file = stack.enter_context(tempfile.TemporaryFile())
        outcome = write_zip(runtime(), platform().id, person.record.id, cast("IO[bytes]", file), actor=identity().actor)
        if isinstance(outcome, Refused):
            raise Problem(outcome)
        file.seek(0)
        stack.pop_all()  # closed by the server, once it is sent
        return send_file(file, "application/zip", as_attachment=True, download_name="person.zip")


@blueprint.post("/platforms/<platform_id>/people/<record_id>/erase")
def erase_person(platform_id: str, record_id: str) -> BaseResponse | Page:
    """Erase a person for good, a good piece at a time."""
    record_id = identifier(record_id)
    known = people.find(runtime(), platform().id, record_id)
    refused = confirm_by(identity(), request.form)
    problems = [] if refused is None else [refused]
    if isinstance(known, User) and request.form.get("sure", "").strip() != "ERASE":
        problems.append(_UNSURE)
    if problems:
        return _person_page(known, problems) if isinstance(known, User) else _page(problems, going=record_id)
    outcome = erasure.erase(
        runtime(), platform().id, record_id, actor=identity().actor, batches_max=BATCHES_PER_REQUEST
    )
    if isinstance(outcome, Refused):
        raise Problem(outcome)
    if not outcome.finished:
        return _page(going=record_id, left=outcome.extent.messages)
    return redirect(url_for("admin.show_people", platform_id=platform().id, done="erased"), 303)


def _page(
    problems: Sequence[Refused] = (),
    *,
    who: str = "",
    found: list[User] | None = None,
    going: str = "",
    left: int = 0,
) -> Page:
    return page(
        "admin/people.html",
        problems,
        who=who,
        found=found,
        going=going,
        left=left,
        done=DONE.get(request.args.get("done", ""), ""),
        ask_password=bool(unconfirmed()),
    )


def _person_page(person: User, problems: Sequence[Refused] = ()) -> Page:
    extent = erasure.extent(runtime(), platform().id, person.record.id)
    return page(
        "admin/person.html",
        problems,
        person=person,
        extent=None if isinstance(extent, Refused) else extent,
        done=DONE.get(request.args.get("done", ""), ""),
        ask_password=bool(unconfirmed()),
    )


def _person(record_id: str) -> User:
    found = people.find(runtime(), platform().id, identifier(record_id))
    if isinstance(found, Refused):
        raise Problem(found)
    return found
