"""`whosthere agent`: create, join, invite, password, reset-second-factor, disable; tokens stand in `agent_tokens`."""

from __future__ import annotations

import secrets

import click

from whosthere.cli import agent_tokens
from whosthere.cli.failures import Failure, accepted
from whosthere.cli.installation import installation, whoever_types
from whosthere.cli.lookup import platform_of
from whosthere.cli.output import instant, json_option, moment, show_fields, show_json
from whosthere.cli.secrets import read_secret
from whosthere.cli.snippet import UNPUBLISHED
from whosthere.core.roles import Right, Role, may
from whosthere.services import agents, links, platforms, second_factor
from whosthere.services.links import NewLink
from whosthere.services.runtime import Runtime
from whosthere.settings import load_settings
from whosthere.storage.platforms import Platform

_PASSWORD_BYTES = 15
_ROLES = [role.value for role in reversed(Role)]

_platform = click.option("--platform", help="Whom they work for (id or name); may be left out while there is only one.")
_role = click.option("--role", type=click.Choice(_ROLES), default=Role.AGENT.value, show_default=True)


@click.group("agent")
def command() -> None:
    """The people of the support team, who answer in the inbox."""


for _one in agent_tokens.COMMANDS:
    command.add_command(_one)


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
        by = whoever_types()
        agent = accepted(agents.create_agent(runtime, email, password, found.id, role, name=name, actor=by))
    if as_json:
        made = {} if given else {"password": password}
        show_json({"id": agent.id, "email": agent.email, "name": agent.name, "role": role, **made})
        return
    shown = [] if given else [("Password", f"{password}  (shown once)")]
    # Who manages begins at the desk: it shows the snippet, and turns green when the first page has reached us.
    page = f"/admin/platforms/{found.id}/setup" if may(role, Right.MANAGE_PLATFORM) else "/agent/"
    shown.append(("Sign in", f"{_site()}{page}"))
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
        accepted(agents.join_platform(runtime, email, found.id, role, actor=whoever_types()))
    if as_json:
        show_json({"email": email, "platformId": found.id, "role": role})
    else:
        click.echo(f"{email} works for {found.name}, as {role}.")


@command.command("password")
@click.argument("email")
@json_option
def password(email: str, as_json: bool) -> None:
    """Make a link by which the agent with EMAIL sets a new password; it works once, for an hour."""
    with installation() as runtime:
        made = accepted(links.password_link_for(runtime, email, actor=whoever_types()))
    address = _address(made)
    if as_json:
        show_json({"email": email, "link": address, "expiresAt": instant(made.link.expires_at)})
    else:
        show_fields([("Link", address), ("Until", moment(made.link.expires_at))])


def _site() -> str:
    """Return where browsers reach this installation, as far as it knows: without a public address, this machine."""
    return (load_settings().public_url or UNPUBLISHED).rstrip("/")


def _address(made: NewLink) -> str:
    public_url = load_settings().public_url
    return f"{(public_url or '').rstrip('/')}/agent/reset#{made.secret}"


@command.command("reset-second-factor")
@click.argument("email")
@json_option
def reset_second_factor(email: str, as_json: bool) -> None:
    """Remove the second factor of the agent with EMAIL, who lost it together with the recovery codes."""
    with installation() as runtime:
        agent = accepted(second_factor.reset(runtime, email, actor=whoever_types()))
    if as_json:
        show_json({"email": agent.email, "secondFactor": False})
    else:
        click.echo(f"{agent.email} signs in with the password alone now.")


@command.command("disable")
@click.argument("email")
@json_option
def disable(email: str, as_json: bool) -> None:
    """Close the account of the agent with EMAIL: browsers are signed out, tokens open nothing."""
    with installation() as runtime:
        agent = accepted(agents.disable(runtime, email, actor=whoever_types()))
    if as_json:
        show_json({"email": agent.email, "disabledAt": instant(agent.disabled_at)})
    else:
        click.echo(f"The account of {agent.email} is closed.")


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
