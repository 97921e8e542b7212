"""The security log: what was changed, by whom; filtered, paged, and taken along as CSV."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Response, request, url_for

from whosthere.core.reasons import Reason, Refused
from whosthere.services import diagnostics, journal
from whosthere.services.purge import DIAGNOSTICS_DAYS
from whosthere.storage.audit import NEWEST, Entry, Wanted
from whosthere.storage.refusals import Daily
from whosthere.web.admin.gate import Page, blueprint, page, platform
from whosthere.web.runtime import runtime
from whosthere.web.times import exact, iso
from whosthere.web.wire import cursor, read_cursor

PAGE_SIZE = 50
EXPORT_BATCH = 500
REFUSED_DAYS = 7
_DAY_MS = 86_400_000
_FILTER_LENGTH_MAX = 300
_CHANGES = ("platform.changed", "key.end_set")
_FORMULA = re.compile(r"(^|;)(?=[=+@\t\r\n＝＋－＠-])")
_BAD_DAY = Refused(Reason.INVALID_FIELD, "Write a date as in 2026-11-22.", "day")


@dataclass(frozen=True, slots=True)
class Filter:
    """What the address asks for, as it was typed."""

    action: str
    actor: str
    day: str

    @property
    def args(self) -> dict[str, Any]:
        """As arguments of an address."""
        return {name: getattr(self, name) for name in self.__slots__ if getattr(self, name)}


@blueprint.get("/platforms/<platform_id>/log")
def show_log(platform_id: str) -> Page:
    """Show one page of the log, the newest first."""
    typed, wanted = _asked()
    position = read_cursor(request.args.get("cursor"), NEWEST)
    problems = [one for one in (wanted, position) if isinstance(one, Refused)]
    found: list[Entry] = []
    if not isinstance(wanted, Refused) and not isinstance(position, Refused):
        found = journal.entries(runtime(), platform().id, before=position, count=PAGE_SIZE + 1, wanted=wanted)
    names = journal.names_of(runtime(), platform().id)
    shown = found[:PAGE_SIZE]
    more = cursor(shown[-1].created_at, shown[-1].id) if len(found) > PAGE_SIZE else None
    address = url_for("admin.show_log", platform_id=platform().id, **typed.args, cursor=more) if more else None
    actions = journal.actions_of(runtime(), platform().id)
    actors = {one: names.get(one, one) for one in [*names, *(entry.actor for entry in shown), typed.actor] if one}
    return page(
        "admin/log.html",
        problems,
        refusals=[] if typed.action or typed.actor else _refused(wanted),
        refused_days=REFUSED_DAYS,
        typed=typed,
        entries=[(one, told(one, names)) for one in shown],
        more=address,
        actors=actors,
        actions=actions,
    )


@blueprint.get("/platforms/<platform_id>/log.csv")
def export_log(platform_id: str) -> Response | Page:
    """Give the log out as a table for spreadsheets (RFC 4180)."""
    _, wanted = _asked()
    if isinstance(wanted, Refused):
        return show_log(platform_id)
    running, platform_id = runtime(), platform().id
    names = journal.names_of(running, platform_id)

    def rows() -> Iterator[Sequence[str]]:
        yield ("time", "action", "actor", "actor_name", "detail", "id")
        before = NEWEST
        while found := journal.entries(running, platform_id, before=before, count=EXPORT_BATCH, wanted=wanted):
            for one in found:
                detail = json.dumps(one.detail, ensure_ascii=False, sort_keys=True)
                yield (iso(one.created_at), one.action, one.actor, names.get(one.actor, ""), detail, one.id)
            before = (found[-1].created_at, found[-1].id)

    return as_csv(rows(), "security-log.csv")


@blueprint.get("/platforms/<platform_id>/refusals.csv")
def export_refusals(platform_id: str) -> Response | Page:
    """Give out how often visitors were refused, or would have been, by day and reason."""
    _, wanted = _asked()
    if isinstance(wanted, Refused):
        return show_log(platform_id)
    rows = [("day", "reason", "outcome", "count")]
    for one in _counted(wanted, DIAGNOSTICS_DAYS + 1):
        day = datetime.fromtimestamp(one.day * _DAY_MS / 1000, UTC).date().isoformat()
        rows.append((day, one.reason, "refused" if one.enforced else "let in", str(one.count)))
    return as_csv(iter(rows), "refusals.csv")


def _refused(wanted: Wanted | Refused) -> list[tuple[str, int]]:
    """Return how often each reason came up on the day asked for, or lately, the most frequent first."""
    counts: Counter[str] = Counter()
    for one in [] if isinstance(wanted, Refused) else _counted(wanted, REFUSED_DAYS):
        counts[one.reason] += one.count
    return counts.most_common()


def _counted(wanted: Wanted, days: int) -> Sequence[Daily]:
    today = runtime().clock() // _DAY_MS
    first = max(wanted.from_at // _DAY_MS, today - days + 1)
    last = min((wanted.to_at - 1) // _DAY_MS, today)
    return diagnostics.daily_of(runtime(), platform().id, first, last)


def as_csv(rows: Iterator[Sequence[str]], name: str) -> Response:
    """Return a table as a file; no cell of it can be a formula."""

    def lines() -> Iterator[str]:
        for row in rows:
            line = io.StringIO()
            csv.writer(line).writerow([harmless(cell) for cell in row])
            yield line.getvalue()

    response = Response(lines(), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula (OWASP, "CSV Injection")."""
    return _FORMULA.sub(r"\1'", cell)


def told(entry: Entry, names: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the details of an entry as words; a change is told as from and to, a colleague by name.

    Args:
        names: what to call the actors of the log. Who acted is said beside the action, and not once more.
    """
    changes = entry.action in _CHANGES
    told = {name: _moments(value) if name.endswith("At") else value for name, value in entry.detail.items()}
    actor = f"agent:{told.get('agent', '')}"
    if actor == entry.actor:
        del told["agent"]
    elif actor in names:
        told["agent"] = names[actor]
    return [(name, _told(value, changes)) for name, value in told.items() if value not in ("", None, [])]


def _moments(value: object) -> object:
    """Return epoch milliseconds, or both ends of a change of them, as moments that can be read."""
    if isinstance(value, list):
        return [_moments(one) for one in value]
    return exact(value) if isinstance(value, int) else value


def _told(value: object, changes: bool = False) -> str:
    if isinstance(value, list):
        words = [_told(one) or "nothing" for one in value]
        return " → ".join(words) if changes else ", ".join(words)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)


def _asked() -> tuple[Filter, Wanted | Refused]:
    texts = {name: request.args.get(name, "").strip()[:_FILTER_LENGTH_MAX] for name in ("action", "actor", "day")}
    typed = Filter(**{name: text.replace("\0", "") for name, text in texts.items()})
    if not typed.day:
        return typed, Wanted(typed.action or None, typed.actor or None)
    try:
        day = datetime.strptime(typed.day, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return typed, _BAD_DAY
    first = int(day.timestamp() * 1000)
    return typed, Wanted(typed.action or None, typed.actor or None, first, first + _DAY_MS)
