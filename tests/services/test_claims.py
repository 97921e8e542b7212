"""An erased person's identifiers go from records that only claimed them, if that is wanted; from no other."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.people import ADA, BOB, Person
from tests.rows import Rows
from tests.services.lives import traces
from tests.shop import Shop, Visitor, open_shop
from whosthere.core.policy import Verification
from whosthere.services import claims, erasure
from whosthere.services.erasure import Erasure
from whosthere.services.journal import Actor
from whosthere.services.runtime import Runtime
from whosthere.storage import users
from whosthere.storage.tables import users as records

ACTOR = Actor("cli:grace")


@pytest.fixture
def shop(runtime: Runtime) -> Shop:
    """A platform that lets claimed visitors in."""
    return open_shop(runtime, verification=Verification.REPORT)


def record_of(shop: Shop, visitor: Visitor) -> str:
    """The record that a visitor acts as."""
    session = shop.runtime.signer.read_session(visitor.answer["session"]["token"])
    assert session is not None
    return session.record_id


def test_claims_go_and_what_was_proven_or_belongs_to_somebody_else_stays(
    runtime: Runtime, client: FlaskClient, shop: Shop
) -> None:
    ada = shop.visitor(client, ADA.proven())
    ada_id = record_of(shop, ada)
    bob = shop.visitor(client, BOB.proven())
    guest = shop.visitor(client, {})
    near = shop.visitor(client, {"userEmail": f"x{ADA.email}", "userName": "Near"})
    liar = shop.visitor(client, {"userId": "somebody", "userEmail": ADA.email.replace("a", "A"), "userName": "Liar"})
    for visitor, text in ((guest, "guest"), (near, "near"), (liar, "liar"), (bob, "bob")):
        visitor.start(f"I am {text}", text)
    guest.send("PUT", "/contact", {"name": "Guest", "email": ADA.email.upper()})
    with runtime.reading(shop.id) as tenant:
        person = users.find(tenant, ada_id)
    assert person is not None
    found = {one.record.id for one in claims.of_others(runtime, shop.id, person.record)}
    assert found == {record_of(shop, guest), record_of(shop, liar)}
    done = erasure.erase(runtime, shop.id, ada_id, actor=ACTOR, claims_too=True)
    assert isinstance(done, Erasure)
    kept = {row.id: row for row in Rows(runtime.database, shop.id).all(records)}
    for one in (guest, liar):
        row = kept[record_of(shop, one)]
        assert (row.user_id, row.email, row.email_key, row.claimed_email, row.contact_email) == (None,) * 5
    assert (kept[record_of(shop, near)].email, kept[record_of(shop, near)].name) == (f"x{ADA.email}", "Near")
    assert (kept[record_of(shop, bob)].user_id, kept[record_of(shop, bob)].email) == (BOB.user_id, BOB.email)
    assert traces(runtime, "I am liar"), "what they said is theirs"
    assert liar.get("/conversations").status_code == 401, "nobody comes back to it by what it claimed"
    assert near.get("/conversations").status_code == bob.get("/conversations").status_code == 200


def test_what_two_people_proved_stays_the_others(runtime: Runtime, client: FlaskClient, shop: Shop) -> None:
    ada_id = record_of(shop, shop.visitor(client, ADA.proven()))
    partner = shop.visitor(client, Person("partner", ADA.email, "Partner").proven())
    partner.start("We share an address")
    partner.send("PUT", "/contact", {"name": "Partner", "email": ADA.email})
    own_id = record_of(shop, partner)
    before = next(row for row in Rows(runtime.database, shop.id).all(records) if row.id == own_id)
    assert (before.email, before.email_proven) == (ADA.email, True)
    assert isinstance(erasure.erase(runtime, shop.id, ada_id, actor=ACTOR, claims_too=True), Erasure)
    assert next(row for row in Rows(runtime.database, shop.id).all(records) if row.id == own_id) == before


def test_without_the_wish_other_records_stay_as_they_are(runtime: Runtime, client: FlaskClient, shop: Shop) -> None:
    ada_id = record_of(shop, shop.visitor(client, ADA.proven()))
    guest = shop.visitor(client, {})
    guest.start("I am Ada")
    guest.send("PUT", "/contact", {"name": "Guest", "email": ADA.email})
    assert isinstance(erasure.erase(runtime, shop.id, ada_id, actor=ACTOR), Erasure)
    assert traces(runtime, ADA.email) >= {"users.contact_email"}
