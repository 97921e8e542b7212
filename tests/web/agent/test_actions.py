"""What the buttons of a conversation do, without JavaScript: assign, tag, snooze, spam, undo; and lists narrowed."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient

from tests.clock import Clock
from tests.people import BOB
from tests.rows import Rows
from tests.shop import Shop, Visitor, open_shop
from tests.team import Colleague, hire
from tests.web.agent.desk import Desk, sit_down, text_of
from whosthere.core.reasons import Refused
from whosthere.services.runtime import Runtime
from whosthere.storage.tables import conversations
from whosthere.web.agent.links import Piece, pieces
from whosthere.web.agent.moments import wake_at

NOW = 1_800_000_000_000  # Friday, 15 January 2027, 08:00 UTC
ACTIONS: dict[str, dict[str, str]] = {
    "assignee": {"agent": ""},
    "tags": {"add": "VIP"},
    "snooze": {"until": "later"},
    "spam": {"spam": "yes"},
    "state": {"state": "resolved"},
    "undo": {"entry": "x"},
}


@pytest.fixture
def path(ada: Visitor) -> str:
    """Ada's conversation, below the inbox."""
    return f"conversations/{ada.start()['conversation']['id']}"


def count_of(page: str, view: str) -> str:
    """What stands beside a view's name: `""` for nothing."""
    after = page.partition(view)[2].split()[0]
    return after if after[0].isdigit() else ""


def test_an_agent_takes_a_conversation_gives_it_away_and_lets_it_go(
    desk: Desk, path: str, runtime: Runtime, shop: Shop, grace: Colleague
) -> None:
    sam = hire(runtime, shop.id, "sam@example.com", name="Sam Carter")
    assert count_of(desk.read(), "Unassigned") == "1"
    assert desk.send(f"{path}/assignee", agent=grace.id).location == f"/agent/{path}"
    page = desk.read("?view=mine")
    assert (count_of(page, "Unassigned"), count_of(page, "Mine"), "Hello?" in page) == ("", "1", True)
    desk.send(f"{path}/assignee?view=mine", agent=sam.id)
    assert "Assigned to Sam Carter" in desk.read("?view=open")
    assert "Nothing is assigned to you." in desk.read("?view=mine")
    desk.send(f"{path}/assignee", agent="")
    assert "Hello?" in desk.read("?view=unassigned")


def test_tags_are_put_on_and_taken_off_and_narrow_the_list(
    desk: Desk, path: str, client: FlaskClient, shop: Shop
) -> None:
    shop.visitor(client, BOB.proven()).start("Untagged")
    for tag in ("Delivery & more", "VIP"):
        desk.send(f"{path}/tags", add=f" {tag} ")
    narrowed = desk.read("?tag=Delivery+%26+more")
    assert "Hello?" in narrowed
    assert "Untagged" not in narrowed
    assert "Delivery & more × , take this filter away" in narrowed
    desk.send(f"{path}/tags", remove="Delivery & more")
    assert "Nothing here matches." in desk.read("?tag=Delivery+%26+more")
    assert "VIP" in desk.read(path)
    refused = desk.send(f"{path}/tags", add="x" * 101)
    assert (refused.status_code, "A tag has 1 to 100" in text_of(refused)) == (400, True)


def test_a_snoozed_conversation_is_out_of_sight_until_it_wakes(desk: Desk, path: str) -> None:
    desk.send(f"{path}/snooze", until="tomorrow", zone="Europe/Berlin")
    assert "Hello?" not in desk.read("?view=open")
    assert "Hello?" in desk.read("?view=snoozed")
    assert "16 January 2027, 08:00:00 UTC" in desk.read(path)  # 9 o'clock in Berlin
    desk.send(f"{path}/snooze", until="now")
    assert "Hello?" in desk.read("?view=open")


