"""A page of somebody the host knows gets a chat that proves it; everything else is the host's own."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import unquote

import pytest
from flask import url_for
from werkzeug.test import Client

from tests.people import ADA, OTHER_SECRET, base64_token
from tests.shop import ORIGIN, Shop
from tests.wsgi.conftest import Embed
from tests.wsgi.hosts import HTML, PAGE, USER, host
from tests.wsgi.server import SCRIPT, ask
from whosthere.settings import Settings


def script(content: bytes) -> str:
    found = SCRIPT.findall(content)
    assert len(found) == 1
    return bytes(found[0]).decode()


def test_a_page_gets_a_config_that_proves_its_visitor(embed: Embed, shop: Shop) -> None:
    answer = ask(embed(host()))
    assert answer.config == {"platformId": shop.id, **ADA.proven()}
    assert answer.without_snippet == PAGE
    assert script(answer.content) == 'src="/support/embed.js"'
    assert answer.values("Cache-Control") == ["private, no-store"]


@pytest.mark.parametrize("path", ["/", "/supportive", "/x/support", "/a/b"])
def test_what_is_not_below_the_mount_is_the_hosts(embed: Embed, shop: Shop, path: str) -> None:
    seen: list[dict[str, Any]] = []
    ask(embed(host(seen=seen, user=None)), path)
    assert [environ["PATH_INFO"] for environ in seen] == [path]


@pytest.mark.parametrize("mount", ["/support", "/a/b/chat", "/Kundengespräch", "/a b"])
@pytest.mark.parametrize("prefix", ["", "/club"])
def test_what_is_below_the_mount_never_reaches_the_host(embed: Embed, shop: Shop, mount: str, prefix: str) -> None:
    seen: list[dict[str, Any]] = []
    app = embed(host(seen=seen), mount)
    path = mount.encode().decode("latin-1")
    answer = ask(app, f"{path}/healthz", SCRIPT_NAME=prefix)
    assert (answer.status, seen) == ("200 OK", [])
    assert ask(app, path, SCRIPT_NAME=prefix).status == "404 NOT FOUND"
    assert seen == []


@pytest.mark.parametrize(
    ("options", "boots"),
    [({}, True), ({"origin": "https://evil.example"}, False), ({"token": base64_token(OTHER_SECRET, "ada\n")}, False)],
)
def test_a_boot_below_the_mount_with_the_config_of_the_page_is_verified(
    embed: Embed, shop: Shop, options: dict[str, str], boots: bool
) -> None:
    app = embed(host())
    config = dict(ask(app).config or {})
    config["userAuthToken"] = options.get("token", config["userAuthToken"])
    headers = {"Origin": options.get("origin", ORIGIN)}
    answer = Client(app).post("/support/api/v1/widget/boot", json=config, headers=headers)
    assert (answer.status_code == 200) is boots
    assert not boots or (answer.json or {})["user"]["assurance"] == "verified"


@pytest.mark.parametrize(
    ("user", "told"),
    [
        (USER, {"userId", "userEmail", "userName", "userAuthToken"}),
        ({"userId": "ada"}, {"userId", "userAuthToken"}),
        ({"userEmail": "ada@example.com"}, {"userEmail", "userAuthToken"}),
        ({"userId": "ada", "userEmail": None, "userName": ""}, {"userId", "userAuthToken"}),
        ({"userId": "ada", "userName": 7}, {"userId", "userAuthToken"}),
        ({"userName": "Somebody"}, {"userName"}),
        ({}, set()),
    ],
)
def test_the_config_says_what_the_host_says_and_signs_identifiers(
    embed: Embed, shop: Shop, user: dict[str, Any], told: set[str]
) -> None:
    assert set(ask(embed(host(user=user))).config or {}) == told | {"platformId"}


@pytest.mark.parametrize(
    ("user", "complaint"),
    [
        ({"userId": 7}, "userId must be a string."),
        ({"userId": "7", "userEmail": 7}, "userEmail must be a string."),
        ({"userId": b"ada"}, "userId must be a string."),
        ({"userId": True}, "userId must be a string."),
        ({"userId": " ada"}, "userId begins or ends with white space."),
        ({"userId": "None"}, "userId is what a template prints for a missing value."),
        ({"userEmail": "nobody"}, "userEmail is not a valid email address."),
        ({"user_id": "ada"}, "unknown keys ('user_id')"),
        ({"userId": "ada", "userAuthToken": "x"}, "unknown keys ('userAuthToken')"),
        ("ada", "must be a mapping, not str"),
        (7, "must be a mapping, not int"),
    ],
)
def test_what_cannot_be_right_is_logged_and_puts_nothing_into_the_page(
    embed: Embed, shop: Shop, caplog: pytest.LogCaptureFixture, user: Any, complaint: str
) -> None:
    answer = ask(embed(host(("ETag", '"1"'), user=user)))
    assert answer.content == PAGE
    assert answer.headers == [("ETag", '"1"'), HTML]
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert complaint in caplog.text


def test_a_log_line_names_nobody(embed: Embed, shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    ask(embed(host(user={"userId": " captain_planet", "userEmail": "captain@example.com"})))
    assert caplog.records
    assert "captain" not in caplog.text


@pytest.mark.parametrize("key", ["whosthere.user", "whosthere.identity"])
def test_what_stands_in_front_cannot_say_who_anybody_is(embed: Embed, shop: Shop, key: str) -> None:
    seen: list[dict[str, Any]] = []
    more: dict[str, Any] = {key: USER, f"HTTP_{key.upper().replace('.', '_')}": "ada"}
    answer = ask(embed(host(seen=seen, user=None)), **more)
    assert answer.content == PAGE
    assert key not in seen[0]


class TestIdentify:
    """`identify=` is asked when a page is about to be sent and the host said nothing."""

    def test_it_says_who_the_page_is_for(self, embed: Embed, shop: Shop) -> None:
        app = embed(host(user=None), identify=lambda environ: {"userId": environ["PATH_INFO"][1:]})
        assert (ask(app, "/ada").config or {})["userId"] == "ada"

    def test_nobody_means_no_chat(self, embed: Embed, shop: Shop) -> None:
        assert ask(embed(host(user=None), identify=lambda environ: None)).content == PAGE

    def test_the_host_wins(self, embed: Embed, shop: Shop) -> None:
        app = embed(host(user={"userId": "ada"}), identify=lambda environ: {"userId": "bob"})
        assert (ask(app).config or {})["userId"] == "ada"

    @pytest.mark.parametrize("path", ["/support/embed.js", "/support/none"])
    def test_it_is_not_asked_below_the_mount(self, embed: Embed, shop: Shop, path: str) -> None:
        ask(embed(host(), identify=never), path)

    @pytest.mark.parametrize("status", ["404 Not Found", "304 Not Modified"])
    def test_it_is_not_asked_for_what_is_no_page(self, embed: Embed, shop: Shop, status: str) -> None:
        ask(embed(host(status=status, user=None), identify=never))

    def test_its_fault_is_logged_and_costs_the_chat_only(
        self, embed: Embed, shop: Shop, caplog: pytest.LogCaptureFixture
    ) -> None:
        assert ask(embed(host(user=None), identify=never)).content == PAGE
        assert "a page goes out without a chat" in caplog.text
        assert "it was asked" in caplog.text


def never(environ: dict[str, Any]) -> None:
    raise AssertionError("it was asked")


@pytest.mark.parametrize(
    ("root", "forwarded", "trusted", "src"),
    [
        ("", None, 0, "/support/embed.js"),
        ("/club", None, 0, "/club/support/embed.js"),
        ("", "/apps", 0, "/support/embed.js"),
        ("", "/apps", 1, "/apps/support/embed.js"),
        ("/club", "/apps", 1, "/apps/club/support/embed.js"),
        ('/"><script>', None, 0, "/%22%3E%3Cscript%3E/support/embed.js"),
        ("//evil.example", None, 0, "/evil.example/support/embed.js"),
    ],
)
def test_the_script_comes_from_where_browsers_reach_the_mount(
    embed: Embed, settings: Settings, shop: Shop, root: str, forwarded: str | None, trusted: int, src: str
) -> None:
    app = embed(host(), settings=settings.model_copy(update={"trusted_proxies": trusted}))
    more = {} if forwarded is None else {"HTTP_X_FORWARDED_PREFIX": forwarded}
    assert script(ask(app, SCRIPT_NAME=root, **more).content) == f'src="{src}"'
    app.chat.add_url_rule("/where", view_func=lambda: url_for("embed.script"))
    assert ask(app, "/support/where", SCRIPT_NAME=root, **more).content.decode() == unquote(src)


def test_the_script_carries_the_nonce_of_the_hosts_policy(embed: Embed, shop: Shop) -> None:
    policy = ("Content-Security-Policy", "default-src 'none'; script-src 'nonce-r4nd0m=='")
    answer = ask(embed(host(policy)))
    assert script(answer.content) == 'src="/support/embed.js" nonce="r4nd0m=="'
    assert policy in answer.headers


def test_the_config_is_inert_whatever_a_name_holds(embed: Embed, shop: Shop) -> None:
    name = "</script><!--<script>&amp;\u2028\u2029\"'\\é😀"
    answer = ask(embed(host(user={"userId": "ada", "userName": name})))
    assert (answer.config or {})["userName"] == name
    added = answer.content.replace(PAGE.partition(b"</body>")[0], b"")
    assert added.count(b"<script") == added.count(b"</script>") == 2
    assert added.isascii()
    assert b"<!--" not in added
    assert b"&amp;" not in added


@pytest.mark.parametrize("charset", ["utf-8", "windows-1252", "shift_jis", "gb18030"])
def test_a_page_in_another_charset_keeps_it(embed: Embed, shop: Shop, charset: str) -> None:
    page = "<html><body><p>Grüße</p></body></html>".encode(charset, "xmlcharrefreplace")
    answer = ask(embed(host(("Content-Type", f"text/html; charset={charset}"), body=page)))
    assert answer.without_snippet == page
    assert (answer.config or {})["userName"] == ADA.name


@pytest.mark.parametrize(
    "headers",
    [
        [("Content-Encoding", "gzip")],
        [("Cache-Control", "public, max-age=60")],
        [("Cache-Control", "s-maxage=60")],
        [("Surrogate-Control", "max-age=60")],
        [("Content-Type", "application/json")],
        [("Content-Type", "text/html; charset=utf-16")],
    ],
)
def test_no_token_reaches_an_answer_that_others_may_see(
    embed: Embed, shop: Shop, headers: list[tuple[str, str]]
) -> None:
    answer = ask(embed(host(*headers, ("ETag", '"1"'), ("Content-Length", str(len(PAGE))))))
    assert answer.content == PAGE
    assert ("ETag", '"1"') in answer.headers
    assert ("Content-Length", str(len(PAGE))) in answer.headers


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_other_methods_are_the_hosts_own(embed: Embed, shop: Shop, method: str) -> None:
    answer = ask(embed(host()), method=method)
    assert (answer.content, answer.headers) == (PAGE, [HTML])


def test_head_tells_the_length_that_get_has(embed: Embed, shop: Shop) -> None:
    app = embed(host(("Content-Length", str(len(PAGE)))))
    got, asked = ask(app), ask(app, method="HEAD")
    assert asked.headers == got.headers
    assert got.values("Content-Length") == [str(len(got.content))]


def test_the_hosts_logging_is_left_alone(embed: Embed, shop: Shop) -> None:
    before = {name: list(logging.getLogger(name).handlers) for name in ("", "whosthere", "werkzeug", "sqlalchemy")}
    app = embed(host())
    ask(app)
    ask(app, "/support/healthz")
    after = {name: list(logging.getLogger(name).handlers) for name in before}
    assert after == before


def test_the_hosts_cookies_are_left_alone(embed: Embed, shop: Shop) -> None:
    cookies = ("Set-Cookie", "session=abc; Path=/; HttpOnly")
    assert ask(embed(host(cookies)), HTTP_COOKIE="session=abc").values("Set-Cookie") == [cookies[1]]
    assert ask(embed(host()), "/support/healthz", HTTP_COOKIE="session=abc").values("Set-Cookie") == []
