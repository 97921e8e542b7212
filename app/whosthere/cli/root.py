"""The root command; each command's module is imported when it is asked for."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version

import click

_COMMANDS = {
    "demo": "whosthere.cli.demo",
    "serve": "whosthere.cli.serve",
    "platform": "whosthere.cli.platform",
    "key": "whosthere.cli.key",
    "agent": "whosthere.cli.agent",
    "apikey": "whosthere.cli.apikey",
    "user": "whosthere.cli.user",
    "token": "whosthere.cli.token",
    "db": "whosthere.cli.db",
    "config": "whosthere.cli.config",
    "purge": "whosthere.cli.purge",
}


class _Commands(click.Group):
    """Finds a command in the module of the same name; listed in the order of first use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(_COMMANDS[cmd_name]).command
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(version("whosthere"), "--version", "-V", message="whosthere %(version)s")
def root() -> None:
    """An embeddable support chat that knows who it is talking to.

    Settings are environment variables: see `whosthere config check`.
    """
