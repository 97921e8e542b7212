"""Agents' second factors: an encrypted secret, the step of the code used last, digests of recovery codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import bindparam, or_, select, update

from whosthere.storage.connection import Connection
from whosthere.storage.tables import agents


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """What is stored of one.

    Attributes:
        secret: encrypted.
        last_step: of the code that was used last (RFC 6238 §5.2); `None` before the first.
        recovery_codes: digests of the codes that are left.
    """

    secret: str = field(repr=False)
    last_step: int | None
    recovery_codes: tuple[str, ...]


_ONE = select(agents.c.totp_secret, agents.c.totp_last_step, agents.c.recovery_codes).where(
    agents.c.id == bindparam("id")
)
_LOCKED = _ONE.with_for_update()
_codes = bindparam("b_codes", type_=agents.c.recovery_codes.type)
_SET = (
    update(agents)
    .where(agents.c.id == bindparam("b_id"))
    .values(totp_secret=bindparam("b_secret"), totp_last_step=bindparam("b_step"), recovery_codes=_codes)
)
_SET_CODES = update(agents).where(agents.c.id == bindparam("b_id")).values(recovery_codes=_codes)
_USE_STEP = (
    update(agents)
    .where(
        agents.c.id == bindparam("b_id"),
        or_(agents.c.totp_last_step.is_(None), agents.c.totp_last_step < bindparam("b_step")),
    )
    .values(totp_last_step=bindparam("b_step"))
)


def find(connection: Connection, agent_id: str, *, lock: bool = False) -> SecondFactor | None:
    """Return an agent's second factor, `None` without one.

    Args:
        lock: let nobody change it before this transaction ends.
    """
    row = connection.execute(_LOCKED if lock else _ONE, {"id": agent_id}).one_or_none()
    if row is None or row.totp_secret is None:
        return None
    return SecondFactor(row.totp_secret, row.totp_last_step, tuple(row.recovery_codes))


def put(connection: Connection, agent_id: str, secret: str | None, step: int | None, codes: Sequence[str]) -> None:
    """Replace the second factor; without a secret there is none any more."""
    connection.execute(_SET, {"b_id": agent_id, "b_secret": secret, "b_step": step, "b_codes": list(codes)})


def set_recovery_codes(connection: Connection, agent_id: str, codes: Sequence[str]) -> None:
    """Replace the digests of the codes that are left."""
    connection.execute(_SET_CODES, {"b_id": agent_id, "b_codes": list(codes)})


def use_step(connection: Connection, agent_id: str, step: int) -> bool:
    """Use up the code of a time step; `False` when it, or a later one, was used before."""
    return connection.execute(_USE_STEP, {"b_id": agent_id, "b_step": step}).rowcount > 0
