"""Whatever text arrives from outside is taken or refused with a reason: no parser ends in an exception of its own.

Parsers with tests of their own that say the same, beside the rest about them: identifiers, emails, tokens, splits and
cursors (tests/core, tests/web/test_wire.py), sessions and anonymous users (tests/services/test_signer.py), pages in
pieces (tests/wsgi/test_insertion.py), JSON bodies (tests/web/widget/test_fuzz.py).
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from whosthere.core import origins, patterns
from whosthere.core.conversation import refuse_client_message_id, refuse_text
from whosthere.core.policy import Policy
from whosthere.embedding.eligibility import may_carry, private
from whosthere.embedding.mount import address, below, read_mount, script_root
from whosthere.embedding.nonce import script_nonce
from whosthere.embedding.snippet import snippet
from whosthere.realtime.hub import Hub
from whosthere.realtime.postgres import _topics
from whosthere.realtime.spool import SpoolBus
from whosthere.services.options import OPTIONS, Invalid, apply, texts
from whosthere.settings import Settings, SettingsError, load_settings
from whosthere.storage.platforms import Platform
from whosthere.web.agent import pages
from whosthere.web.agent.ways import page_of
from whosthere.web.fields import WHITE_SPACE
from whosthere.web.wire import whole_number

pytestmark = pytest.mark.slow

FUZZING = settings(derandomize=True, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
LATIN_1 = st.text(st.characters(min_codepoint=1, max_codepoint=255, exclude_characters="\r\n"), max_size=80)
PLATFORM = Platform("p", "Shop", Policy("p"), (), {}, 0, 0)


def near(*good: str) -> st.SearchStrategy[str]:
    """Any text, and text that is nearly one of these."""

    def spoiled(parts: tuple[str, int, str]) -> str:
        text, at, piece = parts
        return text[: at % (len(text) + 1)] + piece + text[at % (len(text) + 1) :]

    pieces = st.text(max_size=3) | st.sampled_from(["\0", "\n", " ", "/", "//", "\\", "%2f", "..", "@", ":", "*", "é"])
    return st.text() | st.sampled_from(good) | st.tuples(st.sampled_from(good), st.integers(0, 99), pieces).map(spoiled)


ORIGINS = near("https://shop.example.com", "http://localhost:3000", "https://*.example.com", "http://[::1]:80")


@FUZZING
@given(listed=ORIGINS, sent=ORIGINS)
def test_an_origin_that_may_stand_on_a_list_is_one_and_nothing_else(listed: str, sent: str) -> None:
    if origins.problem(listed) is None:
        parts = urlsplit(listed)
        assert f"{parts.scheme}://{parts.netloc}" == listed == listed.strip()
        assert parts.scheme in ("http", "https")
        assert parts.username is None
        assert origins.allows([listed], listed) is ("*" not in listed)
    if origins.allows([listed], sent):
        assert sent == listed or (listed.startswith(("https://*.", "http://*.")) and sent.endswith(listed[9:]))


@FUZZING
@given(pattern=near(r"[0-9]{6}", r"(?i)user-\d+", r"a|b", r"(a*)*"), user_id=st.text())
def test_a_pattern_has_a_named_problem_or_works(pattern: str, user_id: str) -> None:
    problem = patterns.problem(pattern)
    if problem is not None:
        assert problem.endswith(".")
        with pytest.raises(patterns.BadPattern):
            patterns.matches(pattern, user_id)
    elif _encodable(user_id):
        assert patterns.matches(pattern, user_id) in (True, False)


@pytest.mark.parametrize("name", OPTIONS)
@FUZZING
@given(data=st.data())
def test_an_option_is_refused_by_its_name_or_reads_as_it_shows(name: str, data: Any) -> None:
    text = data.draw(
        near("7", "off", "on", "enforced", "https://a.example, http://b.example", "#3B46D6", "[a-z]+", "day")
    )
    changed = apply(PLATFORM, {name: text})
    if isinstance(changed, Invalid):
        assert [problem.field for problem in changed.problems] == [name]
        assert all(problem.detail.startswith(name) for problem in changed.problems)
    else:
        assert apply(PLATFORM, {name: texts(changed)[name]}) == changed
        assert replace(changed) == apply(changed, texts(changed))


def _field_values() -> st.SearchStrategy[str]:
    return near(
        "sqlite:////tmp/a",
        "postgresql://u:p@h/d",
        "redis://h",
        "smtp://u:p@h:25",
        "https://h/p",
        "300/minute",
        "2",
        "on",
    ).filter(lambda text: "\0" not in text)  # no environment variable can hold one


@pytest.mark.parametrize("field", [name for name in Settings.model_fields if name != "instance_path"])
@FUZZING
@given(data=st.data())
def test_a_variable_is_taken_or_named(tmp_path: Path, field: str, data: Any) -> None:
    text = data.draw(_field_values())
    variable = f"WHOSTHERE_{field.upper()}"
    problems: tuple[str, ...] = ()
    try:
        load_settings({variable: text}, instance_path=tmp_path)
    except SettingsError as error:
        problems = error.problems
    assert all(variable in problem for problem in problems)


TOPICS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n"))


@FUZZING
@given(payload=st.text() | st.lists(st.none() | st.integers() | TOPICS).map(json.dumps))
def test_any_payload_of_a_notification_is_a_list_of_topics(payload: str) -> None:
    assert all(isinstance(topic, str) for topic in _topics(payload))


@FUZZING
@given(topics=st.lists(TOPICS))
def test_topics_arrive_as_they_were_sent(topics: list[str]) -> None:
    assert _topics(json.dumps(topics)) == topics


@FUZZING
@given(rubbish=st.binary(max_size=200))
def test_rubbish_in_the_spool_stops_nobody(tmp_path_factory: pytest.TempPathFactory, rubbish: bytes) -> None:
    path = tmp_path_factory.mktemp("spool") / "wake"
    own, other = SpoolBus(str(path)), SpoolBus(str(path))
    hub = Hub(own, streams_max=1)
    waiter = hub.enter({"wanted"})
    assert waiter is not None
    path.write_bytes(path.read_bytes() + rubbish + b"\n" if path.exists() else rubbish + b"\n")
    other.publish("wanted")
    own._deliver()
    assert waiter.wait(60)
    hub.close()
    other.close()


NAMES = st.text(st.characters(exclude_categories=[]), max_size=20)
CONFIGS = st.dictionaries(
    NAMES, st.none() | st.booleans() | st.integers() | NAMES | near("</script>", "<!--", "\u2028")
)


class Page(HTMLParser):
    """What a browser makes of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.data = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.data += data


