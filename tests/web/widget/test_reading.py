"""Read by the team: told to the visitor whose conversation it is, with nothing but how far."""

from __future__ import annotations

from flask.testing import FlaskClient

from tests import desk
from tests.people import BOB
from tests.shop import Shop, Visitor
from tests.team import hire
from tests.web.widget.conftest import Listen
from whosthere.realtime.hub import record_topic
from whosthere.services import inbox
from whosthere.services.runtime import Runtime


def test_a_visitor_hears_how_far_the_team_has_read_and_nobody_else_does(
    runtime: Runtime, client: FlaskClient, shop: Shop, ada: Visitor, listen: Listen
) -> None:
    here = ada.start()["conversation"]["id"]
    grace = hire(runtime, shop.id, f"grace-{shop.id}@example.com")
    bob = shop.visitor(client, BOB.proven())
    bobs = bob.start("bob's", "bob's")["conversation"]["id"]
    with listen(ada) as own, listen(bob) as foreign:
        own.cursor(), foreign.cursor()
        assert grace.call(client, "PUT", f"/conversations/{here}/read", {"seq": 99}).status_code < 300
        event = own.next()
        assert event is not None
        assert (event.name, event.cursor) == ("read", "")
        assert event.data == {"conversationId": here, "agentReadSeq": 1}
        # A mark that does not move is no news; and a signal that goes astray tells a stranger nothing.
        inbox.mark_read(runtime, grace.identity, here, 99)
        runtime.hub.publish(record_topic(shop.id, _record(runtime, bob)), f"read:{here}")
        desk.reply(runtime, shop.id, bobs, "hello bob")
        desk.reply(runtime, shop.id, here, "hello ada")
        heard = [stream.next() for stream in (own, foreign)]
        assert [one and one.name for one in heard] == ["message", "message"]
    about = ada.get(f"/conversations/{here}").json
    assert about["agentReadSeq"] == about["lastSeq"] == 2, "who answers has read"


def _record(runtime: Runtime, who: Visitor) -> str:
    session = runtime.signer.read_session(who.answer["session"]["token"])
    assert session is not None
    return session.record_id
