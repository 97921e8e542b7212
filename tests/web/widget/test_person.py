"""What visitors leave about themselves, and what they began without logging in (docs/identity.md §6)."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests import desk
from tests.clock import Clock
from tests.files import described, png
from tests.people import ADA, BOB, Person
from tests.rows import Rows
from tests.shop import WIDGET, Shop, Visitor, open_shop
from tests.web.widget.endpoints import check_problem
from whosthere.core.policy import AnonymousHistory, Verification
from whosthere.services.runtime import Runtime
from whosthere.storage.tables import merge_ledger, users

CONTACT = {"name": "Ada L.", "email": "ada@home.example"}


def test_what_is_left_is_kept_and_finds_nobody(client: FlaskClient, shop: Shop, rows: Rows) -> None:
    nobody = shop.visitor(client)
    assert nobody.answer["user"]["missing"] == ["name", "email"]
    for part in ({"name": "Ada L."}, {"email": "ada@home.example", "name": None}):
        assert nobody.send("PUT", "/contact", part).status_code == 204
    row = rows.one(users)
    assert (row.contact_name, row.contact_email, row.email, row.email_key, row.name) == (
        *CONTACT.values(),
        None,
        None,
        None,
    )
    again = shop.visitor(client, anonymousToken=nobody.answer["anonymousToken"])
    assert again.answer["user"]["missing"] == []
    assert "userEmail" not in again.answer["user"]
    other = shop.visitor(client, Person("", CONTACT["email"], "").proven())
    assert other.get("/conversations").json["items"] == []
    assert len(rows.all(users)) == 2


def test_only_what_nobody_said_is_missing(client: FlaskClient, shop: Shop) -> None:
    for person, missing in (
        (ADA, []),
        (Person("eve", "", ""), ["name", "email"]),
        (Person("eve2", "eve@example.com", ""), ["name"]),
        (Person("eve3", "", "Eve"), ["email"]),
    ):
        assert shop.visitor(client, person.proven()).answer["user"]["missing"] == missing


def test_under_full_privacy_nothing_is_asked_and_nothing_kept(client: FlaskClient, shop: Shop, rows: Rows) -> None:
    nobody = shop.visitor(client, fullPrivacy=True)
    assert nobody.answer["user"]["missing"] == []
    check_problem(nobody.send("PUT", "/contact", CONTACT), 403, "forbidden")
    assert rows.all(users) == []


def test_who_only_claims_to_be_somebody_writes_nothing_on_their_card(runtime: Runtime, client: FlaskClient) -> None:
    shop = open_shop(runtime, verification=Verification.OFF)
    shop.visitor(client, Person("eve", "", "").proven())
    mallory = shop.visitor(client, Person("eve", "", "").config())
    assert mallory.answer["user"]["missing"] == []
    check_problem(mallory.send("PUT", "/contact", CONTACT), 403, "forbidden")
    assert Rows(runtime.database, shop.id).one(users).contact_name is None


@pytest.mark.parametrize(
    ("claimed", "proven"),
    [
        (Person("eve", "", ""), Person("eve", "", "")),
        (Person("", "eve@example.com", ""), Person("", "eve@example.com", "")),
    ],
)
def test_what_was_left_before_the_person_came_is_not_taken_for_theirs(
    runtime: Runtime, client: FlaskClient, claimed: Person, proven: Person
) -> None:
    shop = open_shop(runtime, verification=Verification.OFF)
    mallory = shop.visitor(client, claimed.config())
    assert mallory.send("PUT", "/contact", {"name": "Eve", "email": "mallory@evil.example"}).status_code == 204
    eve = shop.visitor(client, proven.proven())
    assert "name" in eve.answer["user"]["missing"]
    row = Rows(runtime.database, shop.id).one(users)
    assert (row.contact_name, row.contact_email) == (None, None)
    assert eve.send("PUT", "/contact", CONTACT).status_code == 204
    shop.visitor(client, proven.proven())
    row = Rows(runtime.database, shop.id).one(users)
    assert (row.contact_name, row.contact_email) == tuple(CONTACT.values())


# -- anonymous history --------------------------------------------------------------------------------------------


@pytest.fixture
def asking(runtime: Runtime) -> Shop:
    """A platform that asks."""
    return open_shop(runtime, anonymous_history=AnonymousHistory.ASK)


class Browser:
    """One browser's storage, and its clock."""

    def __init__(self, shop: Shop, client: FlaskClient, clock: Clock) -> None:
        self.shop, self.client, self.clock = shop, client, clock
        self.token: str | None = None

    def boot(self, config: dict[str, Any] | None = None, **more: Any) -> Visitor:
        self.clock.advance(seconds=1)
        visitor = self.shop.visitor(self.client, config, anonymousToken=self.token, **more)
        self.token = visitor.answer["anonymousToken"]
        self.clock.advance(seconds=1)
        return visitor

    def answer(self, visitor: Visitor, accept: bool, token: str | None = None) -> Any:
        return visitor.send("PUT", "/history-offer", {"anonymousToken": token or self.token or "", "accept": accept})


