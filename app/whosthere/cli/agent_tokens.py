"""`whosthere agent token`, `tokens` and `revoke-token`: personal access tokens, for programs."""

from __future__ import annotations

import click

from whosthere.cli.failures import Failure, accepted
from whosthere.cli.installation import installation, whoever_types
from whosthere.cli.moments import read_moment
from whosthere.cli.output import instant, json_option, moment, show_json, show_table
from whosthere.core.roles import Scope
from whosthere.services import agents, personal_tokens
from whosthere.services.runtime import Runtime
from whosthere.storage.agents import Agent
from whosthere.storage.personal_tokens import PersonalToken

_SCOPES = [scope.value for scope in Scope]
_scope = click.option(
    "--scope", "scopes", type=click.Choice(_SCOPES), multiple=True, help="May be given twice; both by default."
)


@click.command("token")
@click.argument("email")
@click.option("--name", default="command line", show_default=True, help="What it is for.")
@_scope
@click.option("--days", type=click.IntRange(1, 36_500), help="For how many days; it does not end by default.")
@click.option("--ends", callback=read_moment, default="never", show_default=True, help="30d, 12h, 2027-01-31, …")
@json_option
def token(email: str, name: str, scopes: tuple[str, ...], days: int | None, ends: int | None, as_json: bool) -> None:
    """Make a personal access token for the agent with EMAIL, by which programs use the agent API."""
    with installation() as runtime:
        until = ends if days is None else runtime.clock() + days * personal_tokens.DAY_MS
        chosen = scopes or tuple(Scope)
        made = accepted(
            personal_tokens.create(runtime, email, name=name, scopes=chosen, expires_at=until, actor=whoever_types())
        )
    if as_json:
        found = made.token
        ended = instant(found.expires_at)
        show_json(
            {"token": made.secret, "id": found.id, "name": name, "scopes": list(found.scopes), "expiresAt": ended}
        )
    else:
        click.echo(made.secret)


@click.command("tokens")
@click.argument("email")
@json_option
def tokens(email: str, as_json: bool) -> None:
    """List the personal access tokens of the agent with EMAIL."""
    with installation() as runtime:
        found = personal_tokens.listed(runtime, _agent(runtime, email))
    if as_json:
        show_json([_answer(each) for each in found])
        return
    rows = [
        (each.id, each.name, " ".join(each.scopes), moment(each.last_used_at), moment(each.expires_at))
        for each in found
    ]
    show_table(("Id", "Name", "Scopes", "Last used", "Ends"), rows, empty="No tokens.")


@click.command("revoke-token")
@click.argument("email")
@click.argument("token_id", metavar="TOKEN")
@json_option
def revoke(email: str, token_id: str, as_json: bool) -> None:
    """Revoke a personal access token of the agent with EMAIL, by its id or its name."""
    with installation() as runtime:
        agent = _agent(runtime, email)
        meant = [each for each in personal_tokens.listed(runtime, agent) if token_id in (each.id, each.name)]
        if len(meant) > 1:
            raise Failure(f"Several tokens are called {token_id!r}; name one by its id.")
        if not meant:
            raise Failure(f"There is no such token: {token_id!r}.")
        given = meant[0].id
        accepted(personal_tokens.revoke(runtime, agent, given, actor=whoever_types()))
    if as_json:
        show_json({"id": given})
    else:
        click.echo("Revoked.")


COMMANDS = (token, tokens, revoke)


def _agent(runtime: Runtime, email: str) -> Agent:
    found = agents.by_email(runtime, email)
    if found is None:
        raise Failure(agents.NO_AGENT.detail)
    return found


def _answer(token: PersonalToken) -> dict[str, object]:
    return {
        "id": token.id,
        "name": token.name,
        "scopes": list(token.scopes),
        "createdAt": instant(token.created_at),
        "lastUsedAt": instant(token.last_used_at),
        "expiresAt": instant(token.expires_at),
    }
