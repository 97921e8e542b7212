"""The named states of the desk: how an admin gets into each. They follow one another in one browser."""

from __future__ import annotations

from collections.abc import Callable
from unittest import mock

from playwright.sync_api import Page

from tests.browser.desk.bureau import Bureau
from tests.browser.inbox.office import done
from tests.people import ADA, BOB, MALLORY
from tests.shop import ORIGIN
from whosthere.services import erasure, export_jobs

Scene = Callable[[Page, Bureau], None]
STATES: dict[str, Scene] = {}
ALIKE = {
    "new platform",
    "set-up, green",
    "set-up, React and Go",
    "only key",
    "server key made",
    "verification, enforced",
    "verification, off",
    "doctor",
    "log, filtered",
    "log, nothing fits",
    "appearance",
    "people",
    "person, password",
    "hostile log",
    "account, browsers",
    "search, nothing",
    "invited",
}
"""Made of the same parts as others: photographed, and not examined on their own."""


def state(name: str) -> Callable[[Scene], Scene]:
    """Give a scene its name."""

    def register(scene: Scene) -> Scene:
        STATES[name] = scene
        return scene

    return register


def _looks(path: str, hostile: bool = False) -> Scene:
    return lambda page, desk: desk.go(page, path, desk.hostile if hostile else None)


def _sends(path: str, button: str, hostile: bool = False, **fields: str) -> Scene:
    return lambda page, desk: desk.send(page, path, button, desk.hostile if hostile else None, **fields)


for _name, _scene in (
    ("platforms", _looks("/admin/")),
    ("new platform", _looks("/admin/platforms/new")),
    ("new platform, wrong", _sends("/admin/platforms/new", "Create platform", name=" ", origins="shop.example/x")),
    ("new platform, made", _sends("/admin/platforms/new", "Create platform", name="Harbour Ferry", origins=ORIGIN)),
    ("set-up, waiting", lambda page, desk: desk.go(page, "setup", desk.empty)),
    ("set-up, green", _looks("setup")),
    ("set-up, React and Go", _looks("setup?way=react&language=go")),
    ("keys", _looks("keys")),
    ("only key", lambda page, desk: desk.go(page, "keys", desk.empty)),
    ("key made", _sends("keys", "Create key", name="2026-12")),
    ("server key made", _sends("keys", "Create server API key", server_name="crm")),
    ("key, wrong", _sends("keys", "Create key", name="x", secret="short")),
    ("key", lambda page, desk: desk.go(page, f"keys/{desk.shop.key_id}")),
    ("the only key", lambda page, desk: desk.go(page, f"keys/{desk.empty.key_id}", desk.empty)),
    ("verification, enforced", _looks("verification")),
    (
        "verification, wrong",
        _sends("verification", "Save", origins="nonsense", user_id_pattern="(", anonymous_days="0"),
    ),
    ("verification, empty", lambda page, desk: desk.go(page, "verification", desk.empty)),
    ("doctor, empty", lambda page, desk: desk.go(page, "doctor", desk.empty)),
    ("doctor", _looks("doctor")),
    ("doctor, all fine", _sends("doctor", "Find out", config=str(ADA.proven()))),
    ("doctor, refused", _sends("doctor", "Find out", config=str(MALLORY.config(userAuthToken=BOB.user_auth_token())))),
    ("reports", _looks("reports")),
    ("log", _looks("log")),
    ("log, filtered", _looks("log?action=key.created")),
    ("log, nothing fits", _looks("log?day=2001-01-01")),
    ("appearance", _looks("appearance")),
    ("appearance, wrong", _sends("appearance", "Save", name="Quay", working_hours="mon 9-5")),
    ("people", _looks("people")),
    ("people, nobody", _sends("people", "Look up", who="carol")),
    ("people, several", _sends("people", "Look up", who=ADA.email)),
    ("person, sealed", lambda page, desk: desk.go(page, f"people/{desk.people['ada']}")),
    ("person, hostile", lambda page, desk: desk.go(page, f"people/{desk.people['long-']}")),
    ("hostile set-up", _looks("setup", hostile=True)),
    ("hostile appearance", _looks("appearance", hostile=True)),
    ("hostile log", _looks("log", hostile=True)),
    ("not there", _looks("/admin/nothing/here")),
    ("password again", _looks("/agent/confirm")),
    ("account, profile", _looks("/agent/profile")),
    ("account, security", _looks("/agent/security")),
    ("account, second factor", _looks("/agent/security/second-factor")),
    ("account, browsers", _looks("/agent/sessions")),
    ("account, tokens", _looks("/agent/tokens")),
    ("team", lambda page, desk: desk.go(page, f"/agent/team/{desk.shop.id}")),
    ("search, found", _looks("/agent/search?q=hello")),
    ("search, nothing", _looks("/agent/search?q=carol")),
    ("visitors", lambda page, desk: desk.go(page, f"/agent/visitors/{desk.shop.id}")),
    ("outbox", lambda page, desk: desk.go(page, f"/agent/outbox/{desk.shop.id}")),
    ("forgotten password", _looks("/agent/forgotten")),
    ("invited", _looks("/agent/welcome")),
):
    STATES[_name] = _scene


