"""A desk with a past: platforms old and new, keys in rotation, refusals, people, and entries in the log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from flask.testing import FlaskClient
from playwright.sync_api import Page

from tests.browser.inbox.office import done
from tests.clock import Clock
from tests.people import ADA, BOB, MALLORY, OTHER_SECRET, Person
from tests.rows import Rows
from tests.shop import ORIGIN, Shop, open_shop
from tests.team import PASSWORD, Colleague, hire
from whosthere.core.keys import Scheme
from whosthere.core.policy import Verification
from whosthere.services import keys, platforms, server_keys, team
from whosthere.services.journal import Actor
from whosthere.services.keys import Wanted
from whosthere.services.options import Invalid
from whosthere.services.runtime import Runtime
from whosthere.storage.tables import users

HOSTILE = "\u202e\u2066gro.live <b>&amp;</b> " + "W" * 220
"""A person's name that turns the line around, and does not end."""
_PLATFORM = "\u05d7\u05e0\u05d5\u05ea <b>&amp;</b> " + "W" * 220
_LONG = Person("long-" + "0123456789abcdef" * 20, f"{'a' * 60}@{'b' * 60}.{'c' * 60}.example", HOSTILE)
_SITE = "https://harbour.example/checkout"


@dataclass(slots=True)
class Bureau:
    """One browser at the desk, and what it looks at.

    Attributes:
        shop: an old platform; empty: a new one, of which no page has been heard; hostile: what can be typed.
        people: the ids of records by userId.
    """

    runtime: Runtime
    client: FlaskClient
    clock: Clock
    grace: Colleague
    shop: Shop
    empty: Shop
    hostile: Shop
    chat: str = ""
    people: dict[str, str] = field(default_factory=dict)

    def go(self, page: Page, path: str, shop: Shop | None = None) -> None:
        """Open a page of a platform's desk; what begins with a slash is below the root."""
        inner = path if path.startswith("/") else f"/admin/platforms/{(shop or self.shop).id}/{path}"
        page.goto(self.chat + inner)

    def send(self, page: Page, path: str, button: str, shop: Shop | None = None, **fields: str) -> None:
        """Fill in a page's form and send it, whatever the browser itself would say against it."""
        self.go(page, path, shop)
        page.evaluate("document.querySelectorAll('form details').forEach((part) => { part.open = true; })")
        for name, value in fields.items():
            page.fill(f"#{name}", value)
        page.evaluate("document.querySelectorAll('form').forEach((form) => { form.noValidate = true; })")
        with page.expect_navigation():
            page.get_by_role("button", name=button, exact=True).first.click()

    def set(self, **values: str) -> None:
        """Change the old platform's settings."""
        done(platforms.change(self.runtime, self.shop.id, values, actor=self.grace.identity.actor))

    def unconfirmed(self, scene: Callable[[], None]) -> None:
        """Do something when the password no longer counts."""
        self.clock.advance(minutes=11)
        scene()
        self.clock.advance(minutes=-11)


def furnish(runtime: Runtime, client: FlaskClient, clock: Clock) -> Bureau:
    """Let a fortnight pass."""
    clock.advance(days=-14)
    shop = open_shop(runtime, origins=(ORIGIN, "https://harbour.example"))
    grace = hire(runtime, shop.id, role="owner", name="Grace Hopper")
    bureau = Bureau(runtime, client, clock, grace, shop, *_others(runtime, grace))
    bureau.set(name="Harbour Shop", greeting="Ahoy! How can we help?")
    _past(bureau)
    _refusals(bureau)
    _people(bureau)
    _team(bureau)
    return bureau


def _others(runtime: Runtime, grace: Colleague) -> tuple[Shop, Shop]:
    made: list[Shop] = []
    far = [f"https://{'sub.' * 40}example.com", "https://quay.example", "https://*.quay.example"]
    for name, origins in (("Harbour App", ["https://app.harbour.example"]), (_PLATFORM, far)):
        outcome = platforms.create(runtime, name, origins, actor=Actor("cli:ada"), owner_id=grace.id)
        assert not isinstance(outcome, Invalid), outcome
        made.append(Shop(runtime, outcome.platform.id, outcome.key.id))
    return made[0], made[1]


def _past(bureau: Bureau) -> None:
    runtime, shop, actor = bureau.runtime, bureau.shop, bureau.grace.identity.actor
    shop.visitor(bureau.client, ADA.proven())
    bureau.clock.advance(days=5)
    for wanted in (
        Wanted(Scheme.STANDARD, "2026-11", OTHER_SECRET),
        Wanted(Scheme.HELPSHIFT, "from before", "short & old"),
        Wanted(Scheme.USER_ID_HEX, "campaign", "the secret of a campaign that is over by now"),
    ):
        made = keys.new(runtime, shop.id, wanted, actor=actor)
        done(made)
    assert isinstance(made, keys.NewKey)
    done(keys.set_end(runtime, shop.id, made.id, runtime.clock() + 86_400_000, actor=actor))
    for name in ("warehouse", "W" * 100):
        done(server_keys.create(runtime, shop.id, actor=actor, name=name))
    bureau.clock.advance(days=9)


def _refusals(bureau: Bureau) -> None:
    bureau.set(verification=Verification.REPORT.value)
    forged = MALLORY.config(userAuthToken=BOB.user_auth_token())
    for config, times in ((forged, 5), (ADA.config(), 3), ({"userId": 42}, 2), ({"userId": "undefined"}, 1)):
        for number in range(times):
            long = "a-very-long-part-of-an-address-" * 12 if number == 1 else ""
            bureau.shop.boot(bureau.client, config, page={"url": f"{_SITE}/{long}{number}?secret=1"})
    body = {"platformId": bureau.shop.id}
    strange = {"Origin": "https://staging.harbour.example"}
    bureau.client.post("/api/v1/widget/boot", json=body, headers=strange)


def _people(bureau: Bureau) -> None:
    for person in (ADA, _LONG, Person("ada2", ADA.email, "Ada King")):
        bureau.shop.visitor(bureau.client, person.proven(OTHER_SECRET)).start(f"Hello from {person.user_id[:9]}")
    bureau.shop.visitor(bureau.client, BOB.config()).start("I claim to be Bob")
    bureau.set(verification=Verification.ENFORCED.value)
    bureau.shop.visitor(bureau.client, ADA.proven(OTHER_SECRET))
    rows = Rows(bureau.runtime.database, bureau.shop.id).all(users)
    bureau.people = {
        str(row.user_id)[:5]: str(row.id) for row in rows if row.user_id_proven or row.user_id == BOB.user_id
    }


def _team(bureau: Bureau) -> None:
    hire(bureau.runtime, bureau.shop.id, f"{'s' * 60}@{'harbour.' * 20}example", name="W" * 100)
    for email in ("carol@example.com", "dave@example.com"):
        done(team.invite(bureau.runtime, bureau.grace.identity, bureau.shop.id, email, "agent"))


def sign_in(page: Page, bureau: Bureau, email: str) -> None:
    """Sign somebody in; the password counts from now."""
    page.goto(f"{bureau.chat}/admin/")
    page.fill("#email", email)
    page.fill("#password", PASSWORD)
    with page.expect_navigation():
        page.press("#password", "Enter")
