"""Keys: which of them prove anything, and which may be added."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.world import HELPSHIFT, KEYS, NOW, STANDARD
from whosthere.core.keys import LIVE_KEYS_MAX, Key, Scheme, live, refuse_new
from whosthere.core.reasons import Reason

FRESH = b"a fresh secret of more than 32 bytes for the tests"


@pytest.mark.parametrize(
    ("ends_at", "alive"), [(None, True), (NOW + 1, True), (NOW, False), (NOW - 1, False), (0, False)]
)
def test_a_key_proves_nothing_from_the_moment_it_ends(ends_at: int | None, alive: bool) -> None:
    key = replace(STANDARD, ends_at=ends_at)
    assert live([key], NOW) == ((key,) if alive else ())


def test_a_key_never_prints_its_secret() -> None:
    assert "secret" not in repr(HELPSHIFT).replace("secret=", "")


def test_a_platform_without_keys_may_get_one() -> None:
    assert refuse_new(Scheme.STANDARD, FRESH, [], NOW) is None


@pytest.mark.parametrize(
    ("scheme", "secret", "reason"),
    [
        (Scheme.STANDARD, b"x" * 31, Reason.WEAK_SECRET),
        (Scheme.STANDARD, b"", Reason.WEAK_SECRET),
        (Scheme.HELPSHIFT, b"", Reason.WEAK_SECRET),
        (Scheme.STANDARD, b"x" * 32, None),
        (Scheme.HELPSHIFT, b"x", None),
        (Scheme.USER_ID_HEX, b"x", None),
        (Scheme.EMAIL_HEX, b"x", None),
    ],
)
def test_a_standard_key_needs_32_bytes_and_an_imported_one_any(
    scheme: Scheme, secret: bytes, reason: Reason | None
) -> None:
    refused = refuse_new(scheme, secret, [], NOW)
    assert (refused and refused.reason) == reason


@pytest.mark.parametrize("scheme", list(Scheme))
def test_one_secret_never_serves_two_keys(scheme: Scheme) -> None:
    """Otherwise a base64 token could be rewritten in hex and prove what nobody signed."""
    refused = refuse_new(scheme, STANDARD.secret, KEYS, NOW)
    assert refused is not None
    assert refused.reason is Reason.ALREADY_EXISTS


def test_a_platform_has_at_most_five_live_keys() -> None:
    keys = [Key(f"key-{n}", "", Scheme.STANDARD, FRESH + bytes([n])) for n in range(LIVE_KEYS_MAX)]
    refused = refuse_new(Scheme.STANDARD, FRESH, keys, NOW)
    assert refused is not None
    assert refused.reason is Reason.TOO_MANY_KEYS
    keys[0] = replace(keys[0], ends_at=NOW)
    assert refuse_new(Scheme.STANDARD, FRESH, keys, NOW) is None


@pytest.mark.parametrize(("length", "weak"), [(31, True), (32, False)])
def test_a_secret_below_32_bytes_is_weak(length: int, weak: bool) -> None:
    assert Key("", "", Scheme.HELPSHIFT, b"x" * length).weak is weak
