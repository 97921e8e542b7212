"""Reports count what happened on one platform within whole days, and say it in pictures, tables and CSV."""

from __future__ import annotations

import csv
import io
import re

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from tests.clock import START_MS, Clock
from tests.desk import put, reply
from tests.people import ADA, BOB
from tests.shop import Shop, Visitor, open_shop
from tests.web.admin.room import Room
from whosthere.core.conversation import State
from whosthere.core.reasons import Refused
from whosthere.core.reports import DAY_MS, DAYS_MAX, Period, day_of, read_period
from whosthere.services import platforms, reports
from whosthere.services.journal import Actor
from whosthere.services.reports import Report
from whosthere.services.runtime import Runtime
from whosthere.storage.platforms import Platform
from whosthere.storage.tables import conversations
from whosthere.web.admin.log import as_csv
from whosthere.web.admin.pictures import HEIGHT, WIDTH, draw
from whosthere.web.admin.reports import share, spell

FIRST, LAST = "2027-01-15", "2027-01-17"
QUARTER_MS = 900_000
LONGER = ("28800", "86400", "259200", "")


def ask(visitor: Visitor, text: str) -> str:
    return str(visitor.start(text, text)["conversation"]["id"])


@pytest.fixture
def busy(client: FlaskClient, runtime: Runtime, shop: Shop, clock: Clock) -> Shop:
    """Three days: two verified people and an anonymous one, then nobody, then Ada again."""
    ada, bob = shop.visitor(client, ADA.proven()), shop.visitor(client, BOB.proven())
    first, second, third = ask(ada, "one"), ask(bob, "two"), ask(shop.visitor(client), "three")
    clock.advance(minutes=4)
    reply(runtime, shop.id, first, "At once")
    clock.advance(minutes=56)
    reply(runtime, shop.id, second, "After an hour")
    put(runtime, shop.id, first, State.RESOLVED)
    ada, rated = shop.visitor(client, ADA.proven()), {"rating": 5, "comment": "=1+1"}
    assert ada.send("PUT", f"/conversations/{first}/rating", rated).status_code == 200
    with runtime.database.write() as connection:
        connection.execute(conversations.update().where(conversations.c.id == third).values(place="spam"))
    ask(shop.visitor(client), "four")
    clock.advance(hours=24 + 15)  # to the first minutes of the 17th
    ask(shop.visitor(client, ADA.proven()), "five")
    bob, more = shop.visitor(client, BOB.proven()), {"text": "Still there?", "clientMessageId": "more"}
    assert bob.send("POST", f"/conversations/{second}/messages", more).status_code == 201
    other = open_shop(runtime)
    ask(other.visitor(client, ADA.proven()), "another shop's")
    return shop


def read(runtime: Runtime, platform_id: str, first: str, last: str, **how: str) -> Report:
    period = read_period(first, last, runtime.clock(), **how)
    assert isinstance(period, Period)
    found = reports.report(runtime, platform_id, period)
    assert not isinstance(found, Refused)
    return found


def test_a_report_counts_what_began_in_its_days(busy: Shop, runtime: Runtime) -> None:
    """Neither spam, nor another platform's, nor what began a minute later."""
    found = read(runtime, busy.id, FIRST, LAST)
    counts = [(f"{one.first}", one.counts) for one in found.lines]
    days = [(day, one.conversations, one.verified, one.anonymous, one.claimed) for day, one in counts]
    assert days == [("2027-01-15", 3, 2, 1, 0), ("2027-01-16", 0, 0, 0, 0), ("2027-01-17", 1, 1, 0, 0)]
    assert [(one.from_visitors, one.from_agents) for one in found.lines] == [(3, 2), (0, 0), (2, 0)]
    assert found.total.counts.answered == 2
    assert found.replies.groups == (1, 0, 1, 0, 0, 0, 0)
    assert (found.replies.median, found.replies.slow) == (4 * 60_000, 60 * 60_000)
    assert found.resolutions.groups == (0, 0, 1, 0, 0, 0, 0)
    assert (found.ratings, found.total.counts.stars, found.total.counts.commented) == ({5: 1}, 5, 1)
    nothing = read(runtime, busy.id, "2027-01-16", "2027-01-16")
    assert (nothing.is_empty, nothing.replies.median, nothing.ratings) == (True, None, {})


