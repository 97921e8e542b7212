"""Which addresses are accepted, and which spellings are one address."""

from __future__ import annotations

import unicodedata

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import example, given
from hypothesis import strategies as st

from whosthere.core.emails import is_valid, lookup_key


@pytest.mark.parametrize(
    "email",
    [
        "ada@example.com",
        "ADA@EXAMPLE.COM",
        "ada.lovelace+chat@mail.example.co.uk",
        "ada@shop.example",
        "ada@shop.test",
        "ada@shop.invalid",
        "ada@host.localhost",
        "ada@HOST.LocalHost",
        "a@b-c.museum",
        "o'hara@example.com",
        "jörg@example.com",
        "ada@bücher.example",
        "ada@xn--bcher-kva.example",
        "ſam@example.com",
        "a" * 242 + "@example.com",
        "x" * 64 + "@example.com",
        "123@456.com",
    ],
)
def test_an_ordinary_address_is_valid(email: str) -> None:
    assert is_valid(email)


@pytest.mark.parametrize(
    "email",
    [
        "",
        "@",
        "ada",
        "ada@",
        "@example.com",
        "ada@example",
        "ada@localhost",
        "ada@@example.com",
        "ada@example..com",
        "ada@.example.com",
        "ada@-shop.example",
        "ada@shop-.example",
        ".ada@example.com",
        "ada.@example.com",
        "ada@shop.local",
        "ada@hidden.onion",
        "ada@1.2.3.4",
        "ada@[127.0.0.1]",
        "ada@xn--zzzz.com",
        "ada_b@shop_a.com",
        '"ada"@example.com',
        "Ada <ada@example.com>",
        "ada@example.com\n",
        " ada@example.com",
        "ada@example.com\u2003",
        "ada @example.com",
        "ada\n@example.com",
        "ada\0@example.com",
        "ada@example.com\0",
        "ada\ud800@example.com",
        "ada@" + "x" * 64 + ".com",
        "a" * 243 + "@example.com",
        "é" * 122 + "@example.com",
        "jo\u0308rg@example.com",
        "\u2126@example.com",
        "\u212aate@example.com",
    ],
)
def test_a_strange_address_is_refused(email: str) -> None:
    assert not is_valid(email)


def test_an_address_counts_in_bytes_and_ends_at_254_of_them() -> None:
    assert is_valid("a" * (254 - len("@shop.invalid")) + "@shop.invalid")
    assert not is_valid("a" * (255 - len("@shop.invalid")) + "@shop.invalid")


def test_the_host_application_cannot_loosen_the_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """email-validator keeps its defaults in module globals, which the embedding site may have changed."""
    for switch in ("ALLOW_QUOTED_LOCAL", "ALLOW_DOMAIN_LITERAL", "ALLOW_DISPLAY_NAME", "ALLOW_EMPTY_LOCAL"):
        monkeypatch.setattr(f"email_validator.{switch}", True)
    for email in ('"ada"@example.com', "ada@[127.0.0.1]", "Ada <ada@example.com>", "@example.com"):
        assert not is_valid(email)


_alphabet = st.sampled_from([*"abzAZ09.@-_+", "k", "\u212a", "\u0131", "\u017f", "ß", "Ａ", "é", "\u0301", " ", "\n"])
_address_like = st.builds(
    lambda local, domain, end: f"{local}@{domain}.{end}",
    st.text(_alphabet, min_size=1, max_size=12),
    st.text(_alphabet, min_size=1, max_size=12),
    st.sampled_from(["com", "COM", "org", "de", "example", "test", "Test", "c0m", "xn", "alt", "arpa", "k\u212a"]),
)


@given(_address_like)
@example("a@b.\u212ay")
@example("a@b--c.com")
@example("a@xn--a.com")
def test_the_quick_path_accepts_nothing_email_validator_refuses(email: str) -> None:
    if is_valid(email):
        validate_email(email, check_deliverability=False, test_environment=True)
    elif unicodedata.is_normalized("NFC", email) and email == email.strip():
        with pytest.raises(EmailNotValidError):
            validate_email(email, check_deliverability=False, test_environment=True)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ada@Example.com", "ada@example.COM"),
        ("ADA@BÜCHER.EXAMPLE", "ada@bÜcher.example"),
        ("ada@example.com", "ada@example.com"),
    ],
)
def test_spellings_that_differ_in_ascii_case_are_one_address(one: str, other: str) -> None:
    assert lookup_key(one) == lookup_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("\u212aate@example.com", "kate@example.com"),
        ("ad\u0131n@example.com", "adin@example.com"),
        ("\u0130pek@example.com", "ipek@example.com"),
        ("\u017fam@example.com", "sam@example.com"),
        ("stra\u00dfe@example.com", "strasse@example.com"),
        ("STRA\u1e9eE@example.com", "stra\u00dfe@example.com"),
        ("\uff21da@example.com", "ada@example.com"),
        ("JÖRG@example.com", "jörg@example.com"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("ada@\uff45xample.com", "ada@example.com"),
        ("a.da@example.com", "ada@example.com"),
        ("ada+x@example.com", "ada@example.com"),
    ],
)
def test_letters_that_only_look_alike_are_other_addresses(one: str, other: str) -> None:
    assert lookup_key(one) != lookup_key(other)


@given(st.text())
def test_a_lookup_key_changes_ascii_capitals_only(email: str) -> None:
    key = lookup_key(email)
    assert len(key) == len(email)
    assert all(a == b or ("A" <= a <= "Z" and b == a.lower()) for a, b in zip(email, key, strict=True))
    assert lookup_key(key) == key
