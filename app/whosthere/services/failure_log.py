"""Failed sign-ins in the security log (docs/desk.md, "Security log").

Not a line for each, since a stranger must not fill the disk: the first one of an hour has a line, the tenth, the
hundredth. What was typed as an address may be a password, so it is never written down: an account is named when there
is one, else only the network that the tries came from.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from whosthere.services import tries
from whosthere.services.agents import by_email
from whosthere.services.failures import Failure, What
from whosthere.services.journal import Actor, note, note_everywhere
from whosthere.services.runtime import Runtime
from whosthere.storage import agents, platforms
from whosthere.storage.connection import Connection
from whosthere.storage.tenancy import Tenant

HOUR_MS = 3_600_000
STRANGERS_FROM = 10
"""From how many tries of one network within an hour on accounts that do not exist are worth a line."""
STRANGERS_MAX = 20
"""How many lines about such networks an hour may have."""
STRANGER = Actor("stranger")
_NETWORK_LENGTH_MAX = 64


def tell(runtime: Runtime) -> None:
    """Write into the security log what is worth a line by now."""
    for (what, agent_id), networks in _by_account(runtime, runtime.failures.take()).items():
        if agent_id:
            network = networks.most_common(1)[0][0]
            _tell_of(runtime, what, agent_id, network, networks.total())
        else:
            for network, number in networks.items():
                _tell_of(runtime, what, "", network, number)


def _by_account(runtime: Runtime, taken: Counter[Failure]) -> dict[tuple[What, str], Counter[str]]:
    """Return how often each thing failed for an account, or for none (an empty id), by network."""
    found: dict[tuple[What, str], Counter[str]] = {}
    for one, number in taken.items():
        agent_id = one.agent_id
        if not agent_id and one.email:
            agent = by_email(runtime, one.email)
            agent_id = "" if agent is None else agent.id
        found.setdefault((one.what, agent_id), Counter())[one.network[:_NETWORK_LENGTH_MAX]] += number
    return found


def _tell_of(runtime: Runtime, what: What, agent_id: str, network: str, number: int) -> None:
    counted = tries.counted(runtime, f"log {what}", agent_id or network, number, window_ms=HOUR_MS)
    if not any(counted - number < step <= counted for step in _steps(1 if agent_id else STRANGERS_FROM, counted)):
        return
    if not agent_id and not tries.passes(runtime, "log", "strangers", most=STRANGERS_MAX, window_ms=HOUR_MS):
        return
    runtime.database.transact(lambda connection: _note(runtime, connection, what, agent_id, network, counted))


def _steps(first: int, last: int) -> Iterator[int]:
    """Yield the numbers of which each is ten times the one before."""
    while first <= last:
        yield first
        first *= 10


def _note(runtime: Runtime, connection: Connection, what: What, agent_id: str, network: str, counted: int) -> None:
    now, about = runtime.clock(), {"network": network, "withinTheHour": counted}
    if agent_id:
        if agents.find(connection, agent_id) is not None:
            note_everywhere(runtime, connection, STRANGER, agent_id, what, now, agent=agent_id, **about)
        return
    for platform in platforms.all_of(connection):
        note(runtime, Tenant(connection, platform.id), STRANGER, what, now, **about)
