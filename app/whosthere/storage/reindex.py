"""Making the search index anew, from what it leads to."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Any

from sqlalchemy import BindParameter, bindparam, func, select, true

from whosthere.storage import search
from whosthere.storage.search import Kind
from whosthere.storage.tables import messages, notes, search_entries, users
from whosthere.storage.tenancy import PLATFORM, Tenant, delete_in, select_in

BATCH = 1_000
_FIRST = "00000000-0000-0000-0000-000000000000"

Work = Callable[[Callable[[Tenant], Any]], Any]
"""Runs something for one platform in a transaction of its own."""


_ids: BindParameter[Any] = bindparam("ids", expanding=True)
_WHERE = {
    Kind.MESSAGE: (messages, messages.c.author_kind != "system"),
    Kind.NOTE: (notes, true()),
    Kind.USER: (users, users.c.deleted_at.is_(None)),
}
_TEXTS = {
    Kind.MESSAGE: [messages.c.id, messages.c.body, messages.c.attachments],
    Kind.NOTE: [notes.c.id, notes.c.body],
    Kind.USER: [users.c.id, *(users.c[name] for name in search.PERSON_COLUMNS)],
}
_NEXT = {
    kind: select_in(table, columns=[table.c.id])
    .where(wanted, table.c.id > bindparam("after"))
    .order_by(table.c.id)
    .limit(bindparam("count"))
    for kind, (table, wanted) in _WHERE.items()
}
# Locked, so that nobody erases them between this reading and the end of the writing.
_READ = {
    kind: select_in(table, columns=_TEXTS[kind]).where(wanted, table.c.id.in_(_ids)).with_for_update()
    for kind, (table, wanted) in _WHERE.items()
}
_NUMBERS = [
    select(func.count()).select_from(table).where(table.c.platform_id == PLATFORM, wanted)
    for table, wanted in _WHERE.values()
]
_some = select_in(search_entries, columns=[search_entries.c.id]).limit(bindparam("count"))
_CLEAR = delete_in(search_entries).where(search_entries.c.id.in_(_some))


def number(tenant: Tenant) -> int:
    """Return about how much a rebuild looks at."""
    return sum(int(tenant.run(statement).scalar_one()) for statement in _NUMBERS)


def rebuild(work: Work, tell: Callable[[int], None] = lambda done: None) -> int:
    """Forget the entries of a platform and write them anew, oldest first; return how much was looked at.

    In small transactions: the platform goes on meanwhile. A rebuild that was stopped is done again from the start.

    Args:
        tell: hears after every batch how much is done.
    """
    while work(lambda tenant: tenant.run(_CLEAR, count=BATCH).rowcount):
        pass
    # Ids begin with their time, so the order of ids is the order in which all of it came to be.
    every = heapq.merge(*(_all(work, kind) for kind in Kind))
    done = 0
    while batch := list(islice(every, BATCH)):
        work(partial(_write, batch=batch))
        done += len(batch)
        tell(done)
    return done


def _all(work: Work, kind: Kind) -> Iterator[tuple[str, Kind]]:
    after = _FIRST
    while ids := work(partial(_next, kind=kind, after=after)):
        yield from ((one, kind) for one in ids)
        after = ids[-1]


def _next(tenant: Tenant, kind: Kind, after: str) -> Sequence[str]:
    return tenant.run(_NEXT[kind], after=after, count=BATCH).scalars().all()


def _write(tenant: Tenant, batch: Sequence[tuple[str, Kind]]) -> None:
    texts: dict[str, tuple[str | None, ...]] = {}
    for kind in Kind:
        ids = [entry_id for entry_id, of in batch if of is kind]
        if ids:
            texts |= {row.id: _texts(kind, row) for row in tenant.run(_READ[kind], ids=ids)}
    search.forget(tenant, list(texts))  # what was written since the beginning is not written twice
    for entry_id, kind in batch:
        if entry_id in texts:
            search.add(tenant, kind, entry_id, *texts[entry_id])


def _texts(kind: Kind, row: Any) -> tuple[str | None, ...]:
    if kind is Kind.MESSAGE:
        return row.body, *(str(one["name"]) for one in row.attachments or ())
    return tuple(row[1:])
