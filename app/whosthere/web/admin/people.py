"""People: look somebody up, end their sessions, unseal them, erase them; exporting them is in `exports`."""

from __future__ import annotations

from collections.abc import Sequence

from flask import redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from whosthere.core.reasons import Reason, Refused
from whosthere.services import claims, erasure, export_jobs, people, sealing
from whosthere.services.people import Wanted
from whosthere.storage.users import User
from whosthere.web.admin.gate import Page, blueprint, identity, page, platform, unconfirmed
from whosthere.web.confirmation import confirm_by
from whosthere.web.problems import Problem
from whosthere.web.runtime import runtime
from whosthere.web.wire import identifier

BATCHES_PER_REQUEST = 20
"""How much of an erasure one request does; the rest is done by the chores, while a page shows how far they came."""

DONE = {
    "ended": "Every session of this person has ended.",
    "erased": "The person is erased.",
    "unsealed": "The record is open to claimed visitors again.",
    "open": "The record was open already: nothing has changed.",
}
_NUMBER_LENGTH_MAX = 12
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
    return person_page(find_person(record_id))


@blueprint.post("/platforms/<platform_id>/people/<record_id>/sessions")
def end_sessions(platform_id: str, record_id: str) -> BaseResponse:
    """Sign a person out of the chat everywhere."""
    person = find_person(record_id)
    people.end_sessions(runtime(), platform().id, person.record.id, actor=identity().actor)
    address = url_for("admin.show_person", platform_id=platform().id, record_id=person.record.id, done="ended")
    return redirect(address, 303)


@blueprint.post("/platforms/<platform_id>/people/<record_id>/unseal")
def unseal_person(platform_id: str, record_id: str) -> BaseResponse | Page:
    """Let claimed visitors act as a person again, who was verified once."""
    person = find_person(record_id)
    refused = confirm_by(identity(), request.form)
    if refused is not None:
        return person_page(person, [Refused(refused.reason, refused.detail, "unseal_password")])
    outcome = sealing.unseal(runtime(), platform().id, person.record.id, actor=identity().actor)
    if isinstance(outcome, Refused):
        return person_page(person, [outcome])
    done = "unsealed" if outcome else "open"
    address = url_for("admin.show_person", platform_id=platform().id, record_id=person.record.id, done=done)
    return redirect(address, 303)


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
        return person_page(known, problems) if isinstance(known, User) else _page(problems, going=record_id)
    outcome = erasure.erase(
        runtime(),
        platform().id,
        record_id,
        actor=identity().actor,
        batches_max=BATCHES_PER_REQUEST,
        claims_too=request.form.get("claims") == "yes",
    )
    if isinstance(outcome, Refused):
        raise Problem(outcome)
    if not outcome.finished:
        return redirect(_erasing(record_id, str(outcome.extent.messages)), 303)
    return redirect(url_for("admin.show_people", platform_id=platform().id, done="erased"), 303)


@blueprint.get("/platforms/<platform_id>/people/<record_id>/erasing")
def show_erasing(platform_id: str, record_id: str) -> Page:
    """Show how far an erasure has come; the page asks again by itself."""
    return page("admin/erasing.html", (), **_progress(record_id))


@blueprint.get("/platforms/<platform_id>/people/<record_id>/erasing/progress")
def show_erasing_progress(platform_id: str, record_id: str) -> Page:
    """Return the part of that page that changes."""
    return page("admin/_erasing.html", (), **_progress(record_id))


@blueprint.post("/platforms/<platform_id>/people/<record_id>/erasing")
def steer_erasing(platform_id: str, record_id: str) -> BaseResponse:
    """Have the rest of an erasure wait, or go on."""
    record_id = identifier(record_id)
    steer = erasure.stop if request.form.get("go") == "stop" else erasure.resume
    refused = steer(runtime(), platform().id, record_id, actor=identity().actor)
    if refused is not None:
        raise Problem(refused)
    return redirect(_erasing(record_id, request.form.get("of", "")), 303)


def _erasing(record_id: str, of: str) -> str:
    return url_for("admin.show_erasing", platform_id=platform().id, record_id=record_id, of=_number(of))


def _progress(record_id: str) -> dict[str, object]:
    record_id = identifier(record_id)
    standing = erasure.standing(runtime(), platform().id, record_id)
    if isinstance(standing, Refused):
        raise Problem(standing)
    of = max(_number(request.args.get("of", "")), standing.extent.messages)
    return {"standing": standing, "of": of, "record_id": record_id}


def _number(text: str) -> int:
    """Return how many messages there were, as the address says; 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _NUMBER_LENGTH_MAX else 0


def _page(
    problems: Sequence[Refused] = (),
    *,
    who: str = "",
    found: list[User] | None = None,
    going: str = "",
) -> Page:
    return page(
        "admin/people.html",
        problems,
        who=who,
        found=found,
        going=going,
        done=DONE.get(request.args.get("done", ""), ""),
        ask_password=bool(unconfirmed()),
    )


def person_page(person: User, problems: Sequence[Refused] = ()) -> Page:
    """Return the page of one person."""
    extent = erasure.extent(runtime(), platform().id, person.record.id)
    return page(
        "admin/person.html",
        problems,
        person=person,
        extent=None if isinstance(extent, Refused) else extent,
        exporting=export_jobs.standing(runtime(), platform().id, person.record.id, actor=identity().actor),
        claiming=claims.of_others(runtime(), platform().id, person.record),
        claims_shown=claims.SHOWN_MAX,
        claims_too="sure" not in request.form or request.form.get("claims") == "yes",
        done=DONE.get(request.args.get("done", ""), ""),
        ask_password=bool(unconfirmed()),
    )


def find_person(record_id: str) -> User:
    """Return whom the address names.

    Raises:
        Problem: there is no such person.
    """
    found = people.find(runtime(), platform().id, identifier(record_id))
    if isinstance(found, Refused):
        raise Problem(found)
    return found
