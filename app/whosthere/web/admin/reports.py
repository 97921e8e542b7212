"""The desk's reports: pictures, the tables behind them, and the same as CSV."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask import Response, request

from whosthere.core.reasons import Refused
from whosthere.core.reports import STEPS, last_days, read_period
from whosthere.services import reports
from whosthere.services.reports import Report
from whosthere.storage.reports import DayCount, Took
from whosthere.web.admin.gate import Page, blueprint, page, platform
from whosthere.web.admin.log import as_csv
from whosthere.web.admin.pictures import HEIGHT, WIDTH, Picture, draw
from whosthere.web.runtime import runtime

_ASSURANCES = ("verified", "claimed", "anonymous")
_COLUMNS = tuple(name for name in DayCount.__dataclass_fields__ if name != "day")
_TEXT_MAX = 40
_CHOICES = (7, 30, 90)
_SHORT = re.compile("[a-z]+")  # a phone has no room for whole units under its bars
_MINUTES_MAX, _HOURS_MAX = 120, 48  # what is longer is said in hours, or in days


@dataclass(frozen=True, slots=True)
class _Asked:
    """The two dates as they were typed."""

    first: str
    last: str


@blueprint.get("/platforms/<platform_id>/reports")
def show_reports(platform_id: str) -> Page:
    """Show a period in pictures and tables."""
    asked, found = _report()
    now = runtime().clock()
    choices = [(days, last_days(days, now)) for days in _CHOICES]
    if isinstance(found, Refused):
        return page("admin/reports.html", [found], asked=asked, choices=choices, report=None)
    days = [(f"{day.day} {day:%b}", [(one, getattr(count, one)) for one in _ASSURANCES]) for day, count in found.days]
    return page(
        "admin/reports.html",
        asked=_Asked(found.period.first.isoformat(), found.period.last.isoformat()),
        choices=choices,
        report=found,
        share=share,
        spell=spell,
        steps=STEPS,
        width=WIDTH,
        height=HEIGHT,
        volume=draw(days),
        replies=_picture(found.replies, "answered"),
        resolutions=_picture(found.resolutions, "resolved"),
        ratings=draw([(str(stars), [("rated", found.ratings.get(stars, 0))]) for stars in range(1, 6)]),
    )


@blueprint.get("/platforms/<platform_id>/reports.csv")
def export_reports(platform_id: str) -> Response | Page:
    """Give a period out as a table for spreadsheets, a row for each day."""
    _, found = _report()
    return show_reports(platform_id) if isinstance(found, Refused) else as_csv(_table(found), _name(found))


def _name(report: Report) -> str:
    return f"report-{report.period.first.isoformat()}-{report.period.last.isoformat()}.csv"


def _table(report: Report) -> Iterator[Sequence[str]]:
    yield ("day", *_COLUMNS)
    for day, count in report.days:
        yield (day.isoformat(), *(str(getattr(count, name)) for name in _COLUMNS))


def _report() -> tuple[_Asked, Report | Refused]:
    first, last = (request.args.get(name, "").strip()[:_TEXT_MAX].replace("\0", "") for name in ("from", "to"))
    period = read_period(first, last, runtime().clock())
    asked = _Asked(first, last)
    return asked, period if isinstance(period, Refused) else reports.report(runtime(), platform().id, period)


def _picture(took: Took, kind: str) -> Picture:
    labels = [f"≤ {_SHORT.sub(_first_letters, words)}" for words, _ in STEPS] + ["longer"]
    return draw([(label, [(kind, number)]) for label, number in zip(labels, took.groups, strict=True)])


def _first_letters(unit: re.Match[str]) -> str:
    return "min" if unit[0].startswith("min") else unit[0][0]


def share(part: int, whole: int) -> str:
    """Return a part of a whole in percent."""
    return f"{100 * part / whole:.0f} %" if whole else "–"


def spell(duration_ms: int | None) -> str:
    """Return a duration as people say it."""
    if duration_ms is None:
        return "–"
    minutes = round(duration_ms / 60_000)
    if minutes < 1:
        return "under a minute"
    if minutes < _MINUTES_MAX:
        return f"{minutes} min"
    hours = round(minutes / 60)
    return f"{hours} h" if hours < _HOURS_MAX else f"{round(hours / 24)} days"