@FUZZING
@given(config=CONFIGS, path=LATIN_1, policy=near("script-src 'nonce-abc'", "default-src 'nonce-a+/='; script-src x"))
def test_a_snippet_is_two_scripts_whatever_is_in_it(config: dict[str, Any], path: str, policy: str) -> None:
    nonce = script_nonce([("Content-Security-Policy", policy)])
    assert nonce is None or re.fullmatch(r"[A-Za-z0-9+/_=-]+", nonce)
    html = snippet(config, address("/" + path), nonce).decode("ascii")
    page = Page(html)
    assert [tag for tag, _ in page.tags] == ["script", "script"]
    assert json.loads(page.data) == config
    assert page.tags[1][1] == {
        "async": None,
        "id": "whosthere-embed",
        "src": address("/" + path),
        **({} if nonce is None else {"nonce": nonce}),
    }


@FUZZING
@given(mount=near("/support", "/a/b", "/ü"), path=LATIN_1)
def test_a_mount_is_refused_or_is_a_path_of_its_own(mount: str, path: str) -> None:
    with suppress(ValueError):
        read = read_mount(mount)
        assert re.fullmatch(r"(/[^/?#%\\]+)+", read)
        assert below(read, read + "/" + path) == "/" + path
        assert below(read, read + "x") is None


@FUZZING
@given(own=LATIN_1, prefix=LATIN_1 | near("/eu, /us", "//evil.example"), trusted=st.integers(0, 3))
def test_a_root_never_leads_to_another_site(own: str, prefix: str, trusted: int) -> None:
    root = script_root({"SCRIPT_NAME": own, "HTTP_X_FORWARDED_PREFIX": prefix}, trusted)
    assert root == "" or (root[0] == "/" and root[1] != "/")
    if trusted == 0:
        assert root == script_root({"SCRIPT_NAME": own}, 0)


HEADER_NAMES = st.sampled_from(
    ["Content-Type", "Content-Length", "Cache-Control", "ETag", "Content-Encoding", "Set-Cookie", "Surrogate-Control"]
)
VALUES = LATIN_1 | st.sampled_from(
    [
        "text/html; charset=utf-8",
        "text/html;charset=idna",
        "text/html;charset=base64",
        "public",
        "gzip",
        "9" * 5000,
        "²",
    ]
)


@FUZZING
@given(headers=st.lists(st.tuples(HEADER_NAMES, VALUES)), status=near("200 OK", "404 Not Found"))
def test_any_headers_of_a_host_are_read_and_kept_private(headers: list[tuple[str, str]], status: str) -> None:
    may_carry("GET", status, headers)
    kept = private(headers, 10)
    assert kept[-1] == ("Cache-Control", "private, no-store")
    assert [pair for pair in kept if pair[0] == "Set-Cookie"] == [pair for pair in headers if pair[0] == "Set-Cookie"]
    assert all(name not in ("ETag",) for name, _ in kept)


CONVERSATION = "01890a5d-ac96-774b-bcce-b302099a8057"


@FUZZING
@given(
    wanted=near(f"conversations/{CONVERSATION}", "?view=open", f"?platform={CONVERSATION}&view=open", "//evil.example")
)
def test_after_signing_in_nobody_is_sent_elsewhere(wanted: str) -> None:
    app = Flask("inbox")
    app.register_blueprint(pages)
    with app.test_request_context("/agent/login"):
        target = page_of(wanted)
    parts = urlsplit(target)
    assert (parts.scheme, parts.netloc) == ("", "")
    assert re.fullmatch(r"/agent/(conversations/[0-9a-f-]{36})?", parts.path)


@FUZZING
@given(text=near("1", "0", "99", "٣", "1_0", "+1", "1.0", "9" * 18))
def test_a_number_in_an_address_is_plain_digits(text: str) -> None:
    number = whole_number(text, "limit", 5, least=1, most=100)
    assert (number == int(text)) if isinstance(number, int) else number.field == "limit"
    if isinstance(number, int):
        assert text.isascii()
        assert text.isdigit()


@FUZZING
@given(text=st.text(st.characters(exclude_categories=[])))
def test_a_message_is_taken_only_if_it_can_be_kept(text: str) -> None:
    refused = refuse_text(text)
    if refused is None:
        assert "\0" not in text
        assert text.encode().decode() == text
        assert re.search(f"[^{WHITE_SPACE}]", text)
    else:
        assert refused.field == "text"
    if refuse_client_message_id(text) is None:
        assert text.encode()


def test_the_document_knows_the_same_white_space_as_the_server() -> None:
    blank = re.compile(f"[{WHITE_SPACE}]")
    assert all(bool(blank.match(chr(point))) is chr(point).isspace() for point in range(0x110000))


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
