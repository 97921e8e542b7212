"""`whosthere key`: list, new, end, delete."""

from __future__ import annotations

from typing import Any

import click

from whosthere.cli.failures import accepted
from whosthere.cli.installation import installation, whoever_types
from whosthere.cli.lookup import key_of, platform_of
from whosthere.cli.moments import read_moment
from whosthere.cli.output import instant, json_option, moment, show_fields, show_json, show_table, warn
from whosthere.cli.secrets import read_secret
from whosthere.core.keys import Scheme
from whosthere.core.policy import Verification
from whosthere.services import keys
from whosthere.services.keys import Wanted
from whosthere.services.runtime import Runtime
from whosthere.storage.keys import KeyRow
from whosthere.storage.platforms import Platform


@click.group("key")
def command() -> None:
    """Rotate the secret keys your backend signs with, or import another vendor's secret."""


@command.command("list")
@click.argument("platform")
@json_option
def list_(platform: str, as_json: bool) -> None:
    """List the keys of PLATFORM (id or name), oldest first."""
    with installation() as runtime:
        rows = accepted(keys.listed(runtime, platform_of(runtime, platform).id))
        now = runtime.clock()
    if as_json:
        show_json([_answer(row) for row in rows])
        return
    show_table(
        ["Name", "Scheme", "Created", "Last used", "Ends", "Key"],
        [
            [
                row.name,
                row.scheme.value + (" (weak)" if row.weak else ""),
                moment(row.created_at),
                moment(row.last_used_at),
                moment(row.ends_at) + (" (ended)" if _ended(row, now) else ""),
                row.id,
            ]
            for row in rows
        ],
        empty="This platform has no key, so nobody can be verified. To make one: whosthere key new PLATFORM",
    )


@command.command("new")
@click.argument("platform")
@click.option("--scheme", type=click.Choice([scheme.value for scheme in Scheme]), default="standard", show_default=True)
@click.option("--name", help="How the desk and the messages call it; the month by default.")
@click.option("--secret-stdin", is_flag=True, help="Import another vendor's secret, read from standard input.")
@json_option
def new(platform: str, scheme: str, name: str | None, secret_stdin: bool, as_json: bool) -> None:
    """Make a key for PLATFORM, next to the ones there are; its secret is shown this once.

    \b
    whosthere key new "Harbour Shop"
    pass show helpshift | whosthere key new "Harbour Shop" --scheme helpshift --secret-stdin
    """
    secret = read_secret() if secret_stdin else None
    with installation() as runtime:
        wanted = Wanted(Scheme(scheme), name, secret)
        key = accepted(keys.new(runtime, platform_of(runtime, platform).id, wanted, actor=whoever_types()))
    if as_json:
        show_json(
            {
                "id": key.id,
                "name": key.name,
                "scheme": key.scheme.value,
                "secret": key.secret,
                "weak": key.weak,
                "createdAt": instant(key.created_at),
            }
        )
    else:
        shown = "as imported" if secret_stdin else f"{key.secret}  (shown once)"
        show_fields([("Key", f"{key.name} ({key.id})"), ("Scheme", key.scheme.value), ("Secret", shown)])
    if key.weak:
        warn("this secret has fewer than 32 bytes; move to a new standard key when you can.")


@command.command("end")
@click.argument("platform")
@click.argument("key")
@click.argument("when", callback=read_moment)
@json_option
def end(platform: str, key: str, when: int | None, as_json: bool) -> None:
    """Let KEY of PLATFORM end at WHEN: now, 30d, 12h, 2027-01-31, 2027-01-31T18:00Z, or never.

    From that moment its tokens and the sessions that came from them are refused.
    """
    with installation() as runtime:
        found = platform_of(runtime, platform)
        row = accepted(keys.set_end(runtime, found.id, key_of(runtime, found, key).id, when, actor=whoever_types()))
        _warn_if_nobody_can_be_verified(runtime, found)
    if as_json:
        show_json(_answer(row))
    else:
        click.echo(f"Key {row.name} ends: {moment(row.ends_at)}.")


@command.command("delete")
@click.argument("platform")
@click.argument("key")
@json_option
def delete(platform: str, key: str, as_json: bool) -> None:
    """Delete KEY (id or name) of PLATFORM for good.

    From the next request on its tokens and the sessions that came from them are refused.
    """
    with installation() as runtime:
        found = platform_of(runtime, platform)
        row = accepted(keys.delete(runtime, found.id, key_of(runtime, found, key).id, actor=whoever_types()))
        _warn_if_nobody_can_be_verified(runtime, found)
    if as_json:
        show_json({"id": row.id, "name": row.name, "deleted": True})
    else:
        click.echo(f"Key {row.name} is deleted.")


def _warn_if_nobody_can_be_verified(runtime: Runtime, platform: Platform) -> None:
    rows = accepted(keys.listed(runtime, platform.id))
    live = [row for row in rows if not _ended(row, runtime.clock())]
    if not live and platform.policy.verification is Verification.ENFORCED:
        warn("this platform has no live key left: every visitor with an identity is refused until there is one.")


def _ended(row: KeyRow, now: int) -> bool:
    return row.ends_at is not None and row.ends_at <= now


def _answer(row: KeyRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "scheme": row.scheme.value,
        "weak": row.weak,
        "createdAt": instant(row.created_at),
        "lastUsedAt": instant(row.last_used_at),
        "endsAt": instant(row.ends_at),
    }
