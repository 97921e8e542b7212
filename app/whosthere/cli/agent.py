"""`whosthere agent`: create, join, token."""

from __future__ import annotations

import secrets

import click

from whosthere.cli.failures import Failure, accepted
from whosthere.cli.installation import installation
from whosthere.cli.lookup import platform_of
from whosthere.cli.moments import read_moment
from whosthere.cli.output import instant, json_option, show_fields, show_json
from whosthere.cli.secrets import read_secret
from whosthere.services import agents, personal_tokens, platforms
from whosthere.services.runtime import Runtime
from whosthere.storage.platforms import Platform

_PASSWORD_BYTES = 15

_platform = click.option("--platform", help="Whom they work for (id or name); may be left out while there is only one.")
_role = click.option("--role", type=click.Choice(["agent", "admin"]), default="agent", show_default=True)


@click.group("agent")
def command() -> None:
    """The people of the support team, who answer in the inbox."""


@command.command("create")
@click.argument("email")
@_platform
@_role
@click.option("--name", help="What visitors read; made from the email address by default.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of making one.")
@json_option
def create(email: str, platform: str | None, role: str, name: str | None, password_stdin: bool, as_json: bool) -> None:
    """Create an agent who signs in with EMAIL and a password, which is made and printed unless it is given."""
    given = read_secret("Password") if password_stdin else None
    password = given or secrets.token_urlsafe(_PASSWORD_BYTES)
    with installation() as runtime:
        found = _platform_meant(runtime, platform)
        agent = accepted(agents.create_agent(runtime, email, password, found.id, role, name=name))
    if as_json:
        made = {} if given else {"password": password}
        show_json({"id": agent.id, "email": agent.email, "name": agent.name, "role": role, **made})
        return
    shown = [] if given else [("Password", f"{password}  (shown once)")]
    show_fields([("Agent", f"{agent.name} ({agent.email})"), ("Platform", f"{found.name}, as {role}"), *shown])


@command.command("join")
@click.argument("email")
@_platform
@_role
@json_option
def join(email: str, platform: str | None, role: str, as_json: bool) -> None:
    """Let the agent with EMAIL work for one more platform, or give them another role there."""
    with installation() as runtime:
        found = _platform_meant(runtime, platform)
        accepted(agents.join_platform(runtime, email, found.id, role))
    if as_json:
        show_json({"email": email, "platformId": found.id, "role": role})
    else:
        click.echo(f"{email} works for {found.name}, as {role}.")


@command.command("token")
@click.argument("email")
@click.option("--name", default="command line", show_default=True, help="What it is for.")
@click.option("--ends", callback=read_moment, default="never", show_default=True, help="30d, 12h, 2027-01-31, …")
@json_option
def token(email: str, name: str, ends: int | None, as_json: bool) -> None:
    """Make a personal access token for the agent with EMAIL, by which programs use the agent API."""
    with installation() as runtime:
        made = accepted(personal_tokens.create(runtime, email, name=name, expires_at=ends)).secret
    if as_json:
        show_json({"token": made, "name": name, "expiresAt": instant(ends)})
    else:
        click.echo(made)


def _platform_meant(runtime: Runtime, text: str | None) -> Platform:
    if text is not None:
        return platform_of(runtime, text)
    everything = platforms.listed(runtime)
    if not everything:
        raise Failure("There is no platform yet. To create one: whosthere platform create NAME --origin https://…")
    if len(everything) > 1:
        names = ", ".join(f"{each.name!r} ({each.id})" for each in everything)
        raise Failure(f"There are several platforms; say which one with --platform: {names}")
    return everything[0]
