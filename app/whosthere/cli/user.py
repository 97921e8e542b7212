"""`whosthere user`: find, export, erase, end-sessions, unseal."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

import click

from whosthere.cli.failures import Failure, accepted
from whosthere.cli.installation import installation, whoever_types
from whosthere.cli.lookup import platform_of
from whosthere.cli.new_archive import write_archive
from whosthere.cli.output import instant, json_option, moment, show_fields, show_json, show_table
from whosthere.cli.progress import bar
from whosthere.services import erasure, people, sealing
from whosthere.services.people import Wanted
from whosthere.services.runtime import Runtime
from whosthere.storage.users import User

F = TypeVar("F", bound=Callable[..., Any])


def _one_person(command: F) -> F:
    """Add the options that say who is meant."""
    for option in (
        click.option("--id", "record_id", help="The id of the record."),
        click.option("--email", help="The email address; several people may have one."),
        click.option("--user-id", help="The userId, exactly."),
    ):
        command = option(command)
    return click.argument("platform")(command)


@click.group("user")
def command() -> None:
    """The people who write: find them, hand their data over, erase them, end their sessions."""


@command.command("find")
@_one_person
@json_option
def find(platform: str, user_id: str | None, email: str | None, record_id: str | None, as_json: bool) -> None:
    """Find people of PLATFORM (id or name) by --user-id, --email or --id."""
    wanted = _wanted(user_id, email, record_id)
    with installation() as runtime:
        found = people.look_up(runtime, platform_of(runtime, platform).id, wanted)
    if as_json:
        show_json([_answer(user) for user in found])
        return
    show_table(
        ["Id", "User id", "Email", "Name", "Last seen"],
        [
            [one.record.id, one.record.user_id or "", one.record.email or "", one.record.name or "", _seen(one)]
            for one in found
        ],
        empty="Nobody goes by that.",
    )


@command.command("export")
@_one_person
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Where to; person-<id>.zip by default.")
@json_option
def export(
    platform: str, user_id: str | None, email: str | None, record_id: str | None, output: Path | None, as_json: bool
) -> None:
    """Write everything there is of one person of PLATFORM into a new ZIP: JSON, a page to read, attachments.

    Interrupt it whenever you like: the same command goes on where it was, within a day.
    """
    wanted = _wanted(user_id, email, record_id)
    with installation() as runtime, bar(quiet=as_json) as told:
        platform_id = platform_of(runtime, platform).id
        person = _only_id(runtime, platform_id, wanted)
        place = output or Path(f"person-{person}.zip")
        write_archive(runtime, platform_id, person, place, told)
    if as_json:
        show_json({"id": person, "file": str(place)})
    else:
        click.echo(f"Everything there is of {person} is in {place}.")


@command.command("erase")
@_one_person
@click.option("--claims", is_flag=True, help="Take their identifiers out of records that only claim them, too.")
@click.option("--dry-run", is_flag=True, help="Count only; change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
def erase(
    platform: str,
    user_id: str | None,
    email: str | None,
    record_id: str | None,
    claims: bool,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Erase one person of PLATFORM for good. Interrupt it whenever you like: the next run, or a purge, goes on."""
    wanted = _wanted(user_id, email, record_id)
    with installation() as runtime:
        platform_id = platform_of(runtime, platform).id
        person = _only_id(runtime, platform_id, wanted)
        extent = accepted(erasure.extent(runtime, platform_id, person))
        if not dry_run:
            if not yes:
                click.confirm(f"Erase {person} with {extent.messages} messages for good?", abort=True, err=True)
            with bar(quiet=as_json) as told:
                accepted(
                    erasure.erase(
                        runtime,
                        platform_id,
                        person,
                        actor=whoever_types(),
                        progress=lambda done, total: told("messages", done, total),
                        claims_too=claims,
                    )
                )
    if as_json:
        show_json({"id": person, "dryRun": dry_run, "erased": asdict(extent)})
        return
    show_fields([("Person", person), *((name.capitalize(), str(number)) for name, number in asdict(extent).items())])
    click.echo("Nothing was changed." if dry_run else "Erased.")


@command.command("end-sessions")
@_one_person
@json_option
def end_sessions(platform: str, user_id: str | None, email: str | None, record_id: str | None, as_json: bool) -> None:
    """End every session of one person of PLATFORM, from their next request on."""
    wanted = _wanted(user_id, email, record_id)
    with installation() as runtime:
        platform_id = platform_of(runtime, platform).id
        person = _only_id(runtime, platform_id, wanted)
        refused = people.end_sessions(runtime, platform_id, person, actor=whoever_types())
        if refused is not None:
            raise Failure(refused.detail)
    if as_json:
        show_json({"id": person})
    else:
        click.echo(f"The sessions of {person} are over.")


@command.command("unseal")
@_one_person
@json_option
def unseal(platform: str, user_id: str | None, email: str | None, record_id: str | None, as_json: bool) -> None:
    """Open the sealed record of one person of PLATFORM to claimed visitors; not while verification is enforced."""
    wanted = _wanted(user_id, email, record_id)
    with installation() as runtime:
        platform_id = platform_of(runtime, platform).id
        person = _only_id(runtime, platform_id, wanted)
        unsealed = accepted(sealing.unseal(runtime, platform_id, person, actor=whoever_types()))
    if as_json:
        show_json({"id": person, "unsealed": unsealed})
    else:
        click.echo(f"{person} is open to claimed visitors." if unsealed else f"{person} was open already.")


def _wanted(user_id: str | None, email: str | None, record_id: str | None) -> Wanted:
    """Return whom the options mean; exactly one of them."""
    if sum(given is not None for given in (user_id, email, record_id)) != 1:
        raise click.UsageError("Say who: exactly one of --user-id, --email and --id.")
    try:
        return Wanted(user_id, email, None if record_id is None else str(uuid.UUID(record_id)))
    except ValueError:
        raise click.UsageError("--id takes the id of a record, as `user find` shows it.") from None


def _only_id(runtime: Runtime, platform_id: str, wanted: Wanted) -> str:
    """Return the id of the only person who is meant; an id is taken as it is, since an erased one is not found."""
    if wanted.id is not None:
        return wanted.id
    found = people.look_up(runtime, platform_id, wanted)
    if len(found) > 1:
        ids = ", ".join(user.record.id for user in found)
        raise Failure(f"Several people go by that; use --id with one of these: {ids}")
    if not found:
        raise Failure("There is no such user.")
    return found[0].record.id


def _seen(user: User) -> str:
    return moment(user.last_seen_at)


def _answer(user: User) -> dict[str, Any]:
    record = user.record
    return {
        "id": record.id,
        "anonymous": user.anonymous,
        "userId": record.user_id,
        "userIdProven": record.user_id_proven,
        "userEmail": record.email,
        "userEmailProven": record.email_proven,
        "userName": record.name,
        "createdAt": instant(user.created_at),
        "lastSeenAt": instant(user.last_seen_at),
    }
