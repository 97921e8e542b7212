"""What a page says about its visitor stays with that visitor, and never costs a message."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page

from tests.browser.stage import Stage, heard, opened, say, tell
from tests.browser.test_embed_commands import fields
from tests.people import ADA, BOB
from tests.servers import until

pytestmark = pytest.mark.browser


def test_what_the_page_said_of_ada_is_not_said_of_bob(stage: Stage, page: Page) -> None:
    """Fields, traits, events and the first message belong to one visitor."""
    stage.visit(page, ADA.proven())
    tell(page, "setCustomIssueFields", {"plan": {"type": "dropdown", "value": "Ada's"}})
    tell(page, "setInitialUserMessage", "Ada's")
    tell(page, "identify", {"name": "Ada's"})
    tell(page, "track", "Ada's")
    tell(page, "login", BOB.proven())
    tell(page, "identify", {"likes": "Bob's"})
    heard(page, "userChanged")
    say(opened(page), "Bob's")
    assert fields(stage) == {"likes": "Bob's"}
    assert stage.said() == ["Bob's"]


def test_what_the_page_said_of_ada_survives_an_update_that_turns_out_to_be_ada(stage: Stage, page: Page) -> None:
    config = f"{{platformId: {stage.shop.id!r}, getToken: async () => proven}}"
    stage.visit(page, config, before=f"window.proven = {json.dumps(ADA.proven())}")
    tell(page, "identify", {"likes": "tea"})
    with page.expect_response("**/boot"):
        tell(page, "update")
    say(opened(page), "Hello")
    assert fields(stage) == {"likes": "tea"}


def test_what_the_page_said_of_an_anonymous_visitor_goes_along_with_the_login(stage: Stage, page: Page) -> None:
    stage.visit(page, {})
    tell(page, "track", "looked around")
    tell(page, "login", ADA.proven())
    heard(page, "userChanged")
    say(opened(page), "Hello")
    assert "looked around" in fields(stage)["Recent events"]
    until(lambda: stage.said() == ["Hello"])


def test_under_full_privacy_name_and_email_stay_in_the_page(stage: Stage, page: Page) -> None:
    stage.visit(page, {"fullPrivacy": True})
    tell(page, "identify", {"name": "Ada", "email": "ada@example.com", "plan": "gold"})
    say(opened(page), "Hello")
    assert fields(stage) == {"plan": "gold"}


def test_details_that_are_too_large_together_do_not_cost_the_message(stage: Stage, page: Page) -> None:
    stage.visit(page, {})
    page.evaluate(
        """() => { const value = "語".repeat(50000); const f = {};
          for (let n = 0; n < 150; n++) f["n" + n] = { type: "checkbox", value: true };
          for (const name of ["a", "b", "c"]) f[name] = { type: "multiline", value };
          Whosthere("setCustomIssueFields", f); }"""
    )
    say(opened(page), "Hello")
    assert len(fields(stage)) == 100
    assert heard(page, "warning")["code"] == "fields_too_large"
