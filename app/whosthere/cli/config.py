"""`whosthere config`: check."""

from __future__ import annotations

import click

from whosthere.cli import cautions
from whosthere.cli.output import json_option, show_fields, show_json, warn
from whosthere.services import checkup
from whosthere.settings import Settings, SettingsError, load_settings
from whosthere.wiring import build_runtime


@click.group("config")
def command() -> None:
    """The settings: environment variables that begin with WHOSTHERE_."""


@command.command("check")
@json_option
def check(as_json: bool) -> None:
    """Show the settings without their secrets, and every problem there is; exit with 1 if there is one."""
    settings: Settings | None = None
    try:
        settings = load_settings()
        problems = _problems(settings)
    except SettingsError as error:
        problems = list(error.problems)
    masked = {} if settings is None else settings.masked()
    warnings = [] if settings is None else _warnings(settings)
    if as_json:
        show_json({"ok": not problems, "problems": problems, "warnings": warnings, "settings": masked})
    else:
        if masked:
            show_fields(list(masked.items()))
        for warning in warnings:
            warn(warning)
        for problem in problems:
            click.echo(f"Error: {problem}", err=True)
        if not problems:
            click.echo("Everything is in order.")
    if problems:
        raise click.exceptions.Exit(1)


def _problems(settings: Settings) -> list[str]:
    runtime = build_runtime(settings)
    try:
        return checkup.problems(runtime)
    finally:
        runtime.hub.close()
        runtime.database.close()


def _warnings(settings: Settings) -> list[str]:
    found = cautions.of_limits(settings, workers=None) + cautions.of_sqlite(settings)
    if settings.public_url is None:
        found.append("WHOSTHERE_PUBLIC_URL is not set: links and snippets name 127.0.0.1.")
    return found
