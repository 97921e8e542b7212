"""The embed script on pages that misuse it, forbid much, or lose their network."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, expect

from tests.browser.stage import EVENTS, Stage, heard, opened, panel, payloads, say, tell, texts
from tests.people import ADA, MALLORY, OTHER_SECRET
from tests.rows import Rows
from whosthere.storage.tables import users

pytestmark = pytest.mark.browser

ODD_VALUES = (
    "NaN", "Infinity", "-1", "12345678901234567890n", "Symbol('x')", "() => 1", "[]", "['ada']", "{}", "true",
    "new Date(0)", "null", "undefined", "''", "'\\ud800'", "'a\\u0000b'", "'x'.repeat(1e6)", "Object.freeze({a: 1})",
    "new Proxy({}, {get() { throw 1; }})", "document.body", "(() => { const o = {}; o.o = o; return o; })()",
)  # fmt: skip
KEYS = (
    "userId", "userEmail", "userName", "userAuthToken", "identityToken", "fullPrivacy", "clearAnonymousUserOnLogin",
    "language", "tags", "initialUserMessage", "conversationPrefillText", "initiateChatOnLoad", "widgetOptions",
)  # fmt: skip


@pytest.mark.parametrize("value", ODD_VALUES)
def test_config_values_of_any_type_never_throw_into_the_page(stage: Stage, page: Page, value: str) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    config = f"{{platformId: {json.dumps(stage.shop.id)}, {', '.join(f'{key}: {value}' for key in KEYS)}}}"
    stage.visit(page, config)
    tell(page, "open")
    panel(page).wait_for_selector('.panel:not([data-phase="loading"])')
    assert errors == []


@pytest.mark.parametrize("value", ["NaN", "Infinity", "5", "{}", "'\\ud800'", "() => 1", "12n"])
def test_an_identifier_that_is_no_text_makes_the_visitor_anonymous_with_a_warning(
    stage: Stage, page: Page, value: str
) -> None:
    stage.visit(page, f"{{platformId: {json.dumps(stage.shop.id)}, userId: {value}}}")
    assert heard(page, "warning")["code"].startswith("user_id_")
    assert opened(page).locator("#who").is_hidden()


def test_a_name_or_a_title_that_is_cut_inside_a_character_does_no_harm(stage: Stage, page: Page) -> None:
    stage.visit(page, ADA.proven(userName="🎉" * 200 + "x" * 200), before="document.title = 'x' + '🎉'.repeat(1500)")
    assert heard(page, "ready") == {}


def test_a_name_is_cut_by_the_server_alone_which_warns_once(stage: Stage, page: Page) -> None:
    """Code points count there and not UTF-16 units; and a page that boots again does not say it again."""
    stage.visit(page, ADA.proven(userName="😀" * 255))
    assert payloads(page, "warning") == []
    person = Rows(stage.shop.runtime.database, stage.shop.id).one(users)
    assert person.name == "😀" * 255
    stage.visit(page, ADA.proven(userName="😀" * 256))
    code = heard(page, "warning")["code"]
    for _ in range(2):
        with page.expect_response("**/api/v1/widget/boot"):
            page.evaluate("() => Whosthere('setLanguage', 'de')")
    tell(page, "open")
    panel(page).wait_for_selector(".panel")
    assert [payload["code"] for payload in payloads(page, "warning")] == [code]


@pytest.mark.parametrize(
    "config", ["null", "undefined", "5", "{}", "{platformId: 7}", "{get platformId() { throw 1; }}"]
)
def test_without_a_platform_there_is_a_warning_and_no_request(stage: Stage, page: Page, config: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/boot" in request.url else None)
    page.goto(stage.put("/", config))
    assert heard(page, "warning")
    page.evaluate("id => { window.whosthereConfig = { platformId: id }; Whosthere('update'); }", stage.shop.id)
    heard(page, "ready")
    assert len(asked) == 1


def test_commands_that_make_no_sense_are_warnings(stage: Stage, page: Page) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    stage.visit(page, {})
    page.evaluate(
        """() => { Whosthere(); Whosthere("nothing"); Whosthere("toString"); Whosthere(Symbol("x"));
          Whosthere("__proto__");
          Whosthere("addEventListener", "ready"); Whosthere("login", { get userId() { throw 1; } });
          const c = { type: "checkbox", value: true };
          Whosthere("setCustomIssueFields", { a: 1, b: { type: "date", value: "x" }, c }); }"""
    )
    heard(page, "warning", where=lambda payload: payload["code"] == "custom_field_invalid")
    codes = {payload["code"] for payload in payloads(page, "warning")}
    assert codes == {"command_unknown", "listener_invalid", "command_failed", "custom_field_invalid"}
    assert errors == []


def test_a_strict_content_security_policy_needs_these_lines_only(stage: Stage, page: Page) -> None:
    """docs/embedding.md, "Content Security Policy": a nonce, connect-src and frame-src."""
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if "olicy" in message.text else None)
    policy = (
        f"default-src 'none'; script-src 'nonce-n0nce'; connect-src {stage.chat.url}; frame-src {stage.chat.url}; "
        "base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )
    stage.visit(page, {}, nonce="n0nce", headers=(("Content-Security-Policy", policy),))
    say(opened(page), "through the wall")
    expect(page.locator("#whosthere button")).to_be_visible()
    assert problems == []


def test_the_chat_works_where_storage_is_blocked(stage: Stage, page: Page) -> None:
    block = """for (const name of ["localStorage", "sessionStorage"])
      Object.defineProperty(window, name, { get() { throw new DOMException("no", "SecurityError"); } });"""
    page.add_init_script(block)
    stage.visit(page, {})
    say(opened(page), "from memory")
    tell(page, "update")
    page.wait_for_timeout(100)
    assert texts(panel(page)) == ["from memory"]


def test_the_chat_works_where_third_parties_may_store_nothing(stage: Stage, page: Page) -> None:
    """A private window: the panel is of another site, so it has no storage, no locks and no channels."""
    stage.put("/", ADA.proven())
    page.goto(stage.foreign_site_url)
    heard(page, "ready")
    frame = opened(page)
    assert frame.evaluate("(() => { try { return !sessionStorage; } catch { return true; } })()")
    say(frame, "without a trace")
    stage.reply(stage.newest(), "read you")
    frame.wait_for_selector(".them:has-text('read you')")


def test_a_script_pasted_twice_serves_once(stage: Stage, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/boot" in request.url else None)
    stage.visit(page, {}, scripts=2)
    page.wait_for_load_state("networkidle")
    assert page.locator("#whosthere").count() == 1
    assert len(asked) == 1


COUNT = """
window.kept = new Set();
for (const target of [window, document]) {
  const add = target.addEventListener.bind(target), remove = target.removeEventListener.bind(target);
  target.addEventListener = (name, fn, how) => { kept.add(name); add(name, fn, how); };
  target.removeEventListener = (name, fn, how) => { kept.delete(name); remove(name, fn, how); };
}
window.timers = new Set();
const { setTimeout: start, clearTimeout: stop } = window;
window.setTimeout = (fn, ms, ...more) => {
  const id = start(() => { timers.delete(id); fn(...more); }, ms);
  timers.add(id);
  return id;
};
window.clearTimeout = (id) => { timers.delete(id); stop(id); };
"""


def test_destroy_leaves_no_listener_no_timer_and_no_stream(stage: Stage, page: Page) -> None:
    stage.visit(page, ADA.proven(), before=COUNT)
    say(opened(page), "Hello?")
    tell(page, "close")
    tell(page, "destroy")
    page.wait_for_timeout(50)
    assert page.evaluate("[...kept]") == []
    assert page.evaluate("timers.size") == 0
    assert page.locator("#whosthere").count() == 0
    assert len(page.frames) == 1
    tell(page, "open")  # silence, not an error
    assert page.locator("iframe").count() == 0


def test_a_helpshift_page_works_when_its_script_address_changes(stage: Stage, page: Page) -> None:
    stage.visit(page, ADA.proven(), name="Helpshift", config_name="helpshiftConfig", script_id="hs-chat", before="0")
    page.evaluate("Helpshift('init'); Helpshift('open')")
    frame = panel(page)
    frame.wait_for_selector('.panel[data-phase="chat"]')
    say(frame, "dropped in")
    assert heard(page, "conversationStart") == {"message": "dropped in"}


def test_our_config_wins_over_helpshifts(stage: Stage, page: Page) -> None:
    before = "window.helpshiftConfig = { platformId: 'other', userId: 'mallory' }"
    stage.visit(page, ADA.proven(), before=before)
    assert "Ada" in opened(page).inner_text("#who")


def test_forged_messages_between_windows_are_ignored(stage: Stage, page: Page) -> None:
    stage.visit(page, ADA.proven())
    frame = opened(page)
    page.evaluate(
        """() => { const inner = document.querySelector("#whosthere").shadowRoot.querySelector("iframe").contentWindow;
          window.postMessage("whosthere:hello", "*");
          const { port1, port2 } = new MessageChannel();
          window.stolen = []; port1.onmessage = (m) => stolen.push(m.data);
          inner.postMessage("whosthere:port", "*", [port2]);
          inner.postMessage({ type: "state", refusal: "forged", booted: null }, "*"); }"""
    )
    say(frame, "still me")
    assert page.evaluate("stolen") == []
    expect(frame.locator(".panel")).to_have_attribute("data-phase", "chat")


def test_a_frame_on_a_page_that_is_not_listed_shows_nothing(stage: Stage, page: Page) -> None:
    evil = stage.put("/evil", None).replace("127.0.0.1", "localhost")
    page.goto(evil)
    address = f"{stage.chat.url}/frame?platformId={stage.shop.id}"
    page.evaluate(
        "src => { const f = document.createElement('iframe'); f.src = src; document.body.append(f); }", address
    )
    page.wait_for_timeout(300)
    assert not any(frame.locator(".panel").count() for frame in page.frames[1:])


def test_when_the_rest_of_the_script_cannot_load_the_next_click_tries_again(stage: Stage, page: Page) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.route("**/embed/later.js*", lambda route: route.abort())
    stage.visit(page, {})
    tell(page, "open")
    assert heard(page, "warning")["code"] == "load_failed"
    page.unroute_all()
    opened(page)
    assert errors == []


def test_a_renewal_that_is_refused_says_so_and_keeps_what_was_written(stage: Stage, page: Page) -> None:
    stage.visit(page, ADA.proven())
    frame = opened(page)
    frame.fill("#text", "unsent")
    stage.shop.delete_key(stage.shop.key_id)
    frame.press("#text", "Enter")
    assert heard(page, "sessionExpired") == {}
    frame.wait_for_selector('.panel[data-phase="trouble"]')
    assert frame.inner_text("#trouble-title") == "Your session has ended"
    stage.shop.add_key("another test secret of more than 32 bytes, also known")
    page.evaluate("ada => Whosthere('login', ada)", ADA.proven(OTHER_SECRET))
    panel(page).wait_for_selector(".me .meta:has-text('Sent')")
    assert stage.said() == ["unsent"]


def test_a_get_token_serves_at_the_start_and_null_means_nobody(stage: Stage, page: Page) -> None:
    id = json.dumps(stage.shop.id)
    stage.visit(page, f"{{platformId: {id}, getToken: async () => ({json.dumps(ADA.proven())})}}")
    assert "Ada" in opened(page).inner_text("#who")
    stage.visit(page, f"{{platformId: {id}, userId: 'mallory', getToken: () => null}}")
    assert opened(page).locator("#who").is_hidden()


def test_a_get_token_that_fails_lets_nobody_in_and_is_asked_again(stage: Stage, page: Page) -> None:
    id = json.dumps(stage.shop.id)
    config = f"{{platformId: {id}, getToken: () => ++window.asked < 2 ? Promise.reject('no') : null}}"
    stage.visit(page, config, before="window.asked = 0")
    assert heard(page, "warning")["code"] == "boot_failed"
    assert page.evaluate("asked") == 2


def test_every_event_of_the_list_can_be_listened_to(stage: Stage, page: Page) -> None:
    stage.visit(page, MALLORY.proven())
    assert set(page.evaluate("events.map((event) => event[0])")) <= set(EVENTS)
