"""Counters of tries at a door, in fixed windows, for all processes of an installation together."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, delete, insert, select, update

from whosthere.storage.connection import Connection
from whosthere.storage.tables import sign_in_tries


def _running(end: Any) -> ColumnElement[bool]:
    # One that ends too late is of a clock that was put back since: it begins anew.
    return and_(end > bindparam("now"), end <= bindparam("ends_at"))


_row = sign_in_tries.c
_runs = _running(_row.window_ends_at)
_COUNT = (
    update(sign_in_tries)
    .where(_row.digest == bindparam("who"))
    .values(
        count=case((_runs, _row.count + bindparam("more")), else_=bindparam("more")),
        window_ends_at=case((_runs, _row.window_ends_at), else_=bindparam("ends_at")),
    )
    .returning(_row.count)
)
_COUNTED = select(_row.count).where(_row.digest == bindparam("who"), _runs)
_BEGIN = insert(sign_in_tries)
_FORGET = delete(sign_in_tries).where(_row.digest == bindparam("who"))


def counted(connection: Connection, digest: bytes, now: int, ends_at: int) -> int:
    """Return how often this was tried within the window that runs now."""
    return int(connection.execute(_COUNTED, {"who": digest, "now": now, "ends_at": ends_at}).scalar_one_or_none() or 0)


def count(connection: Connection, digest: bytes, now: int, ends_at: int, more: int = 1) -> int:
    """Count a try, or several, and return how many that makes within the window.

    Args:
        ends_at: when a window ends that begins now.

    Raises:
        Conflict: the first two tries met; count again.
    """
    given = {"who": digest, "now": now, "ends_at": ends_at, "more": more}
    found = connection.execute(_COUNT, given).scalar_one_or_none()
    if found is not None:
        return int(found)
    connection.execute(_BEGIN, {"digest": digest, "window_ends_at": ends_at, "count": more})
    return more


def forget(connection: Connection, digest: bytes) -> None:
    """Forget what was counted."""
    connection.execute(_FORGET, {"who": digest})
