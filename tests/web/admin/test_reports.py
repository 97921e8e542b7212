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
from tests.team import Colleague
from tests.web.admin.room import Room, enter
from whosthere.core.conversation import State
from whosthere.core.reasons import Refused
from whosthere.core.reports import DAYS_MAX, Period, read_period
from whosthere.services import reports
from whosthere.services.runtime import Runtime
from whosthere.storage.tables import conversations
from whosthere.web.admin.pictures import HEIGHT, WIDTH, draw
from whosthere.web.admin.reports import spell

FIRST, LAST = "2027-01-15", "2027-01-17"


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
    other = open_shop(runtime)
    ask(other.visitor(client, ADA.proven()), "another shop's")
    return shop


def test_a_report_counts_what_began_in_its_days(busy: Shop, runtime: Runtime) -> None:
    """Neither spam, nor another platform's, nor what began a minute later."""
    period = read_period(FIRST, LAST, runtime.clock())
    assert isinstance(period, Period)
    found = reports.report(runtime, busy.id, period)
    assert not isinstance(found, Refused)
    days = [(f"{day}", one.conversations, one.verified, one.anonymous, one.claimed) for day, one in found.days]
    assert days == [("2027-01-15", 3, 2, 1, 0), ("2027-01-16", 0, 0, 0, 0), ("2027-01-17", 1, 1, 0, 0)]
    assert found.total("answered") == 2
    assert found.total("messages") == found.replies.count + 4 + 1  # the visitors' own, two answers, "resolved"
    assert found.replies.groups == (1, 0, 1, 0, 0, 0, 0)
    assert (found.replies.median, found.replies.slow) == (4 * 60_000, 60 * 60_000)
    assert found.resolutions.groups == (0, 0, 1, 0, 0, 0, 0)
    assert found.ratings == {5: 1}
    sixteenth = read_period("2027-01-16", "2027-01-16", runtime.clock())
    assert isinstance(sixteenth, Period)
    nothing = reports.report(runtime, busy.id, sixteenth)
    assert not isinstance(nothing, Refused)
    assert (nothing.total("conversations"), nothing.replies.median, nothing.ratings) == (0, None, {})


def test_the_page_shows_pictures_and_the_same_in_tables(busy: Shop, client: FlaskClient, grace: Colleague) -> None:
    """Who cannot see a bar reads its number; a day without anything is told in a sentence."""
    room = enter(client.application, grace, busy.id)
    shown = room.open("reports", **{"from": FIRST, "to": LAST}).get_data(as_text=True)
    assert shown.count('role="img"') == 4
    assert len(re.findall(r'<rect class="verified"', shown)) == 2
    text = room.read("reports", **{"from": FIRST, "to": LAST})
    assert "15 Jan: 2 verified, 0 claimed, 1 anonymous" in shown
    for said in ("Verified 75 %", "Half within 4 min", "5.0 of 5"):
        assert said in re.sub(r"\s+", " ", text)
    assert "No conversation began on these days." in room.read("reports", **{"from": "2027-01-16", "to": "2027-01-16"})
    assert 'style="' not in shown


def test_the_csv_is_the_same_table(busy: Shop, client: FlaskClient, grace: Colleague) -> None:
    """A row for each day, and nothing that a visitor wrote."""
    response = enter(client.application, grace, busy.id).open("reports.csv", **{"from": FIRST, "to": LAST})
    assert response.headers["Content-Disposition"] == f'attachment; filename="report-{FIRST}-{LAST}.csv"'
    head, *rows = csv.reader(io.StringIO(response.get_data(as_text=True)))
    assert [dict(zip(head, row, strict=True))["conversations"] for row in rows] == ["3", "0", "1"]
    assert [row[0] for row in rows] == [FIRST, "2027-01-16", LAST]
    assert "=1+1" not in response.get_data(as_text=True)


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        ("yesterday", "", "from"),
        ("", "2027-02-30", "to"),
        ("2027-01-18", "2027-01-17", "from"),
        ("2025-01-01", "2027-01-17", "from"),
        ("1969-12-31", "1970-01-02", "from"),
        ("0001-01-01", "0001-01-02", "to"),
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
    """A period is never empty and never longer than a report may be."""
    found = read_period(first, last, START_MS)
    assert isinstance(found, Refused) or 1 <= len(found.days) <= DAYS_MAX


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
