"""The desk's reports: pictures, the tables behind them, and the same as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from flask import Response, request

from whosthere.core.reasons import Reason, Refused
from whosthere.core.reports import STEPS, Period, last_days, read_period
from whosthere.services import reports
from whosthere.services.reports import Line, Report
from whosthere.storage.reports import Counts, Took
from whosthere.web.admin.gate import Page, blueprint, page, platform
from whosthere.web.admin.log import as_csv
from whosthere.web.admin.pictures import HEIGHT, WIDTH, Picture, draw
from whosthere.web.problems import Problem
from whosthere.web.runtime import runtime

_ASSURANCES = ("verified", "claimed", "anonymous")
_TEXT_MAX = 40
_CHOICES = (7, 30, 90)
_MINUTES_MAX, _HOURS_MAX = 120, 48  # what is longer is said in hours, or in days
_TABLES = ("volume", "response", "resolution", "ratings")
_NO_TABLE = Refused(Reason.NOT_FOUND, "There is no report of this name.")


@blueprint.get("/platforms/<platform_id>/reports")
def show_reports(platform_id: str) -> Page:
    """Show a period in pictures and tables."""
    asked, found = _report()
    zone, now = reports.zone_of(platform()), runtime().clock()
    shown = {"zone": zone, "choices": [(days, _fields(last_days(days, now, zone))) for days in _CHOICES]}
    if isinstance(found, Refused):
        return page("admin/reports.html", [found], asked=asked, **shown, report=None)
    return page(
        "admin/reports.html",
        (),
        asked=_fields(found.period),
        report=found,
        pictures=_pictures(found),
        share=share,
        spell=spell,
        steps=STEPS,
        width=WIDTH,
        height=HEIGHT,
        **shown,
    )


@blueprint.get("/platforms/<platform_id>/reports.csv")
def export_reports(platform_id: str) -> Response | Page:
    """Give one of the reports out as a table for spreadsheets (RFC 4180); the volume unless another is named."""
    name = request.args.get("table", "volume")
    if name not in _TABLES:
        raise Problem(_NO_TABLE)
    _, found = _report()
    if isinstance(found, Refused):
        return show_reports(platform_id)
    return as_csv(_table(found, name), f"{name}-{found.period.first}-{found.period.last}.csv")


def _report() -> tuple[dict[str, str], Report | Refused]:
    names = ("from", "to", "by")
    asked = {name: request.args.get(name, "").strip()[:_TEXT_MAX].replace("\0", "") for name in names}
    zone, now = reports.zone_of(platform()), runtime().clock()
    period = read_period(asked["from"], asked["to"], now, zone=zone, grain=asked["by"])
    return asked, period if isinstance(period, Refused) else reports.report(runtime(), platform().id, period)


def _fields(period: Period) -> dict[str, str]:
    """Return a period as the form, or an address, says it."""
    return {"from": period.first.isoformat(), "to": period.last.isoformat(), "by": period.grain.value}


# -- pictures ---------------------------------------------------------------------------------------------------------


def _pictures(report: Report) -> dict[str, Picture]:
    days = [(_named(one.first), one) for one in report.lines]
    return {
        "volume": draw([(name, [(kind, getattr(one.counts, kind)) for kind in _ASSURANCES]) for name, one in days]),
        "messages": draw(
            [(name, [("visitors", one.from_visitors), ("agents", one.from_agents)]) for name, one in days]
        ),
        "replies": _groups(report.replies, "answered"),
        "resolutions": _groups(report.resolutions, "resolved"),
        "ratings": draw([(str(stars), [("rated", report.ratings.get(stars, 0))]) for stars in range(1, 6)]),
    }


def _groups(took: Took, kind: str) -> Picture:
    labels = [words for words, _ in STEPS] + ["longer"]
    return draw([(label, [(kind, number)]) for label, number in zip(labels, took.groups, strict=True)])


def _named(day: date) -> str:
    return f"{day.day} {day:%b}"


# -- tables -----------------------------------------------------------------------------------------------------------


def _table(report: Report, name: str) -> Iterator[Sequence[str]]:
    if name == "volume":
        yield (report.period.grain.value, "visitor_messages", "agent_messages", *Counts.__slots__)
        yield from (_cells(one) for one in report.lines)
    elif name == "ratings":
        yield ("stars", "conversations")
        yield from ((str(stars), str(report.ratings.get(stars, 0))) for stars in range(1, 6))
    else:
        yield ("up_to_seconds", "conversations")
        took = report.replies if name == "response" else report.resolutions
        limits = [str(most // 1000) for _, most in STEPS] + [""]
        yield from ((limit, str(number)) for limit, number in zip(limits, took.groups, strict=True))


def _cells(line: Line) -> Sequence[str]:
    counts = (str(getattr(line.counts, name)) for name in Counts.__slots__)
    return (line.first.isoformat(), str(line.from_visitors), str(line.from_agents), *counts)


# -- words ------------------------------------------------------------------------------------------------------------


def share(part: int, whole: int) -> str:
    """Return a part of a whole in percent: neither 100 while something is missing, nor 0 while there is something."""
    if not whole:
        return "–"
    percent = round(100 * part / whole)
    return f"{min(percent, 99) if 0 < part < whole and percent else max(percent, min(part, 1))} %"


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