@state("set-up, refused token")
def _refused(page: Page, desk: Bureau) -> None:
    desk.clock.advance(seconds=1)
    desk.shop.boot(desk.client, MALLORY.config(userAuthToken=BOB.user_auth_token()))
    desk.go(page, "setup")


@state("set-up, wrong origin")
def _strange(page: Page, desk: Bureau) -> None:
    desk.clock.advance(seconds=1)
    body = {"platformId": desk.empty.id}
    desk.client.post("/api/v1/widget/boot", json=body, headers={"Origin": "https://staging.harbour.example"})
    desk.go(page, "setup", desk.empty)


@state("verification, report")
def _report(page: Page, desk: Bureau) -> None:
    desk.set(verification="report")
    desk.go(page, "verification")


@state("verification, meanwhile")
def _meanwhile(page: Page, desk: Bureau) -> None:
    desk.go(page, "verification")
    page.fill("#user_id_pattern", "[0-9]{1,12}")
    desk.set(user_id_pattern="[a-z0-9-]+")
    with page.expect_navigation():
        page.get_by_role("button", name="Save", exact=True).click()


@state("verification, off")
def _off(page: Page, desk: Bureau) -> None:
    desk.set(verification="off", user_id_pattern="")
    desk.go(page, "verification")


@state("doctor, a boot")
def _boot(page: Page, desk: Bureau) -> None:
    desk.go(page, "doctor")
    with page.expect_navigation():
        page.locator("td a").first.click()


@state("keys, password")
def _locked_keys(page: Page, desk: Bureau) -> None:
    desk.unconfirmed(lambda: desk.send(page, "keys", "Create key", name="2026-12", password="not it"))


@state("person, password")
def _locked_person(page: Page, desk: Bureau) -> None:
    path = f"people/{desk.people['bob']}"
    desk.unconfirmed(lambda: desk.go(page, path))


@state("person, unsure")
def _unsure(page: Page, desk: Bureau) -> None:
    desk.send(page, f"people/{desk.people['bob']}", "Erase this person", sure="erase")


@state("person, export stopped")
def _export_stopped(page: Page, desk: Bureau) -> None:
    bob, actor = desk.people["bob"], desk.grace.identity.actor
    with mock.patch.object(export_jobs, "REQUEST_SECONDS", 0):
        assert export_jobs.take(desk.runtime, desk.shop.id, bob, actor=actor) is None
    export_jobs.stop(desk.runtime, desk.shop.id, bob, actor=actor)
    desk.go(page, f"people/{bob}/exporting")


@state("person, export ready")
def _export_ready(page: Page, desk: Bureau) -> None:
    desk.send(page, f"people/{desk.people['bob']}/exporting", "Go on")
    while export_jobs.go_on(desk.runtime):
        pass
    page.reload()


@state("person, export waits")
def _export_waits(page: Page, desk: Bureau) -> None:
    desk.go(page, f"people/{desk.people['bob']}")


@state("person, erasing")
def _erasing(page: Page, desk: Bureau) -> None:
    bob, actor = desk.people["bob"], desk.grace.identity.actor
    done(erasure.erase(desk.runtime, desk.shop.id, bob, actor=actor, batches_max=0))
    desk.go(page, f"people/{bob}/erasing?of=3")


@state("person, erasure stopped")
def _stopped(page: Page, desk: Bureau) -> None:
    desk.send(page, f"people/{desk.people['bob']}/erasing?of=3", "Stop")
