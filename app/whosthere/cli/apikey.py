"""`whosthere apikey`: create, list, revoke."""

from __future__ import annotations

import click

from whosthere.cli.failures import accepted
from whosthere.cli.installation import installation, whoever_types
from whosthere.cli.lookup import only, platform_of
from whosthere.cli.output import instant, json_option, moment, show_fields, show_json, show_table
from whosthere.services import server_keys


@click.group("apikey")
def command() -> None:
    """Server API keys, by which a site's backend acts for its platform."""


@command.command("create")
@click.argument("platform")
@click.option("--name", default="backend", show_default=True, help="What it is for.")
@json_option
def create(platform: str, name: str, as_json: bool) -> None:
    """Create a server API key for PLATFORM (id or name); its secret is shown this once."""
    with installation() as runtime:
        found = platform_of(runtime, platform)
        key = accepted(server_keys.create(runtime, found.id, actor=whoever_types(), name=name))
    if as_json:
        show_json({"id": key.id, "name": key.name, "secret": key.secret})
    else:
        show_fields([("API key", f"{key.name} ({key.id})"), ("Secret", f"{key.secret}  (shown once)")])


@command.command("list")
@click.argument("platform")
@json_option
def list_(platform: str, as_json: bool) -> None:
    """List the server API keys of PLATFORM, revoked ones too, oldest first."""
    with installation() as runtime:
        found = accepted(server_keys.listed(runtime, platform_of(runtime, platform).id))
    if as_json:
        show_json(
            [
                {
                    "id": key.id,
                    "name": key.name,
                    "createdAt": instant(key.created_at),
                    "lastUsedAt": instant(key.last_used_at),
                    "revokedAt": instant(key.revoked_at),
                }
                for key in found
            ]
        )
        return
    show_table(
        ["Name", "Created", "Last used", "Revoked", "API key"],
        [
            [key.name, moment(key.created_at), moment(key.last_used_at), moment(key.revoked_at, "no"), key.id]
            for key in found
        ],
        empty="This platform has no server API key. To create one: whosthere apikey create PLATFORM",
    )


@command.command("revoke")
@click.argument("platform")
@click.argument("key")
@json_option
def revoke(platform: str, key: str, as_json: bool) -> None:
    """Revoke KEY (id or name) of PLATFORM for good, from the next request on."""
    with installation() as runtime:
        found = platform_of(runtime, platform)
        live = [each for each in accepted(server_keys.listed(runtime, found.id)) if each.revoked_at is None]
        wanted = only(live, key, kind="server API key in use", known=f"whosthere apikey list {found.id}")
        revoked = accepted(server_keys.revoke(runtime, found.id, wanted.id, actor=whoever_types()))
    if as_json:
        show_json({"id": revoked.id, "name": revoked.name, "revokedAt": instant(revoked.revoked_at)})
    else:
        click.echo(f"Server API key {revoked.name} is revoked.")
