"""The API reference is complete, valid, harmless, and can be read by everybody."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from urllib.parse import urljoin
from wsgiref.types import WSGIApplication

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page

from tests.browser.panel.test_states import AXE, OF_COLOURS, RULES
from tests.conftest import absent
from tests.servers import LiveServer
from whosthere.web.problems import STATUS
from whosthere.web.reference.shapes import field, inline

VOID = {"meta", "link", "br", "img", "input", "hr"}


class Reader(HTMLParser):
    """Collects ids, links and text, and fails where tags do not fit."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        assert len(values) == len(attrs), f"{tag} has an attribute twice"
        assert not {"style", "onclick", "onload"} & values.keys(), "the policy forbids it"
        assert tag not in ("script", "style")
        if tag not in VOID:
            self.open.append(tag)
        self.ids += [values["id"] or ""] if "id" in values else []
        self.links += [values["href"] or ""] if "href" in values else []

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Nothing here is read from the database."""
    return sqlite_url


@pytest.fixture(scope="module")
def read() -> dict[str, Reader]:
    """The page is the same for every test; what was read of it is kept here."""
    return {}


@pytest.fixture
def reader(client: FlaskClient, read: dict[str, Reader]) -> Reader:
    return read.get("page") or read.setdefault("page", Reader(client.get("/docs/api").text))


def test_every_operation_of_the_document_is_there_with_its_fields(client: FlaskClient, reader: Reader) -> None:
    document = client.get("/openapi.json").json
    for path, methods in document["paths"].items():
        for method, about in methods.items():
            assert about["operationId"].replace(".", "-") in reader.ids
            assert re.search(rf"{method.upper()}\s+{re.escape(path)}\s", reader.text), (method, path)
            assert about["summary"] in reader.text
    for name, schema in document["components"]["schemas"].items():
        assert name == "Problem" or name in reader.ids
        for one in schema.get("properties", {}):
            assert one in reader.text
    assert document["externalDocs"]["url"] == "docs/api"


def test_every_link_leads_somewhere_and_every_code_is_explained(client: FlaskClient, reader: Reader) -> None:
    assert len(reader.ids) == len(set(reader.ids))
    inner = {link[1:] for link in reader.links if link.startswith("#")}
    assert inner <= set(reader.ids), inner - set(reader.ids)
    assert {f"code-{reason.value}" for reason in STATUS} <= set(reader.ids)
    for link in {link for link in reader.links if not link.startswith("#")}:
        assert client.get(urljoin("/docs/api", link)).status_code == 200, link


def test_it_needs_no_script_and_lets_nothing_in(client: FlaskClient) -> None:
    response = client.get("/docs/api")
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_texts_are_texts() -> None:
    assert inline("a `b<i>` <c> & `d`") == "a <code>b&lt;i&gt;</code> &lt;c&gt; &amp; <code>d</code>"


@pytest.mark.parametrize(
    ("schema", "words", "limits"),
    [
        ({"type": "string", "minLength": 1, "maxLength": 10_000}, "string", ("at most 10,000 characters", "not empty")),
        ({"type": "string", "format": "uuid"}, "id", ()),
        ({"enum": ["open", "ended"], "type": "string"}, "`open` or `ended`", ()),
        ({"anyOf": [{"type": "integer", "maximum": 5}, {"type": "null"}]}, "integer or null", ("to 5",)),
        (
            {"type": "array", "items": {"$ref": "#/components/schemas/WidgetTag", "maxLength": 9}, "maxItems": 50},
            "list of WidgetTag",
            ("at most 50", "each at most 9 characters"),
        ),
        ({"type": "boolean", "default": False}, "boolean", ("default `false`",)),
        ({"type": "object", "additionalProperties": {"type": "string"}, "maxProperties": 3}, "object of string",
         ("at most 3 keys",)),
        ({}, "any value", ()),
    ],
)  # fmt: skip
def test_types_and_limits_are_words(schema: dict[str, object], words: str, limits: tuple[str, ...]) -> None:
    found = field("name", schema, required=False)
    assert "".join(word.text for word in found.type) == words
    assert found.limits == limits


@pytest.mark.browser
def test_everybody_can_read_it(page: Page, app: Flask, live_server: Callable[[WSGIApplication], LiveServer]) -> None:
    """Nothing for axe to find, light and dark; and no phone has to scroll sideways."""
    if not AXE.exists():
        absent("axe-core (npm)")
    page.goto(f"{live_server(app).url}/docs/api")
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.evaluate(AXE.read_text("utf-8"))
    # The page is long: of operations and shapes that are all alike, a few are enough for axe.
    page.evaluate("""for (const all of [document.querySelectorAll("article"), document.querySelectorAll("h4[id]")])
        for (const one of [...all].slice(8)) {
          if (one.nextElementSibling?.matches(".scroll")) one.nextElementSibling.remove();
          one.remove();
        }""")
    for scheme, rules in (("light", RULES), ("dark", OF_COLOURS)):
        page.emulate_media(color_scheme=scheme)
        result = page.evaluate("rules => axe.run(document, { runOnly: rules, resultTypes: ['violations'] })", rules)
        assert [(one["id"], one["nodes"][0]["html"]) for one in result["violations"]] == []
