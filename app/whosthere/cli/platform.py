"""`whosthere platform`: create, show, list, set."""

from __future__ import annotations

from typing import Any

import click

from whosthere.cli.failures import accepted
from whosthere.cli.installation import installation, whoever_types
from whosthere.cli.lookup import platform_of
from whosthere.cli.output import instant, json_option, moment, show_fields, show_json, show_table, warn
from whosthere.cli.snippet import snippet
from whosthere.services import platforms
from whosthere.services.options import OPTIONS, texts
from whosthere.storage.platforms import Platform


def _read_settings(ctx: click.Context, param: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    """Read arguments of the form `name=value` (a click callback)."""
    values: dict[str, str] = {}
    for text in given:
        name, equals, value = text.partition("=")
        name = name.replace("-", "_")
        if not equals or not name:
            raise click.BadParameter(f"{text!r} is not of the form name=value", ctx, param)
        if name in values:
            raise click.BadParameter(f"{name} is set twice", ctx, param)
        values[name] = value
    return values


@click.group("platform")
def command() -> None:
    """Create platforms and set their policy: a platform is one website or app that embeds the chat."""


@command.command("create")
@click.argument("name")
@click.option("--origin", "origins", multiple=True, metavar="ORIGIN", help="Where it may be embedded; repeatable.")
@json_option
def create(name: str, origins: tuple[str, ...], as_json: bool) -> None:
    """Create a platform with its first secret key, which is shown this once.

    \b
    whosthere platform create "Harbour Shop" --origin https://shop.example.com
    """
    with installation() as runtime:
        created = accepted(platforms.create(runtime, name, origins, actor=whoever_types()))
    platform, key = created.platform, created.key
    html = snippet(platform.id)
    if as_json:
        show_json(
            {
                "platformId": platform.id,
                "name": platform.name,
                "key": {"id": key.id, "name": key.name, "scheme": key.scheme.value, "secret": key.secret},
                "snippet": html,
            }
        )
    else:
        show_fields(
            [("Platform", platform.id), ("Key", f"{key.name} ({key.id})"), ("Secret", f"{key.secret}  (shown once)")]
        )
        click.echo(f"\nPut this into your pages:\n\n{html}")
    if not origins:
        warn(f"no page can open the chat yet; run: whosthere platform set {platform.id} origins=https://…")


@command.command("show")
@click.argument("platform")
@json_option
def show(platform: str, as_json: bool) -> None:
    """Show the settings of PLATFORM (id or name)."""
    with installation() as runtime:
        _show(platform_of(runtime, platform), as_json)


@command.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List all platforms, oldest first."""
    with installation() as runtime:
        everything = platforms.listed(runtime)
    if as_json:
        show_json([_answer(platform) for platform in everything])
        return
    show_table(
        ["Name", "Platform", "Verification", "Origins"],
        [[each.name, each.id, each.policy.verification.value, " ".join(each.origins)] for each in everything],
        empty="There is no platform yet. To create one: whosthere platform create NAME --origin https://…",
    )


@command.command("set", epilog=f"Names: {', '.join(OPTIONS)}.")
@click.argument("platform")
@click.argument("settings", nargs=-1, required=True, callback=_read_settings)
@json_option
def set_(platform: str, settings: dict[str, str], as_json: bool) -> None:
    """Set options of PLATFORM, all of them or none; an empty value takes an option back to its default.

    \b
    whosthere platform set "Harbour Shop" verification=report anonymous_days=30
    whosthere platform set "Harbour Shop" origins=https://shop.example.com,https://www.example.com
    """
    with installation() as runtime:
        found = platform_of(runtime, platform)
        changed = accepted(platforms.change(runtime, found.id, settings, actor=whoever_types()))
    _show(changed, as_json)


def _show(platform: Platform, as_json: bool) -> None:
    if as_json:
        show_json(_answer(platform))
        return
    show_fields([("platform", platform.id), *texts(platform).items(), ("created", moment(platform.created_at))])


def _answer(platform: Platform) -> dict[str, Any]:
    policy = platform.policy
    return {
        "platformId": platform.id,
        "name": platform.name,
        "origins": list(platform.origins),
        "verification": policy.verification.value,
        "userIdPattern": policy.user_id_pattern,
        "emailAdoption": policy.email_adoption,
        "anonymousDays": policy.anonymous_days,
        "anonymousIdleDays": policy.anonymous_idle_days,
        "anonymousHistory": policy.anonymous_history.value,
        "appearance": dict(platform.appearance),
        "createdAt": instant(platform.created_at),
        "version": platform.version,
    }
