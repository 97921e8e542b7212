"""A team's inbox on a busy day: everything an agent can meet, made with the services that do it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient

from tests.browser.inbox.moves import say, start
from tests.clock import Clock
from tests.people import ADA, BOB, Person
from tests.shop import Shop, Visitor
from tests.team import Colleague, hire
from whosthere.core.conversation import State
from whosthere.core.reasons import Refused
from whosthere.services import canned, inbox, inbox_actions
from whosthere.services.canned import Wording
from whosthere.services.messages import Text
from whosthere.services.runtime import Runtime

HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Office:
    """Grace, her colleague Sam, and whoever writes to them."""

    runtime: Runtime
    client: FlaskClient
    shop: Shop
    clock: Clock
    grace: Colleague
    sam: Colleague

    def visitor(self, config: dict[str, Any] | None = None, **page: str) -> Visitor:
        """Somebody on the shop's website."""
        return self.shop.visitor(self.client, config, page=page or None)

    def answer(self, who: Colleague, conversation_id: str, text: str) -> None:
        """Let a colleague reply."""
        done(inbox.reply(self.runtime, who.identity, conversation_id, Text(text, f"r{text}"[:100])))

    def note(self, who: Colleague, conversation_id: str, text: str) -> None:
        """Let a colleague leave a note."""
        done(inbox.note(self.runtime, who.identity, conversation_id, Text(text, f"n{text}"[:100])))

    def later(self, minutes: int) -> None:
        """Let time pass."""
        self.clock.advance(seconds=minutes * 60)

    def close(self, conversation_id: str, state: State) -> None:
        """Resolve or reject."""
        done(inbox.set_state(self.runtime, self.grace.identity, conversation_id, state))


def done(outcome: object) -> None:
    """Insist that a service did what it was asked for."""
    assert not isinstance(outcome, Refused), outcome


def open_office(runtime: Runtime, client: FlaskClient, shop: Shop, clock: Clock, grace: Colleague) -> Office:
    """Hire Sam, too."""
    sam = hire(runtime, shop.id, "sam@example.com", name="Sam Carter")
    return Office(runtime, client, shop, clock, grace, sam)


def fill(office: Office) -> str:
    """Let a day happen; return the id of Ada's conversation."""
    _yesterday(office)
    _others(office)
    return _ada(office)


def _yesterday(office: Office) -> None:
    runtime, identity = office.runtime, office.grace.identity
    office.clock.advance(seconds=-20 * 3600)
    for name, text, state in (
        ("Linus Pauling", "It works now. Thanks for the quick answer", State.RESOLVED),
        ("Hedy Lamarr", "The size guide helped, all good", State.RESOLVED),
        ("Buy Followers", "Cheap followers, best price!!!", State.REJECTED),
    ):
        person = Person(name.lower().replace(" ", "."), f"{name.split()[0].lower()}@example.com", name)
        visitor = office.visitor(person.proven())
        office.close(start(visitor, text), state)
    for name, text in (("Win Big", "You have won a car, click http://prize.example/"), ("Seo Expert", "SEO offer")):
        done(inbox_actions.mark_spam(runtime, identity, start(office.visitor(), f"{name}: {text}")))
    sleeper = start(office.visitor(Person("alan", "alan@example.com", "Alan Kay").proven()), "Refund next week, please")
    done(inbox_actions.snooze(runtime, identity, sleeper, runtime.clock() + 70 * HOUR_MS))
    for name, body in (
        ("hello", "Hello {name}, thank you for writing. {agent} here; let me look into it."),
        ("refund", "Your refund is on its way. It takes three to five working days."),
        ("shipping", "We ship within two days. The carrier sends you a link to follow the parcel."),
    ):
        done(canned.create(runtime, identity, office.shop.id, Wording(name, body)))
    office.clock.advance(seconds=19 * 3600)


def _others(office: Office) -> None:
    runtime, identity = office.runtime, office.grace.identity
    grace_hopper = start(office.visitor(Person("hopper", "hopper@example.com", "Grace Hopper").proven()), "Any news?")
    office.answer(office.grace, grace_hopper, "I have asked the warehouse, back soon.")
    done(inbox_actions.assign(runtime, identity, grace_hopper, office.grace.id))
    office.later(9)
    start(office.visitor(url="https://shop.example/pricing"), "Do you ship to Norway?")
    office.later(8)
    bob = start(office.visitor(BOB.config(userName="Bob Turing")), "Can you change the address on my invoice?")
    for tag in ("Billing", "Invoice", "VIP"):
        done(inbox_actions.add_tag(runtime, identity, bob, tag))
    done(inbox_actions.assign(runtime, identity, bob, office.sam.id))
    office.note(office.sam, bob, f"@{office.grace.email} can you look at this one? He is not signed in.")
    office.later(14)
    start(office.visitor(Person("omar", "omar@example.com", "عمر الخيام").proven()), "أين طردي؟ رقم الطلب 10-442")
    office.later(10)


def _ada(office: Office) -> str:
    person = Person("captain_planet", ADA.email, ADA.name)
    office.clock.advance(seconds=-3 * 24 * 3600)
    earlier = start(office.visitor(person.proven()), "Gift card balance")
    office.close(earlier, State.RESOLVED)
    office.clock.advance(seconds=3 * 24 * 3600)
    ada = office.visitor(person.proven(), url="https://shop.example/orders/10-442", language="en-GB")
    conversation_id = start(ada, "Hi! My order 10-442 says delivered, but nothing arrived.")
    done(inbox_actions.add_tag(office.runtime, office.grace.identity, conversation_id, "Delivery"))
    office.later(1)
    office.note(office.sam, conversation_id, "Carrier says left with neighbour, number 14.")
    office.later(2)
    text = "Hello Ada, sorry about that. It was left with a neighbour: https://carrier.example/10-442"
    office.answer(office.sam, conversation_id, text)
    ada.send("PUT", f"/conversations/{conversation_id}/read", {"seq": 2})
    office.later(1)
    say(ada, conversation_id, "Found it, thank you!")
    return conversation_id
