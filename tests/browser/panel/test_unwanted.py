"""The panel of somebody who has to work first, or may not write; and the way back by the link of a mail."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.stage import Stage, heard, opened, panel, payloads, say
from tests.people import ADA, BOB
from tests.rows import Rows
from whosthere.services import notices, platforms
from whosthere.services.journal import Actor
from whosthere.storage import blocks
from whosthere.storage.tables import users

pytestmark = pytest.mark.browser


def test_the_device_works_and_the_message_goes_on_by_itself(stage: Stage, page: Page) -> None:
    runtime = stage.shop.runtime
    platforms.change(runtime, stage.shop.id, {"proof_of_work": "on"}, actor=Actor("test"))
    stage.visit(page)
    say(opened(page), "Ahoy, after some work")
    assert stage.said() == ["Ahoy, after some work"]


def test_a_link_opens_the_chat_for_whom_it_was_sent_and_tells_the_page_of_anybody_else(
    stage: Stage, page: Page
) -> None:
    url = stage.put("/", ADA.proven())
    stage.visit(page, ADA.proven())
    with page.expect_response("**/boot") as boot:
        page.reload()
    mark = f"#whosthere={boot.value.json()['user']['ref']}"
    page.goto("about:blank")
    page.goto(url + mark)
    heard(page, "widgetToggle")
    assert page.url == url
    stage.put("/bob", BOB.proven())
    page.goto(f"{stage.site_url}/bob{mark}")
    told = heard(page, "userChanged")
    assert told == {"originalState": "logged-in", "pageUrl": f"{stage.site_url}/bob"}
    assert payloads(page, "widgetToggle") == []


ROUTER = """
window.routes = [];
const route = () => routes.push(location.hash);
route();
addEventListener("hashchange", route)"""


@pytest.mark.parametrize("route", ["#/orders", "#!/orders/7?page=2"])
def test_a_site_that_finds_its_way_by_the_fragment_keeps_it(stage: Stage, page: Page, route: str) -> None:
    """Its router hears of a query that it does not know, then of its own route; the server hears of that alone."""
    url = stage.put("/", ADA.proven(), before=ROUTER) + route
    with page.expect_response("**/boot") as boot:
        page.goto(url)
    platform = platforms.find(stage.shop.runtime, stage.shop.id)
    assert platform is not None
    ref = boot.value.json()["user"]["ref"]
    link = notices.page_link(platform, url, ref)
    assert link == f"{url}{'&' if '?' in route else '?'}whosthere={ref}"
    page.goto("about:blank")
    with page.expect_request("**/boot") as again:
        page.goto(link)
    heard(page, "widgetToggle")
    assert page.url == url
    assert page.evaluate("routes") == [link.partition("#")[1] + link.partition("#")[2], route]
    assert again.value.post_data_json["page"]["url"] == url


def test_somebody_who_is_blocked_is_told_no_more_than_that(stage: Stage, page: Page) -> None:
    stage.visit(page, ADA.proven())
    say(opened(page), "Ahoy")
    runtime = stage.shop.runtime
    (record,) = Rows(runtime.database, stage.shop.id).all(users)
    runtime.writing(stage.shop.id, lambda tenant: blocks.block(tenant, record.id, runtime.clock()))
    page.reload()
    heard(page, "warning", where=lambda payload: payload["code"] == "blocked")
    assert page.locator("#whosthere button").is_hidden()
    page.evaluate("Whosthere('open')")
    panel(page).wait_for_selector("#trouble-title:has-text('You can’t write here')")
    assert payloads(page, "userAuthFailure") == []
