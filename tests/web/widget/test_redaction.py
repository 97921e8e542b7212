"""A message that was taken back leaves chats that are open: its visitor is told, nobody else."""

from __future__ import annotations

from flask.testing import FlaskClient

from tests import desk
from tests.people import BOB
from tests.shop import Shop, Visitor
from tests.web.widget.conftest import Listen
from whosthere.realtime.hub import record_topic
from whosthere.services import redaction
from whosthere.services.journal import Actor
from whosthere.services.runtime import Runtime


def test_a_visitor_hears_at_once_what_is_left_of_a_message_and_nobody_else_does(
    runtime: Runtime, client: FlaskClient, shop: Shop, ada: Visitor, listen: Listen
) -> None:
    here = ada.start()["conversation"]["id"]
    slip = desk.reply(runtime, shop.id, here, "The code is 1234")
    bob = shop.visitor(client, BOB.proven())
    bobs = bob.start("bob's", "bob's")["conversation"]["id"]
    with listen(ada) as own, listen(bob) as foreign:
        own.cursor(), foreign.cursor()
        redaction.redact_message(runtime, shop.id, slip.id, actor=Actor("agent:grace"))
        event = own.next()
        assert event is not None
        assert (event.name, event.cursor) == ("changed", "")
        assert (event.data["conversationId"], event.data["seq"]) == (here, slip.seq)
        told = event.data["message"]
        assert (told["id"], told["body"], told["event"]) == (slip.id, "", "redacted")
        # A signal that goes astray tells a stranger nothing.
        session = runtime.signer.read_session(bob.answer["session"]["token"])
        runtime.hub.publish(record_topic(shop.id, session.record_id), redaction.signal(slip.id))
        desk.reply(runtime, shop.id, bobs, "hello bob")
        heard = foreign.next()
        assert heard is not None
        assert (heard.name, heard.data["conversationId"]) == ("message", bobs)
