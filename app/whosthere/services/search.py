"""Searching people and messages of an agent's platforms, newest first (docs/agents.md, "Search")."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from whosthere.core.reasons import Reason, Refused
from whosthere.core.words import QUERY_LENGTH_MAX, Piece, Term, excerpt, query_of
from whosthere.services.agents import Identity
from whosthere.services.runtime import Runtime
from whosthere.storage import finds, inbox, platforms, search
from whosthere.storage import reindex as rebuilding
from whosthere.storage.errors import TooSlow
from whosthere.storage.finds import Said
from whosthere.storage.inbox import Case
from whosthere.storage.search import Entry, Kind
from whosthere.storage.tenancy import Tenant
from whosthere.storage.users import User

PAGE_SIZE = 30
LIMIT_MS = 2_000
"""How long the database may look; a search that takes longer asks for too much."""
_EXCERPT_LENGTH = 200
_TOO_LONG = Refused(Reason.INVALID_FIELD, f"A search has {QUERY_LENGTH_MAX} characters at most.", "q")
_NO_WORD = Refused(Reason.INVALID_FIELD, "Search for a word, a name, an address or a number.", "q")
_TOO_BROAD = Refused(Reason.SEARCH_TOO_BROAD, "That is too much to look through. Narrow your search: add a word.", "q")


@dataclass(frozen=True, slots=True)
class Find:
    """A message, a note or a person that was found.

    Attributes:
        case: the conversation it is in; of a person the newest one, `None` without any.
        said: the message or note; `None` for a person.
        pieces: the part of the text where it matches.
    """

    kind: Kind
    n: int
    platform_id: str
    user: User
    case: Case | None
    said: Said | None
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A page of finds; `next` is where the next one begins, `None` on the last."""

    finds: list[Find]
    next: int | None


def look(
    runtime: Runtime,
    identity: Identity,
    text: str,
    before: int = search.FIRST_N,
    platform_id: str | None = None,
    *,
    count: int = PAGE_SIZE,
    limit_ms: int = LIMIT_MS,
) -> Found | Refused:
    """Return a page of what holds all words of a text, on the agent's platforms or one of them."""
    terms = query_of(text)
    if len(text) > QUERY_LENGTH_MAX or not terms:
        return _TOO_LONG if terms else _NO_WORD
    wanted = [own for own in identity.platform_ids if platform_id in (None, own)]
    try:
        with runtime.database.read_within(limit_ms) as connection:
            tenants = {own: Tenant(connection, own) for own in wanted}
            pages = [[(entry, own) for entry in search.find(tenants[own], terms, before, count + 1)] for own in wanted]
            merged = list(heapq.merge(*pages, key=lambda found: found[0].n, reverse=True))
            page = merged[:count]
            shown = {
                found.n: found
                for own, tenant in tenants.items()
                for found in _shown(tenant, [entry for entry, of in page if of == own], terms)
            }
    except TooSlow:
        return _TOO_BROAD
    # Who is being erased at this moment is not there any more.
    kept = [shown[entry.n] for entry, _ in page if entry.n in shown]
    return Found(kept, page[-1][0].n if len(merged) > count else None)


def _shown(tenant: Tenant, entries: Sequence[Entry], terms: tuple[Term, ...]) -> list[Find]:
    """Fetch what entries of one platform lead to; each kind and the conversations in one query."""
    ids = {kind: [entry.id for entry in entries if entry.kind == kind] for kind in Kind}
    said = finds.said(tenant, ids[Kind.MESSAGE]) | finds.noted(tenant, ids[Kind.NOTE])
    people = finds.people(tenant, ids[Kind.USER])
    cases = finds.cases(tenant, list({one.conversation_id for one in said.values()}))
    found: list[Find] = []
    for entry in entries:
        if entry.id in people:
            found.append(_person(tenant, entry, people[entry.id], terms))
        elif entry.id in said and (case := cases.get(said[entry.id].conversation_id)) is not None:
            found.append(_message(entry, said[entry.id], case, terms))
    return found


def _person(tenant: Tenant, entry: Entry, user: User, terms: tuple[Term, ...]) -> Find:
    newest = inbox.of_record(tenant, user.record.id, 1)
    known = [*search.known_of(user.record), user.contact_name, user.contact_email]
    text = " · ".join(dict.fromkeys(one for one in known if one))
    pieces = excerpt(text, terms, _EXCERPT_LENGTH)
    return Find(Kind.USER, entry.n, tenant.platform_id, user, newest[0] if newest else None, None, pieces)


def _message(entry: Entry, said: Said, case: Case, terms: tuple[Term, ...]) -> Find:
    names = [str(one["name"]) for one in said.attachments or ()]
    text = "\n".join([said.body, *names] if said.body else names)
    pieces = excerpt(text, terms, _EXCERPT_LENGTH)
    return Find(Kind(entry.kind), entry.n, case.platform_id, case.user, case, said, pieces)


Progress = Callable[[str, int, int], None]
"""Told after every batch: what is done, how much of it, how much there is."""


def reindex(runtime: Runtime, progress: Progress = lambda name, done, total: None) -> int:
    """Make the index of every platform anew; return how many messages, notes and people were looked at."""
    with runtime.database.read() as connection:
        everybody = [platform.id for platform in platforms.all_of(connection)]
        numbers = {one: rebuilding.number(Tenant(connection, one)) for one in everybody}
    total, done = sum(numbers.values()), 0
    for one in everybody:
        before = done
        tell = partial(_tell, progress, before, total)
        done += rebuilding.rebuild(partial(runtime.writing, one), tell)
    runtime.database.scrub()
    return done


def _tell(progress: Progress, before: int, total: int, done: int) -> None:
    progress("searchEntries", before + done, max(total, before + done))
