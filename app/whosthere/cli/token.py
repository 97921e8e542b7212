"""`whosthere token`: sign, explain."""

from __future__ import annotations

import json
from typing import Any

import click

from whosthere.cli.failures import Failure, accepted, failing_clearly
from whosthere.cli.installation import installation, whoever_types
from whosthere.cli.lookup import key_of, platform_of
from whosthere.cli.output import json_option, show_json
from whosthere.cli.secrets import read_secret
from whosthere.services import doctor, platforms, tokens
from whosthere.services.doctor import Explanation
from whosthere.services.tokens import Person, Wish

JWT_SECONDS = 3600

_user_id = click.option("--user-id", help="The userId exactly as the page sends it.")
_email = click.option("--email", help="The userEmail exactly as the page sends it.")


@click.group("token")
def command() -> None:
    """Make tokens for pages under development, and find out why one is refused."""


@command.command("sign")
@click.argument("platform")
@_user_id
@_email
@click.option("--name", help="The person's name; signed in an identity token only.")
@click.option("--key", help="The key to sign with (id or name); by default the newest, a standard one first.")
@click.option("--jwt", is_flag=True, help="Make an identityToken, which expires, instead of a userAuthToken.")
@click.option("--expires-in", type=click.IntRange(1), metavar="SECONDS", help=f"With --jwt; {JWT_SECONDS} by default.")
@json_option
def sign(
    platform: str,
    user_id: str | None,
    email: str | None,
    name: str | None,
    key: str | None,
    jwt: bool,
    expires_in: int | None,
    as_json: bool,
) -> None:
    """Make a token that verifies somebody on the pages of PLATFORM (id or name).

    \b
    whosthere token sign "Harbour Shop" --user-id ada --email ada@example.com
    """
    if expires_in is not None and not jwt:
        raise click.UsageError("--expires-in goes with --jwt: a userAuthToken does not expire.")
    person = Person(user_id or None, email or None, name or None)
    with installation() as runtime:
        found = platform_of(runtime, platform)
        key_id = None if key is None else key_of(runtime, found, key).id
        wish = Wish(key_id, (expires_in or JWT_SECONDS) if jwt else None)
        signed = accepted(tokens.sign(runtime, found.id, person, wish, actor=whoever_types()))
    if not as_json:
        click.echo(signed.token)
        return
    config = {"platformId": found.id, "userId": person.user_id, "userEmail": person.email, "userName": person.name}
    show_json(
        {
            "token": signed.token,
            "field": signed.config_key,
            "key": {"id": signed.key_id, "name": signed.key_name, "scheme": signed.scheme.value},
            "config": {key: value for key, value in config.items() if value} | {signed.config_key: signed.token},
        }
    )


@command.command("explain")
@click.argument("platform")
@click.argument("token", default="-")
@_user_id
@_email
@click.option("--jwt", is_flag=True, help="TOKEN is the page's identityToken.")
@click.option("--full-privacy", is_flag=True, help="The page sets fullPrivacy.")
@click.option("--config", "from_config", is_flag=True, help="TOKEN is the page's whole config, as JSON.")
@json_option
def explain(
    platform: str,
    token: str,
    user_id: str | None,
    email: str | None,
    jwt: bool,
    full_privacy: bool,
    from_config: bool,
    as_json: bool,
) -> None:
    """Say why PLATFORM refuses TOKEN; exit with 1 if it does. Without TOKEN, or with -, it is read from stdin.

    \b
    whosthere token explain "Harbour Shop" --user-id ada --email ada@example.com < token.txt
    whosthere token explain "Harbour Shop" --config < config.json
    """
    with failing_clearly():
        text = read_secret("Token") if token == "-" else token  # noqa: S105 (the dash means standard input)
    if from_config:
        config = _page_config(text)
    else:
        field = "identityToken" if jwt else "userAuthToken"
        config = {"userId": user_id, "userEmail": email, "fullPrivacy": full_privacy, field: text}
    with installation() as runtime:
        found = platform_of(runtime, platform)
        beside = [one.id for one in platforms.listed(runtime)]
        explanation = accepted(doctor.explain(runtime, found.id, config, beside=beside))
    _show(explanation, as_json)
    if not explanation.verified:
        raise click.exceptions.Exit(1)


def _page_config(text: str) -> dict[str, Any]:
    try:
        config = json.loads(text)
    except (ValueError, RecursionError):
        config = None
    if not isinstance(config, dict):
        raise Failure('The config is not a JSON object, such as {"userId": "ada", "userAuthToken": "…"}.')
    return config


def _show(explanation: Explanation, as_json: bool) -> None:
    if as_json:
        findings = [
            {"code": each.code, "title": each.title, "howToMend": each.how_to_mend, "advice": each.advice}
            for each in explanation.findings
        ]
        show_json({"verified": explanation.verified, "findings": findings})
        return
    click.echo("Verified." if explanation.verified else "Refused.")
    for each in explanation.findings:
        click.echo(f"\n{'Note' if each.advice else 'Why'}: {each.title}\nDo: {each.how_to_mend}\n({each.code})")
