"""Bad input, at every call: always a 4xx problem document with a stable code, and never a side effect."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.rows import Rows
from tests.shop import WIDGET, Shop
from tests.web.widget.endpoints import BOOT, START, WITH_BODY, Call, Endpoint, check_problem


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


def inside(value: str) -> bytes:
    """A body whose field holds `value` as written."""
    return (
        f'{{"text": "x", "platformId": "x", "clientMessageId": "x", "seq": 1, "state": "open", "x": {value}}}'.encode()
    )


BROKEN_JSON: dict[str, bytes] = {
    "empty": b"",
    "white space": b" \n",
    "cut": b'{"text": "x',
    "two values": b"{}{}",
    "trailing comma": b'{"a": 1,}',
    "single quotes": b"{'a': 1}",
    "comment": b"{} // x",
    "unquoted": b"{a: 1}",
    "array": b"[]",
    "string": b'"x"',
    "number": b"1",
    "null": b"null",
    "true": b"true",
    "invalid utf-8": b'{"text": "\xff\xfe"}',
    "overlong utf-8": b'{"text": "\xc0\x80"}',
    "surrogates in utf-8": b'{"text": "\xed\xa0\x80"}',
    "utf-16": '{"text": "x"}'.encode("utf-16"),
    "utf-32": '{"text": "x"}'.encode("utf-32"),
    "utf-16 without a mark": '{"text": "x"}'.encode("utf-16-le"),
    "byte order mark": b'\xef\xbb\xbf{"text": "x"}',
    "raw control character": b'{"text": "a\x01b"}',
    "raw line feed": b'{"text": "a\nb"}',
    "raw nul": b'{"text": "a\x00b"}',
    "nul around": b"\x00{}",
    "bad escape": b'{"text": "\\x41"}',
    "half an escape": b'{"text": "\\u12"}',
    "lone surrogate": inside('"\\ud800"'),
    "lone low surrogate": inside('"\\udc00x"'),
    "lone surrogate in a key": inside('{"\\udfff": 1}'),
    "duplicate keys": b'{"text": "x", "text": "y"}',
    "duplicate keys by an escape": b'{"text": "x", "te\\u0078t": "y"}',
    "duplicate keys inside": inside('{"a": 1, "a": 1}'),
    "NaN": inside("NaN"),
    "Infinity": inside("Infinity"),
    "-Infinity": inside("-Infinity"),
    "nested too deep": inside(nested(32)),
    "nested far too deep": inside(nested(100_000)),
    "nested objects": ('{"a":' * 10_000 + "1" + "}" * 10_000).encode(),
    "never closed": b"[" * 250_000,
    "huge number": inside("1" * 100_000),
    "form": b"text=x&clientMessageId=y",
    "multipart": b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\nx\r\n--x--',
}

NO_STRINGS: tuple[Any, ...] = (None, 5, 1.5, True, [], {}, ["x"], {"x": "y"}, 10**30, -1)
NO_FIELDS: dict[str, Any] = {
    "not an object": [],
    "not objects": {"a": 5},
    "without a type": {"a": {"value": "x"}},
    "of an unknown type": {"a": {"type": "colour", "value": "x"}},
    "of a type that is none": {"a": {"type": 5, "value": "x"}},
    "without a value": {"a": {"type": "singleline"}},
    "a single line of another type": {"a": {"type": "singleline", "value": 5}},
    "a single line too long": {"a": {"type": "singleline", "value": "x" * 256}},
    "a single line with nul": {"a": {"type": "singleline", "value": "a\0"}},
    "several lines too long": {"a": {"type": "multiline", "value": "x" * 100_001}},
    "a number as a number": {"a": {"type": "number", "value": 5}},
    "a number that is none": {"a": {"type": "number", "value": "1e5"}},
    "a number with a line feed": {"a": {"type": "number", "value": "5\n"}},
    "a number in other digits": {"a": {"type": "number", "value": "٣"}},
    "a date as text": {"a": {"type": "date", "value": "2027-01-01"}},
    "a date as a float": {"a": {"type": "date", "value": 1.0}},
    "a date as a boolean": {"a": {"type": "date", "value": True}},
    "a date too far": {"a": {"type": "date", "value": 10**16}},
    "a box with text": {"a": {"type": "checkbox", "value": "true"}},
    "a box with a number": {"a": {"type": "checkbox", "value": 1}},
    "an empty name": {"": {"type": "checkbox", "value": True}},
    "a long name": {"x" * 101: {"type": "checkbox", "value": True}},
    "a name with nul": {"a\0": {"type": "checkbox", "value": True}},
    "too many": {str(number): {"type": "checkbox", "value": True} for number in range(101)},
}
BAD_FIELDS: tuple[tuple[str, dict[str, Any], str], ...] = (
    *(("/boot", {"platformId": value}, "platformId") for value in NO_STRINGS),
    ("/boot", {}, "platformId"),
    ("/boot", {"platform_id": "x"}, "platformId"),
    *(("/boot", {"page": value}, "page") for value in ([], "x", 5, True)),
    *(("/boot", {"page": {"url": value}}, "page.url") for value in (5, [], "a\0b")),
    ("/boot", {"page": {"language": "x" * 36}}, "page.language"),
    ("/boot", {"page": {"title": {}}}, "page.title"),
    *((path, {"text": value}, "text") for path in ("/conversations", "/…/messages") for value in NO_STRINGS),
    *(("/conversations", {"clientMessageId": value}, "clientMessageId") for value in NO_STRINGS),
    *(
        (path, {"attachments": value}, "attachments")
        for path in ("/conversations", "/…/messages")
        for value in (None, "x", {}, 5, [5], [None], [[]], ["x"], ["x", "x"], [str(number) for number in range(11)])
    ),
    ("/conversations", {"tags": None}, "tags"),
    ("/conversations", {"tags": "x"}, "tags"),
    ("/conversations", {"tags": {}}, "tags"),
    ("/conversations", {"tags": [5]}, "tags.0"),
    ("/conversations", {"tags": ["ok", ""]}, "tags.1"),
    ("/conversations", {"tags": ["x" * 101]}, "tags.0"),
    ("/conversations", {"tags": ["a\0"]}, "tags.0"),
    ("/conversations", {"tags": ["x"] * 51}, "tags"),
    *(("/conversations", {"fields": value}, "fields") for value in NO_FIELDS.values()),
    *(("/…/read", {"seq": value}, "seq") for value in (None, "1", 1.0, 1.5, True, [], {}, -1, 2**53 + 1, 10**30)),
    ("/…/read", {"seq": ...}, "seq"),
    *(("/…/state", {"state": value}, "state") for value in (None, "", "Open", "resolved", "rejected", 5, ["open"], {})),
    *(("/…/rating", {"rating": value}, "rating") for value in (None, 0, 6, "5", 4.5, 5.0, True, [], {}, 10**30)),
    *(("/…/rating", {"comment": value}, "comment") for value in (5, [], {}, True, "x" * 2_001, "a\0")),
    *(("/…/typing", {"typing": value}, "typing") for value in (None, 1, 0, "true", "", [], {}, 1.0)),
    *(("/contact", {"name": value}, "name") for value in (5, [], {}, True, "x" * 256, "a\0", "a\nb", "\u202e")),
    *(("/contact", {"email": value}, "email") for value in (5, [], {}, True, "ada", " a@b.example", "a@b\0.example")),
    *(("/history-offer", {"accept": value}, "accept") for value in (None, 1, 0, "true", "", [], {}, 1.0)),
    *(("/history-offer", {"anonymousToken": value}, "anonymousToken") for value in NO_STRINGS),
)


@pytest.mark.parametrize("endpoint", WITH_BODY, ids=str)
def test_broken_json_is_refused_everywhere_without_effect(call: Call, rows: Rows, endpoint: Endpoint) -> None:
    before = rows.counts()
    for name, body in BROKEN_JSON.items():
        response = call(endpoint, body)
        assert (response.status_code, response.json["code"]) == (400, "invalid_json"), name
        check_problem(response, 400, "invalid_json")
    assert rows.counts() == before


@pytest.mark.parametrize("endpoint", WITH_BODY, ids=str)
def test_a_wrong_field_is_named_and_nothing_is_done(call: Call, shop: Shop, rows: Rows, endpoint: Endpoint) -> None:
    before = rows.counts()
    tables = [row for row in BAD_FIELDS if row[0] == endpoint.path.replace("/conversations/{id}", "/…")]
    assert len(tables) >= 8
    for _, wrong, field in tables:
        good = {"platformId": shop.id} if endpoint is BOOT and field != "platformId" else endpoint.good
        body = {name: value for name, value in (good | wrong).items() if value is not ...}
        response = call(endpoint, json.dumps(body).encode())
        check_problem(response, 400, "invalid_field")
        assert (response.json["field"] + ".").startswith(field + "."), (wrong, field)
    assert rows.counts() == before


@pytest.mark.parametrize("endpoint", WITH_BODY, ids=str)
def test_a_missing_field_is_named(call: Call, shop: Shop, rows: Rows, endpoint: Endpoint) -> None:
    good = endpoint.good or {"platformId": shop.id}
    before = rows.counts()
    for name in set(good) - set(endpoint.optional):
        response = call(endpoint, json.dumps({key: good[key] for key in good if key != name}).encode())
        check_problem(response, 400, "invalid_field")
        assert response.json["field"] == name
    assert rows.counts() == before


@pytest.mark.parametrize("endpoint", WITH_BODY, ids=str)
def test_unknown_fields_are_ignored(call: Call, shop: Shop, endpoint: Endpoint) -> None:
    unknown = {"unknown": nested(5), "__proto__": {}, "model_config": 1, "constructor": None, "": []}
    body = (endpoint.good or {"platformId": shop.id}) | unknown
    assert endpoint.takes(call(endpoint, json.dumps(body).encode()))


def test_an_unknown_platform_is_not_found(client: FlaskClient, shop: Shop) -> None:
    for platform_id in ("", "x", shop.id.upper(), "00000000-0000-0000-0000-000000000000", "a" * 10_000, "\ud83d\ude00"):
        response = client.post(
            f"{WIDGET}/boot", json={"platformId": platform_id}, headers={"Origin": "https://x.example"}
        )
        check_problem(response, 404, "not_found")
        assert response.json["field"] == "platformId"


def test_an_error_never_repeats_the_value_that_was_wrong(call: Call) -> None:
    secret = "somebodys-secret"
    start = next(one for one in WITH_BODY if one.good == START)
    for wrong in (
        {"fields": {"a": {"type": secret, "value": "x"}}},
        {"fields": {"a": {"type": "number", "value": secret}}},
        {"tags": [secret * 20]},
        {"text": {secret: secret}},
        {"clientMessageId": [secret]},
    ):
        response = call(start, json.dumps(START | wrong).encode())
        check_problem(response, 400, "invalid_field")
        assert secret not in response.get_data(as_text=True)
