"""The named states of the inbox: how an agent gets into each."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser.inbox.moves import ready

Scene = Callable[[Page], None]
STATES: dict[str, tuple[str, Scene]] = {}
"""Name → the page below the inbox where it begins, and what to do there. `{ada}` is the id of Ada's conversation."""


def state(name: str, path: str = "conversations/{ada}") -> Callable[[Scene], Scene]:
    """Give a scene its name and its page."""

    def register(scene: Scene) -> Scene:
        STATES[name] = (path, scene)
        return scene

    return register


def _nothing(page: Page) -> None:
    """Look."""


for _name, _path in (
    ("list", ""),
    ("conversation", "conversations/{ada}"),
    ("filtered", "?view=open&assurance=verified&assignee=none"),
    ("waiting for us", "?view=waiting"),
    ("nothing matches", "?view=mine&tag=Nothing"),
    ("spam", "?view=spam"),
    ("mentions", "mentions"),
    ("canned replies page", "replies"),
    ("not there", "nothing/here"),
):
    STATES[_name] = (_path, _nothing)


def menu(page: Page, name: str) -> None:
    """Open a menu."""
    page.locator(f"details[data-menu={name}] > summary").click()


@state("assign")
def _assign(page: Page) -> None:
    menu(page, "assign")


@state("snooze")
def _snooze(page: Page) -> None:
    menu(page, "snooze")


@state("tags")
def _tags(page: Page) -> None:
    menu(page, "tags")


@state("filters", "?view=open")
def _filters(page: Page) -> None:
    menu(page, "filters")


@state("account", "?view=open")
def _account(page: Page) -> None:
    menu(page, "account")


@state("canned reply")
def _canned(page: Page) -> None:
    page.fill("#text", "")
    page.locator("#text").press_sequentially("/re")
    page.wait_for_selector("#suggestions:visible")


@state("note")
def _note(page: Page) -> None:
    page.locator("label", has_text="Note").click()
    page.fill("#text", "")
    page.locator("#text").press_sequentially("Please look, @s")
    page.wait_for_selector("#suggestions:visible")


@state("commands")
def _commands(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.locator("#command").press_sequentially("sn")
    page.wait_for_selector("#commands [role=option]")


@state("keys")
def _keys(page: Page) -> None:
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    page.wait_for_selector("#sheet:visible")


@state("colleague is replying")
def _collision(page: Page) -> None:
    page.evaluate(
        """() => { const place = document.getElementById("others"); place.textContent = "Sam is replying"; }"""
    )


@state("rejected", "conversations/{rejected}")
def _rejected(page: Page) -> None:
    ready(page)


@state("person", "conversations/{ada}")
def _person(page: Page) -> None:
    page.locator(".person details").evaluate("details => { details.open = true; }")