def test_spam_stands_in_its_own_list_until_it_is_none(desk: Desk, path: str) -> None:
    desk.send(f"{path}/spam", spam="yes")
    assert "Hello?" not in desk.read("?view=all")
    assert "Hello?" in desk.read("?view=spam")
    desk.send(f"{path}/spam", spam="no")
    assert "Hello?" in desk.read("?view=open")


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("assurance=verified", True),
        ("assurance=claimed", False),
        ("assurance=%00", True),
        ("assignee=none", True),
        ("assignee=x", False),
        ("tag=" + "x" * 2000, False),
        ("platform=x", False),
    ],
)
def test_filters_narrow_and_nonsense_breaks_nothing(desk: Desk, path: str, query: str, shown: bool) -> None:
    page = desk.read(f"?view=open&{query}")
    assert ("Hello?" in page, "Nothing here matches." in page) == (shown, not shown)


def test_a_forgotten_browser_comes_back_to_the_filtered_list(client: FlaskClient) -> None:
    wanted = "view=open&assurance=verified&assignee=none&tag=a%2Fb+c"
    response = client.get(f"/agent/?{wanted}")
    assert response.status_code == 303
    assert "next=?view%3Dopen" in response.location.replace("%3F", "?")


@pytest.mark.parametrize("action", ACTIONS)
def test_no_action_reaches_a_strangers_conversation_and_none_works_without_the_token(
    desk: Desk, path: str, runtime: Runtime, client: FlaskClient, rows: Rows, action: str
) -> None:
    strange = hire(runtime, open_shop(runtime).id, "mallory@example.com", name="Mallory")
    theirs = sit_down(client.application, strange)
    before = rows.all(conversations)
    assert theirs.send(f"{path}/{action}", **ACTIONS[action]).status_code == 404
    assert theirs.send(f"{path}/{action}").status_code == 404
    assert desk.client.post(f"/agent/{path}/{action}", data=ACTIONS[action]).status_code == 400
    assert rows.all(conversations) == before


@pytest.mark.parametrize(
    ("action", "fields", "status"),
    [
        ("assignee", {"agent": "x"}, 400),
        ("tags", {}, 400),
        ("tags", {"add": "  "}, 400),
        ("snooze", {}, 400),
        ("snooze", {"until": "date", "date": "2026-12-24"}, 400),
        ("snooze", {"until": "date", "date": "9999-12-31"}, 400),
        ("snooze", {"until": "date", "date": "2027-02-30"}, 400),
        ("spam", {"spam": "maybe"}, 400),
        ("undo", {"entry": "x"}, 404),
    ],
)
def test_a_form_that_says_nothing_sensible_changes_nothing(
    desk: Desk, path: str, rows: Rows, action: str, fields: dict[str, str], status: int
) -> None:
    before = rows.all(conversations)
    response = desk.send(f"{path}/{action}", **fields)
    assert (response.status_code, response.mimetype) == (status, "text/html")
    assert rows.all(conversations) == before


def test_a_mention_is_counted_until_its_note_is_read(
    desk: Desk, path: str, runtime: Runtime, client: FlaskClient, shop: Shop, grace: Colleague
) -> None:
    sam = sit_down(client.application, hire(runtime, shop.id, "sam@example.com", name="Sam"))
    sam.send(f"{path}/reply", text=f"@{grace.email} please look", clientMessageId="m", kind="note")
    assert count_of(desk.read(), "Mentions") == "1"
    assert "please look" in desk.read("mentions")
    desk.read(path)
    assert count_of(desk.read(), "Mentions") == ""


def test_canned_replies_are_kept_changed_and_deleted_on_their_page(
    desk: Desk, shop: Shop, runtime: Runtime, client: FlaskClient
) -> None:
    assert "None yet." in desk.read("replies")
    made = {"platform": shop.id, "name": "/Hello", "body": "Hello {name}"}
    assert desk.send("replies", **made).status_code == 303
    twice = desk.send("replies", **(made | {"body": "Kept <b>text</b>"}))
    assert twice.status_code == 409
    assert "Kept &lt;b&gt;text&lt;/b&gt;" in twice.get_data(as_text=True)
    page = desk.open("replies").get_data(as_text=True)
    reply = "replies/" + page.partition('action="/agent/replies/')[2].partition('"')[0]
    desk.send(reply, platform=shop.id, name="hi", body="Hi {name}")
    assert "/hi Hi {name}" in desk.read("replies")
    strange = sit_down(client.application, hire(runtime, open_shop(runtime).id, "m@example.com", name="Mallory"))
    for fields in ({"do": "delete"}, {"name": "x", "body": "x"}):
        assert strange.send(reply, platform=shop.id, **fields).status_code == 404
    assert strange.send("replies", **made).status_code == 404
    assert strange.open(f"replies?platform={shop.id}").status_code == 404
    desk.send(reply, platform=shop.id, do="delete")
    assert "None yet." in desk.read("replies")