@pytest.fixture
def browser(asking: Shop, client: FlaskClient, clock: Clock) -> Browser:
    return Browser(asking, client, clock)


def test_what_is_accepted_moves_with_everything_in_it(runtime: Runtime, browser: Browser, asking: Shop) -> None:
    nobody = browser.boot()
    file = nobody.client.post(f"{WIDGET}/attachments", data=png(), headers=nobody.headers | described()).json["id"]
    body = {"text": "Secret?", "clientMessageId": "first", "attachments": [file]}
    here = nobody.send("POST", "/conversations", body).json["conversation"]["id"]
    desk.reply(runtime, asking.id, here, "Hello stranger")
    ada = browser.boot(ADA.proven())
    ada.start("mine", "first")  # the same idempotency key
    offer = browser.boot(ADA.proven()).answer["historyOffer"]  # and it stands on the next page
    assert offer["conversations"] == 1
    assert "Secret" not in str(ada.answer["historyOffer"])
    assert ada.get(f"/conversations/{here}").status_code == 404
    moved = browser.answer(ada, True)
    assert (moved.status_code, moved.json) == (200, {"conversations": [here]})
    assert [one["body"] for one in ada.get(f"/conversations/{here}/messages").json["items"]] == [
        "Secret?",
        "Hello stranger",
    ]
    assert ada.get(f"/attachments/{file}", buffered=True).get_data() == png()
    assert ada.send("POST", f"/conversations/{here}/messages", {"text": "x", "clientMessageId": "x"}).status_code == 201
    assert nobody.get("/conversations").status_code == 401
    (entry,) = Rows(runtime.database, asking.id).all(merge_ledger)
    assert (entry.kind, entry.detail) == ("anonymous_history", {"conversations": [here]})
    check_problem(browser.answer(ada, True), 404, "not_found")
    assert browser.boot(ADA.proven()).answer["anonymousToken"] is None


def test_what_is_declined_is_not_offered_again(browser: Browser) -> None:
    here = browser.boot().start()["conversation"]["id"]
    ada = browser.boot(ADA.proven())
    assert browser.answer(ada, False).json == {"conversations": []}
    check_problem(browser.answer(ada, True), 404, "not_found")
    assert browser.boot(ADA.proven()).answer["historyOffer"] is None
    assert browser.boot().get(f"/conversations/{here}").status_code == 200  # back after logout


def test_whoever_logs_in_next_is_offered_nothing_of_before(browser: Browser) -> None:
    browser.boot().start()
    bob = browser.boot(BOB.proven())
    assert bob.answer["historyOffer"] is not None
    ada = browser.boot(ADA.proven())
    assert ada.answer["historyOffer"] is None
    for who in (ada, bob):
        check_problem(browser.answer(who, True), 404, "not_found")
    nobody = browser.boot()
    assert browser.boot(ADA.proven()).answer["historyOffer"] is None
    nobody = browser.boot()
    nobody.start("new", "new")
    assert browser.boot(ADA.proven()).answer["historyOffer"]["conversations"] == 1


def test_who_was_logged_in_before_takes_nothing_that_was_begun_after(browser: Browser) -> None:
    """In another tab, say, that knows nothing of the logins."""
    nobody = browser.boot()
    nobody.start()
    bob, ada = browser.boot(BOB.proven()), browser.boot(ADA.proven())
    nobody.start("later", "later")
    check_problem(browser.answer(bob, True), 404, "not_found")
    assert len(browser.answer(ada, True).json["conversations"]) == 1


@pytest.mark.parametrize("policy", ["keep", "claimed", "refused", "another browser"])
def test_nobody_else_is_offered_anything(runtime: Runtime, client: FlaskClient, clock: Clock, policy: str) -> None:
    history = AnonymousHistory.KEEP if policy == "keep" else AnonymousHistory.ASK
    verification = Verification.OFF if policy == "claimed" else Verification.ENFORCED
    shop = open_shop(runtime, anonymous_history=history, verification=verification)
    browser = Browser(shop, client, clock)
    nobody = browser.boot()
    nobody.start()
    token = browser.token
    if policy == "refused":
        assert shop.boot(client, ADA.config(), anonymousToken=token).status_code == 401
        ada = shop.visitor(client, BOB.proven())
    elif policy == "another browser":
        ada = shop.visitor(client, ADA.proven())
    else:
        ada = browser.boot(ADA.config() if policy == "claimed" else ADA.proven())
    assert ada.answer["historyOffer"] is None
    for who in (ada, nobody):
        check_problem(browser.answer(who, True, token), 404, "not_found")
    assert Rows(runtime.database, shop.id).all(merge_ledger) == []
