"""What a platform does against visitors nobody wants: blocked networks, limits, a proof of work (docs/agents.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

NETWORKS_MAX = 200
REASON_LENGTH_MAX = 200
STARTS_PER_HOUR_MAX = 100_000
PLATFORM_FACTOR = 20
"""How many times what one network may start the whole platform takes."""

_TEXT_MAX = 64
_WIDE = {4: 16, 6: 32}  # a prefix below this holds a provider, not a household

Network = IPv4Network | IPv6Network


class ProofOfWork(StrEnum):
    """When visitors who proved nothing have to let their device work before a conversation starts."""

    OFF = "off"
    AUTO = "auto"
    ON = "on"


@dataclass(frozen=True, slots=True)
class BlockedNetwork:
    """A range of addresses that may not write; `created_at` in epoch milliseconds."""

    network: str
    reason: str
    agent_id: str
    created_at: int


@dataclass(frozen=True, slots=True)
class Abuse:
    """A platform's settings against abuse.

    Attributes:
        starts_per_hour: conversations that one network may start without proof in an hour, or `None` for no limit;
            the whole platform takes `PLATFORM_FACTOR` times as many.
    """

    blocked: tuple[BlockedNetwork, ...] = ()
    starts_per_hour: int | None = None
    proof_of_work: ProofOfWork = ProofOfWork.AUTO

    def blocks(self, address: str | None) -> bool:
        """Whether a client at this address may not write."""
        if not self.blocked or address is None:
            return False
        found = _address(address)
        return found is not None and any(found in _network(one.network) for one in self.blocked)

    def stored(self) -> dict[str, Any]:
        """Return it as it is stored: what differs from the default."""
        values: dict[str, Any] = {}
        if self.blocked:
            values["blockedNetworks"] = [
                {"network": one.network, "reason": one.reason, "agentId": one.agent_id, "createdAt": one.created_at}
                for one in self.blocked
            ]
        if self.starts_per_hour is not None:
            values["anonymousStartsPerHour"] = self.starts_per_hour
        if self.proof_of_work is not ProofOfWork.AUTO:
            values["proofOfWork"] = self.proof_of_work.value
        return values


def read_abuse(stored: Mapping[str, Any]) -> Abuse:
    """Return what is stored."""
    networks = stored.get("blockedNetworks", ())
    return Abuse(
        tuple(BlockedNetwork(one["network"], one["reason"], one["agentId"], one["createdAt"]) for one in networks),
        stored.get("anonymousStartsPerHour"),
        ProofOfWork(stored.get("proofOfWork", ProofOfWork.AUTO)),
    )


def read_network(text: str) -> Network | str:
    """Return the address or range that somebody wrote, or why it cannot be blocked."""
    plain = text.strip()
    try:
        network = ip_network(plain, strict=False) if len(plain) <= _TEXT_MAX and "%" not in plain else None
    except ValueError:
        network = None
    if network is None:
        return "Write an address or a range, such as 203.0.113.7, 203.0.113.0/24 or 2001:db8::/48."
    if isinstance(network, IPv6Network):
        mapped = network.network_address.ipv4_mapped
        if mapped is not None and network.prefixlen >= 96:
            network = IPv4Network((mapped, network.prefixlen - 96))
    if network.prefixlen == 0:
        return "This would block everybody."
    return network


def is_wide(network: str) -> bool:
    """Whether a range is so wide that it blocks many who did nothing."""
    found = _network(network)
    return found.prefixlen < _WIDE[found.version]


@lru_cache(4096)
def _network(text: str) -> Network:
    return ip_network(text)


@lru_cache(4096)
def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (isinstance(found, IPv6Address) and found.ipv4_mapped) or found