def local(text: str, zone: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


@pytest.mark.parametrize(
    ("until", "day", "zone", "wanted"),
    [
        ("later", "", "", NOW + 3 * 3_600_000),
        ("tomorrow", "", "UTC", local("2027-01-16T09:00", "UTC")),
        ("tomorrow", "", "Pacific/Auckland", local("2027-01-16T09:00", "Pacific/Auckland")),
        ("tomorrow", "", "Pacific/Honolulu", local("2027-01-15T09:00", "Pacific/Honolulu")),
        ("tomorrow", "", "../../etc/passwd", local("2027-01-16T09:00", "UTC")),
        ("tomorrow", "", "No/Where", local("2027-01-16T09:00", "UTC")),
        ("week", "", "UTC", local("2027-01-18T09:00", "UTC")),
        ("date", "2027-03-28", "Europe/Berlin", local("2027-03-28T09:00", "Europe/Berlin")),
    ],
)
def test_a_snooze_ends_on_the_agents_own_clock(until: str, day: str, zone: str, wanted: int) -> None:
    assert wake_at(until, day, zone, NOW) == wanted
    assert datetime.fromtimestamp(NOW / 1000, UTC).weekday() == 4


@pytest.mark.parametrize("day", ["", "2027-13-01", "tomorrow", "20270301", "\u0662027-03-01", "0000-01-01"])
def test_a_day_that_is_none_is_refused(day: str) -> None:
    assert isinstance(wake_at("date", day, "UTC", NOW), Refused)


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("see https://a.example/x).", ["https://a.example/x"]),
        ("(http://a.example/x_(y)), mailto:a@b.example!", ["http://a.example/x_(y)", "mailto:a@b.example"]),
        ("javascript:alert(1) data:text/html,x vbscript:x file:///etc", []),
        ("https://bank.example@evil.example/ https:// http://[ mailto:nobody", []),
        ("https://\u202emoc.elpmaxe", []),
        ('https://a.example/"onclick=x', ["https://a.example/"]),
    ],
)
def test_only_addresses_that_lead_where_they_say_can_be_clicked(text: str, links: list[str]) -> None:
    cut = list(pieces(text))
    assert "".join(piece.text for piece in cut) == text
    assert [piece.href for piece in cut if piece.href] == links
    assert all(piece.href in (None, piece.text) for piece in cut)
    assert isinstance(cut[0], Piece)


def test_a_clicked_address_learns_nothing_of_the_inbox(desk: Desk, client: FlaskClient, shop: Shop) -> None:
    started = shop.visitor(client, BOB.proven()).start('Look: https://x.example/?a="b&c=<d')
    page = desk.open(f"conversations/{started['conversation']['id']}").get_data(as_text=True)
    wanted = '<a href="https://x.example/?a=" target="_blank" rel="noopener noreferrer nofollow"'
    assert wanted in page
    assert 'referrerpolicy="no-referrer">https://x.example/?a=</a>&#34;b&amp;c=&lt;d' in page


def test_waiting_is_said_until_somebody_answers(desk: Desk, path: str, clock: Clock) -> None:
    clock.advance(minutes=12)
    assert "waits 12 min" in desk.read("?view=waiting")
    desk.send(f"{path}/reply", text="Hello", clientMessageId="a")
    assert "waits" not in desk.read("?view=open").replace("Waits", "")
