"""`whosthere db`: upgrade, status."""

from __future__ import annotations

import click

from whosthere.cli.failures import Failure
from whosthere.cli.installation import in_words, installation
from whosthere.cli.output import json_option, show_json
from whosthere.cli.progress import bar
from whosthere.services import search
from whosthere.storage import migrate


@click.group("db")
def command() -> None:
    """The schema of the database."""


@command.command("upgrade")
@click.option("--no-backup", is_flag=True, help="Do not copy a SQLite file beside itself first.")
@json_option
def upgrade(no_backup: bool, as_json: bool) -> None:
    """Bring the database to the schema of this release."""
    with installation(any_schema=True) as runtime:
        before = migrate.status(runtime.database)
        after = migrate.upgrade(runtime.database, backup=not no_backup)
    if as_json:
        show_json({"before": before.current, "current": after.current, "head": after.head, "atHead": after.at_head})
    elif before.at_head:
        click.echo(in_words(after))
    else:
        click.echo(f"The database is upgraded: {before.current or 'empty'} → {after.current}.")


@command.command("reindex")
@json_option
def reindex(as_json: bool) -> None:
    """Make the index of the agents' search anew. Visitors are served meanwhile; searches find less until it is done."""
    with installation() as runtime, bar(quiet=as_json) as progress:
        done = search.reindex(runtime, progress)
    if as_json:
        show_json({"entries": done})
    else:
        click.echo(f"The search index is made anew, of {done:,} messages, notes and people.")


@command.command("status")
@click.option("--check", is_flag=True, help="Exit with 1 unless the schema is the one of this release.")
@json_option
def status(check: bool, as_json: bool) -> None:
    """Say where the schema of the database stands."""
    with installation(any_schema=True) as runtime:
        schema = migrate.status(runtime.database)
    if as_json:
        show_json({"current": schema.current, "head": schema.head, "atHead": schema.at_head})
    else:
        click.echo(in_words(schema))
    if check and not schema.at_head:
        raise Failure("run: whosthere db upgrade")