def test_a_day_begins_when_it_does_at_the_shop(busy: Shop, runtime: Runtime) -> None:
    """What began at 10 past midnight in London began the evening before in New York."""
    lines = read(runtime, busy.id, FIRST, LAST, zone="America/New_York").lines
    assert [one.counts.conversations for one in lines] == [3, 1, 0]
    assert [one.from_visitors for one in lines] == [3, 2, 0]
    weeks = read(runtime, busy.id, FIRST, "2027-01-18", zone="Asia/Kathmandu", grain="week").lines
    assert [(f"{one.first}", one.counts.conversations) for one in weeks] == [(FIRST, 4), ("2027-01-18", 0)]
    (cut,) = read(runtime, busy.id, FIRST, "2027-01-16", grain="week").lines
    assert (cut.counts.conversations, cut.from_visitors) == (3, 3)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("UTC", "2027-03-28", 24),
        ("Europe/Berlin", "2027-03-28", 23),
        ("Europe/Berlin", "2027-10-31", 25),
        ("Australia/Lord_Howe", "2027-04-04", 24.5),
        ("Africa/Cairo", "2027-04-30", 23),  # which has no midnight
    ],
)
def test_a_day_is_as_long_as_the_clocks_say(zone: str, day: str, hours: float) -> None:
    """And each of its moments belongs to it, none around it."""
    period = read_period(day, day, START_MS, zone=zone)
    assert isinstance(period, Period)
    assert period.ends_at - period.begins_at == hours * 3_600_000
    assert {day_of(at, zone) for at in range(period.begins_at, period.ends_at, QUARTER_MS)} == {period.first}
    assert period.first not in {day_of(period.begins_at - 1, zone), day_of(period.ends_at, zone)}


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Africa/Cairo", "America/Havana", "Australia/Lord_Howe"])
def test_days_are_counted_without_knowing_the_zone(zone: str) -> None:
    """24 hours at a time, from one change of the clocks to the next, is what a calendar says."""
    period = read_period("2027-01-01", "2027-12-31", START_MS, zone=zone)
    assert isinstance(period, Period)
    known = {
        at: stretch.day((at - stretch.begins_at) // DAY_MS)
        for stretch in period.stretches
        for at in range(stretch.begins_at, stretch.ends_at, 2 * QUARTER_MS)
    }
    assert known == {at: day_of(at, zone) for at in range(period.begins_at, period.ends_at, 2 * QUARTER_MS)}


def test_the_page_takes_its_days_from_the_working_hours(busy: Shop, room: Room, runtime: Runtime) -> None:
    """The shop is in New York."""
    working = {"working_hours": "mon-fri 9:00-17:00 America/New_York"}
    assert isinstance(platforms.change(runtime, busy.id, working, actor=Actor("cli:ada")), Platform)
    asked = {"from": "2027-01-16", "to": "2027-01-16"}
    assert "Days are days of America/New_York" in room.read("reports", **asked)
    assert "16 Jan: 1 verified" in room.open("reports", **asked).get_data(as_text=True)


def test_the_page_shows_pictures_and_the_same_in_tables(busy: Shop, room: Room) -> None:
    """Who cannot see a bar reads its number; a day without anything is told in a sentence."""
    shown = room.open("reports", **{"from": FIRST, "to": LAST}).get_data(as_text=True)
    assert shown.count('role="img"') == 5
    assert len(re.findall(r'<rect class="verified"', shown)) == 2
    text = re.sub(r"\s+", " ", room.read("reports", **{"from": FIRST, "to": LAST}))
    assert "15 Jan: 2 verified, 0 claimed, 1 anonymous" in shown
    for said in ("Verified 75 %", "Half within 4 min", "5.0 of 5", "By visitors 5", "With a comment 1"):
        assert said in text
    assert "Nobody wrote on these days." in room.read("reports", **{"from": "2027-01-16", "to": "2027-01-16"})
    assert 'style="' not in shown


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        ("ratings", [["1", "0"], ["2", "0"], ["3", "0"], ["4", "0"], ["5", "1"]]),
        ("response", [["300", "1"], ["1800", "0"], ["7200", "1"], *[[most, "0"] for most in LONGER]]),
        ("resolution", [["300", "0"], ["1800", "0"], ["7200", "1"], *[[most, "0"] for most in LONGER]]),
    ],
)
def test_every_report_is_a_csv(busy: Shop, room: Room, table: str, rows: list[list[str]]) -> None:
    """With nothing in it that a visitor wrote."""
    response = room.open("reports.csv", **{"from": FIRST, "to": LAST, "table": table})
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == f'attachment; filename="{table}-{FIRST}-{LAST}.csv"'
    assert list(csv.reader(io.StringIO(response.get_data(as_text=True))))[1:] == rows
    assert room.open("reports.csv", table="../people").status_code == 404


