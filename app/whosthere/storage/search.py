"""What agents search through: the words of messages, notes and people (docs/agents.md, "Search").

An entry is written in the transaction of what it leads to, and removed in the one that empties or deletes that.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, Select, Text, bindparam, cast, column, func, literal_column, select, table
from sqlalchemy.dialects.postgresql import TSQUERY

from whosthere.core.resolution import Record
from whosthere.core.words import Term, words_of
from whosthere.storage.tables import notes, search_entries, users
from whosthere.storage.tenancy import Tenant, delete_in, select_in, update_in

KEY_LENGTH = 5
FIRST_N = 2**53
"""Before every entry: where a list begins."""
_KEPT_KEYS_MAX = 4_096


class Kind(StrEnum):
    """What an entry leads to."""

    MESSAGE = "message"
    NOTE = "note"
    USER = "user"


@dataclass(frozen=True, slots=True)
class Entry:
    """The id of what was found; `n` is its place: the higher, the newer."""

    id: str
    kind: str
    n: int


_row = search_entries.c
_entry = [_row[name] for name in Entry.__dataclass_fields__]
_match = bindparam("match", type_=Text)
_before = bindparam("before_n", type_=BigInteger)
_index = table("search_index", column("rowid"), column("search_index"))


def _newest(found: Select[Any]) -> Select[Any]:
    return found.limit(bindparam("count"))


# The index is walked from its newest entry on until the page is full. The `+` keeps SQLite from beginning with the
# table and asking the index about each of its rows.
_BY_FTS5 = _newest(
    select_in(search_entries, columns=_entry)
    .join_from(_index, search_entries, _row.n == literal_column("+search_index.rowid"))
    .where(_index.c.search_index.op("MATCH")(_match), _index.c.rowid < _before)
    .order_by(_index.c.rowid.desc())
)
_WALK = 20_000
# PostgreSQL guesses badly whether walking the newest entries or asking its index is cheaper, and a bad guess walks
# through everything. So a stretch of the newest is walked, which finds what is frequent; the index finds the rest: the
# `+ 0` keeps the order from being read off the entries' numbers.
_TO = bindparam("to_n", type_=BigInteger)
_query = cast(_match, TSQUERY)
_stretch = (
    select_in(search_entries, columns=[*_entry, _row.words])
    .where(_row.n < _before, _row.n >= _TO)
    .order_by(_row.n.desc())
    .limit(_WALK)  # without a limit the planner would look inside
    .subquery()
)
_WALKED = _newest(
    select(*(_stretch.c[column.name] for column in _entry))
    .where(_stretch.c.words.op("@@")(_query))
    .order_by(_stretch.c.n.desc())
)
_BY_GIN = _newest(
    select_in(search_entries, columns=_entry)
    .where(_row.words.op("@@")(_query), _row.n < _before)
    .order_by((_row.n + literal_column("0")).desc())
)
_NEWEST_N = select_in(search_entries, columns=[func.max(_row.n)]).where(_row.n < _before)
_OF_RECORD = ("name", "user_id", "email", "claimed_user_id", "claimed_email")
PERSON_COLUMNS = (*_OF_RECORD, "contact_name", "contact_email")
_PERSON = select_in(users, columns=[users.c[name] for name in PERSON_COLUMNS]).where(
    users.c.id == bindparam("id"), users.c.deleted_at.is_(None)
)
_CHANGE = update_in(search_entries).where(_row.id == bindparam("b_id")).values(words=bindparam("b_words"))
_FORGET = delete_in(search_entries).where(_row.id.in_(bindparam("ids", expanding=True)))
_NOTES = (
    select_in(notes, columns=[notes.c.id])
    .where(notes.c.conversation_id.in_(bindparam("conversations", expanding=True)))
    .with_for_update()  # a rebuild that has read them has written their entries then
)


def add(tenant: Tenant, kind: Kind, entry_id: str, *texts: str | None) -> None:
    """Make a new message, note or person found by the words of these texts."""
    words = stored_words(tenant.platform_id, *texts)
    if words:
        tenant.add(search_entries, id=entry_id, kind=kind.value, words=words)


def known_of(record: Record) -> list[str | None]:
    """Return what a record is found by, beside what the person left in the chat."""
    return [getattr(record, name) for name in _OF_RECORD]


def refresh_person(tenant: Tenant, record_id: str) -> None:
    """Make a person found by what is known of them now, and by nothing else."""
    person = tenant.run(_PERSON, id=record_id).one_or_none()
    words = "" if person is None else stored_words(tenant.platform_id, *person)
    if not words:
        forget(tenant, [record_id])
    elif tenant.run(_CHANGE, b_id=record_id, b_words=words).rowcount == 0:
        tenant.add(search_entries, id=record_id, kind=Kind.USER.value, words=words)


def change(tenant: Tenant, entry_id: str, *texts: str | None) -> None:
    """Make a message or note found by the words of these texts instead of those it was found by."""
    words = stored_words(tenant.platform_id, *texts)
    if words:
        tenant.run(_CHANGE, b_id=entry_id, b_words=words)
    else:
        forget(tenant, [entry_id])


def forget(tenant: Tenant, ids: Sequence[str]) -> None:
    """Let messages, notes and people be found no more; to be called once what they hold is changed, hence locked."""
    if ids:
        tenant.run(_FORGET, ids=list(ids))


def forget_notes(tenant: Tenant, conversation_ids: Sequence[str]) -> None:
    """Let the notes on these conversations be found no more; to be called while they are there."""
    if conversation_ids:
        forget(tenant, tenant.run(_NOTES, conversations=list(conversation_ids)).scalars().all())


def find(tenant: Tenant, terms: Sequence[Term], before: int, count: int) -> list[Entry]:
    """Return the newest `count` entries in which all terms occur, before a place, newest first."""
    is_sqlite = tenant.connection.is_sqlite
    spelled = [_spelled(tenant.platform_id, term, is_sqlite=is_sqlite) for term in terms]
    match = (" AND " if is_sqlite else " & ").join(spelled)
    if not is_sqlite:
        return _find_in_postgresql(tenant, match, before, count)
    return [Entry(*row) for row in tenant.run(_BY_FTS5, match=match, before_n=before, count=count)]


def _find_in_postgresql(tenant: Tenant, match: str, before: int, count: int) -> list[Entry]:
    newest = tenant.run(_NEWEST_N, before_n=before).scalar_one()
    if newest is None:
        return []
    middle = newest - _WALK
    found = [Entry(*row) for row in tenant.run(_WALKED, match=match, before_n=before, to_n=middle, count=count)]
    if len(found) < count:
        rest = tenant.run(_BY_GIN, match=match, before_n=middle, count=count - len(found))
        found += [Entry(*row) for row in rest]
    return found


def stored_words(platform_id: str, *texts: str | None) -> str:
    """Return the words of some texts as they are stored; `""` when there are none."""
    own = _key(platform_id)
    return " ".join([own + word for word in words_of(*texts)])


def _spelled(platform_id: str, term: Term, *, is_sqlite: bool) -> str:
    """Spell a term in the language of the index. Words hold letters, digits and marks alone: nothing to be escaped."""
    word = _key(platform_id) + term.word
    if is_sqlite:
        return f'"{word}" *' if term.is_prefix else f'"{word}"'
    return f"'{word}':*" if term.is_prefix else f"'{word}'"


@lru_cache(_KEPT_KEYS_MAX)
def _key(platform_id: str) -> str:
    """Return what all words of a platform begin with: short, since it is stored with each of them.

    Two platforms may have the same one; then a search passes over rows of the other, whose `platform_id` says so.
    """
    return base64.b32encode(hashlib.sha256(platform_id.encode()).digest()).decode()[:KEY_LENGTH].lower()
