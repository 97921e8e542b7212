"""An erased person is named nowhere: not in another spelling, not by a former address, not while it is under way."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.people import Person
from tests.services.lives import traces
from tests.shop import ORIGIN, Shop
from tests.web.server.endpoints import open_backend
from whosthere.core.redaction import folded, tells
from whosthere.services import erasure, records, tokens
from whosthere.services.erasure import Erasure
from whosthere.services.journal import Actor, entries
from whosthere.services.runtime import Runtime
from whosthere.services.tokens import Wish

ACTOR = Actor("cli:grace")
FIRST = "ffffffff-ffff-ffff-ffff-ffffffffffff"


@pytest.mark.parametrize(
    ("address", "named"),
    [
        ("?mail=zora.new@example.com", True),
        ("?mail=ZORA.NEW%40example.com", True),
        ("?to=https%3A%2F%2Fx%2F%3Fm%3Dzora.new%2540example.com", True),
        ("?n=Zora+M%C3%BCller", True),
        ("?n=Zora%20m%c3%bcller", True),
        ("/u/zora%2D1", True),
        ("/u/zora-2", False),
        ("?n=Zo", False),
    ],
)
def test_an_address_tells_who_it_is_about_in_any_spelling(address: str, named: bool) -> None:
    names = folded(["Zora-1", "Zora.New@Example.com", "Zora Müller", "Zo", None])
    assert tells(f"https://shop.example.com/{address}", names) is named


def test_nothing_names_an_erased_person_by_a_former_address(runtime: Runtime, client: FlaskClient, shop: Shop) -> None:
    """And a person whose userId differs in its case alone keeps their lines."""
    for who in (
        tokens.Person(email="Zora.old@example.com"),
        tokens.Person("Zora-1"),
        tokens.Person("zora-1", "else@example.com"),
    ):
        assert isinstance(tokens.sign(runtime, shop.id, who, Wish(), actor=ACTOR), tokens.Signed)
    backend = open_backend(client, shop)
    backend.identify(userEmail="zora.old@example.com")
    backend.identify(userId="Zora-1", userEmail="zora.old@example.com")
    zora = backend.identify(userId="Zora-1", userEmail="zora.new@example.com")["id"]
    page = {"url": f"{ORIGIN}/?from=ZORA.OLD%40example.com"}
    refused = shop.boot(client, {"userId": "bob", "userAuthToken": "x", "page": page})
    assert refused.status_code == 401
    assert isinstance(erasure.erase(runtime, shop.id, zora, actor=ACTOR), Erasure)
    assert traces(runtime, "ora.old") == set()
    assert traces(runtime, "Zora") == set()
    signed = [one.detail["userId"] for one in entries(runtime, shop.id) if one.action == "token.signed"]
    assert signed == ["zora-1", "", ""]


def test_a_ledger_forgets_a_person_whose_erasure_has_only_begun(
    runtime: Runtime, client: FlaskClient, shop: Shop
) -> None:
    """Stopped or not: nobody reads their identifiers, and nothing of it can be undone."""
    backend = open_backend(client, shop)
    eve = Person("evelyn-4711", "evelyn@example.com", "Eve")
    backend.identify(userEmail=eve.email)
    record_id = backend.identify(userId=eve.user_id, userEmail=eve.email)["id"]
    (merged,) = records.merges(runtime, shop.id, FIRST, 10)
    begun = erasure.erase(runtime, shop.id, record_id, actor=ACTOR, batches_max=1)
    assert isinstance(begun, Erasure)
    assert not begun.finished
    assert erasure.stop(runtime, shop.id, record_id, actor=ACTOR) is None
    assert traces(runtime, "evelyn") == set()
    assert backend.get("/ledger")["items"] == []
    assert backend.call("POST", f"/ledger/{merged.id}/undo", {}).status_code == 404