def test_the_csv_of_the_volume_has_a_line_for_each_day(busy: Shop, room: Room) -> None:
    """Numbers and dates only."""
    response = room.open("reports.csv", **{"from": FIRST, "to": LAST})
    head, *rows = csv.reader(io.StringIO(response.get_data(as_text=True)))
    assert [dict(zip(head, row, strict=True))["conversations"] for row in rows] == ["3", "0", "1"]
    assert [row[0] for row in rows] == [FIRST, "2027-01-16", LAST]
    assert all(re.fullmatch(r"[0-9-]+", cell) for row in rows for cell in row)


SIGNS = ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "＝1+1", "－1", "Ada;=1+1", "\t;@"]


@given(st.lists(st.text(max_size=8) | st.sampled_from(SIGNS), min_size=1))
def test_no_cell_of_a_csv_is_a_formula(cells: list[str]) -> None:
    """Whatever stands in it, and whatever splits it; a spreadsheet reads back what was written, but for apostrophes."""
    body = as_csv(iter([cells]), "x.csv").get_data(as_text=True)
    (row,) = csv.reader(io.StringIO(body, newline=""))
    assert [cell.replace("'", "") for cell in row] == [cell.replace("'", "") for cell in cells]
    parts = [part for cell in row for part in cell.split(";")]
    assert not any(part.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")) for part in parts)


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        ("yesterday", "", "from"),
        ("", "2027-02-30", "to"),
        ("2027-01-18", "2027-01-17", "from"),
        ("2025-01-01", "2027-01-17", "from"),
        ("1989-12-31", "1990-01-02", "from"),
        ("0001-01-01", "0001-01-02", "to"),
        ("9999-12-31", "9999-12-31", "to"),
        ("=1+1\0", "9" * 500, "to"),
    ],
)
def test_days_that_are_none_are_told_beside_their_field(room: Room, first: str, last: str, field: str) -> None:
    """And what was typed stands there still."""
    asked = {"from": first, "to": last}
    response = room.open("reports", **asked)
    assert response.status_code == 400
    shown = response.get_data(as_text=True)
    assert f'id="{field}-wrong"' in shown
    assert f'value="{first[:40].replace(chr(0), "")}"' in shown
    assert room.open("reports.csv", **asked).status_code == 400


@given(st.text(max_size=12) | st.dates().map(str), st.text(max_size=12) | st.dates().map(str))
def test_any_two_texts_are_a_period_or_a_refusal(first: str, last: str) -> None:
    """A period is never empty and never longer than a report may be; each of its lines holds its own first moment."""
    found = read_period(first, last, START_MS, zone="Europe/Berlin")
    if isinstance(found, Period):
        assert 1 <= len(found.lines) <= DAYS_MAX
        assert found.begins_at < found.ends_at
        assert found.line_of(found.first) == found.first
        assert found.line_of(found.last) == found.lines[-1]
        assert (found.stretches[0].begins_at, found.stretches[-1].ends_at) == (found.begins_at, found.ends_at)


@pytest.mark.parametrize(("part", "said"), [(0, "0 %"), (1, "1 %"), (500, "50 %"), (999, "99 %"), (1000, "100 %")])
def test_a_share_is_no_whole_while_something_is_missing(part: int, said: str) -> None:
    """Nor nothing while there is something."""
    assert share(part, 1000) == said
    assert share(0, 0) == "–"


@given(st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**9)), min_size=1, max_size=DAYS_MAX))
def test_no_bar_leaves_its_picture(numbers: list[tuple[int, int]]) -> None:
    """Whatever is counted, the highest bar reaches the top, and none overlaps its neighbour."""
    picture = draw([(str(place), [("one", one), ("two", two)]) for place, (one, two) in enumerate(numbers)])
    end = 0.0
    for bar in picture.bars:
        assert end <= bar.x + 0.011
        end = bar.x + bar.width
        assert all(-0.02 <= part.y <= part.y + part.height <= HEIGHT + 0.02 for part in bar.parts)
    assert end <= WIDTH


@pytest.mark.parametrize(
    ("duration_ms", "said"),
    [(None, "–"), (0, "under a minute"), (119 * 60_000, "119 min"), (7_200_000, "2 h"), (3 * 86_400_000, "3 days")],
)
def test_durations_are_said_in_words(duration_ms: int | None, said: str) -> None:
    """Nobody reads milliseconds."""
    assert spell(duration_ms) == said
