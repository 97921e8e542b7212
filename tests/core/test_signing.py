"""A site's backend signs with two functions, which refuse what the server would refuse."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import whosthere
from tests.core.strategies import emails, user_ids
from tests.core.vectors import HMAC_VECTORS, HmacVector
from tests.core.world import ENFORCED, KEYS, NOW, PLATFORM, STANDARD, config
from tests.people import SECRET
from whosthere import identity_token, user_auth_token
from whosthere.core.assurance import Assurance
from whosthere.core.identifiers import read_claim
from whosthere.core.keys import Key, Scheme
from whosthere.core.verdict import Admitted
from whosthere.core.verification import judge


def test_the_public_surface_is_exactly_this() -> None:
    assert whosthere.__all__ == ["ChatMiddleware", "identity_token", "user_auth_token"]
    assert set(whosthere.__all__) <= set(dir(whosthere))


def test_what_is_not_public_is_not_there() -> None:
    assert not hasattr(whosthere, "sing")


def test_the_distribution_takes_its_version_from_the_package() -> None:
    settings = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))
    assert "version" in settings["project"]["dynamic"]
    assert settings["tool"]["hatch"]["version"]["path"] == "app/whosthere/__init__.py"
    assert re.fullmatch(r"\d+\.\d+\.\d+", whosthere.__version__)


SIGN_ALL = f"""
import sys
from whosthere import identity_token, user_auth_token
before = set(sys.modules)
user_auth_token({SECRET!r}, user_id="ada")
user_auth_token({SECRET!r}, user_id="ada", user_email="ada@example.com")
identity_token({SECRET!r}, user_id="ada", email="ada@example.com")
for name in ("flask", "sqlalchemy", "pydantic", "re2", "jinja2", "werkzeug"):
    assert name not in sys.modules, name
for name in ("joserfc", "cryptography", "email_validator"):
    assert name not in before, name
"""


def test_signing_imports_no_web_framework_and_no_database() -> None:
    subprocess.run([sys.executable, "-c", SIGN_ALL], check=True, capture_output=True)


@pytest.mark.parametrize(
    "vector",
    [vector for vector in HMAC_VECTORS if vector.source.startswith("own")],
    ids=lambda vector: vector.name,
)
def test_own_vectors_are_what_it_signs(vector: HmacVector) -> None:
    token = user_auth_token(vector.secret, user_id=vector.user_id, user_email=vector.user_email, scheme=vector.scheme)
    expected = vector.token
    if vector.scheme in ("standard", "helpshift"):
        assert token == expected + "=" * (-len(expected) % 4)
    else:
        assert token == expected.lower()


@given(st.sampled_from(KEYS), user_ids, emails)
def test_what_is_signed_here_verifies_there(key: Key, user_id: str, email: str) -> None:
    secret = key.secret.decode()
    token = user_auth_token(secret, user_id=user_id, user_email=email, scheme=key.scheme.value)
    found = judge(read_claim(config(user_id, email, userAuthToken=token)), KEYS, ENFORCED, NOW)
    assert isinstance(found, Admitted)
    assert (found.assurance, found.key_id) == (Assurance.VERIFIED, key.id)


@pytest.mark.parametrize("nothing", [None, ""])
def test_an_identifier_that_is_not_given_is_signed_as_absent(nothing: str | None) -> None:
    assert user_auth_token(SECRET, user_id="ada", user_email=nothing) == user_auth_token(SECRET, user_id="ada")


def test_a_secret_may_be_text_or_its_bytes() -> None:
    assert user_auth_token(SECRET, user_id="ada") == user_auth_token(SECRET.encode(), user_id="ada")


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"user_id": 5}, TypeError, "user_id must be a string, not int"),
        ({"user_id": True}, TypeError, "user_id must be a string, not bool"),
        ({"user_id": b"ada"}, TypeError, "user_id must be a string, not bytes"),
        ({"user_email": ["ada@example.com"]}, TypeError, "user_email must be a string, not list"),
        ({"user_id": " ada"}, ValueError, "white space"),
        ({"user_id": "a\nb"}, ValueError, "line feed"),
        ({"user_id": "None"}, ValueError, "missing value"),
        ({"user_id": "x" * 751}, ValueError, "longer than 750"),
        ({"user_email": "ada"}, ValueError, "not a valid email"),
        ({"user_email": "jo\u0308rg@example.com"}, ValueError, "normalisation form C"),
        ({}, ValueError, "needs a user_id or a user_email"),
        ({"user_id": "", "user_email": None}, ValueError, "needs a user_id or a user_email"),
        ({"user_email": "ada@example.com", "scheme": "user-id-hex"}, ValueError, "needs a user_id$"),
        ({"user_id": "ada", "scheme": "email-hex"}, ValueError, "needs a user_email$"),
        ({"user_id": "ada", "scheme": "md5"}, ValueError, "unknown scheme 'md5'; there are standard"),
        ({"user_id": "ada", "secret": ""}, ValueError, "the secret is empty"),
        ({"user_id": "ada", "secret": "x" * 31}, ValueError, "at least 32 bytes"),
        ({"user_id": "ada", "secret": SECRET + "\n"}, ValueError, "line feed"),
        ({"user_id": "ada", "secret": None}, TypeError, "secret must be text, not NoneType"),
        ({"user_id": "ada", "secret": "", "scheme": "helpshift"}, ValueError, "the secret is empty"),
    ],
)
def test_a_mistake_is_an_exception_that_says_what_is_wrong(
    arguments: dict[str, Any], error: type[Exception], words: str
) -> None:
    secret = arguments.pop("secret", SECRET)
    with pytest.raises(error, match=words):
        user_auth_token(secret, **arguments)


def test_no_message_repeats_the_secret_or_the_identifier() -> None:
    for arguments in ({"user_id": "personal\0"}, {"user_id": "personal", "scheme": "email-hex"}):
        with pytest.raises(ValueError, match=r".") as caught:
            user_auth_token("x" * 40, **arguments)
        assert "personal" not in str(caught.value)
        assert "xxx" not in str(caught.value)


def verdict(token: str, now: int = NOW) -> object:
    return judge(read_claim({"identityToken": token}), [STANDARD], ENFORCED, now)


def test_an_identity_token_says_everything_it_was_told() -> None:
    token = identity_token(
        SECRET,
        user_id="ada",
        email="ada@example.com",
        name="Ada Lovelace",
        expires_in=60,
        now=NOW,
        kid=STANDARD.id,
        platform_id=PLATFORM,
        email_verified=True,
    )
    found = verdict(token)
    assert isinstance(found, Admitted)
    assert (found.user_id, found.email, found.name) == ("ada", "ada@example.com", "Ada Lovelace")
    assert (found.user_id_proven, found.email_proven, found.name_proven) == (True, True, True)
    assert found.proof_expires_at == NOW + 60_000
    assert isinstance(verdict(token, NOW + 59_999), Admitted)
    assert not isinstance(verdict(token, NOW + 60_000), Admitted)


def test_an_identity_token_made_now_is_good_now() -> None:
    found = judge(
        read_claim({"identityToken": identity_token(SECRET, user_id="ada", expires_in=10**9)}),
        [STANDARD],
        ENFORCED,
        NOW,
    )
    assert isinstance(found, Admitted)


def test_an_unverified_email_is_told_as_such() -> None:
    found = verdict(identity_token(SECRET, user_id="ada", email="ada@example.com", email_verified=False, now=NOW))
    assert isinstance(found, Admitted)
    assert not found.email_proven


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({}, ValueError, "needs a user_id or a verified email"),
        ({"email": "ada@example.com", "email_verified": False}, ValueError, "verified email"),
        ({"user_id": 5}, TypeError, "user_id must be a string, not int"),
        ({"email": "ada"}, ValueError, "email is not valid"),
        ({"user_id": "ada", "name": 5}, TypeError, "name must be a string, not int"),
        ({"user_id": "ada", "kid": 5}, TypeError, "kid must be a string"),
        ({"user_id": "ada", "platform_id": 5}, TypeError, "platform_id must be a string"),
        ({"user_id": "ada", "expires_in": 0}, ValueError, "expires_in must be positive"),
        ({"user_id": "ada", "expires_in": 1.5}, TypeError, "expires_in must be an integer"),
        ({"user_id": "ada", "now": NOW // 1000}, ValueError, "milliseconds, not seconds"),
        ({"user_id": "ada", "now": 1.5e12}, TypeError, "now must be an integer"),
        ({"user_id": "ada", "email_verified": 1}, TypeError, "email_verified must be"),
        ({"user_id": "ada", "secret": "x" * 31}, ValueError, "at least 32 bytes"),
    ],
)
def test_a_mistake_in_an_identity_token_is_an_exception(
    arguments: dict[str, Any], error: type[Exception], words: str
) -> None:
    secret = arguments.pop("secret", SECRET)
    with pytest.raises(error, match=words):
        identity_token(secret, **arguments)


@pytest.mark.parametrize("scheme", [scheme.value for scheme in Scheme if scheme is not Scheme.STANDARD])
def test_an_imported_secret_may_be_short(scheme: str) -> None:
    assert user_auth_token("short", user_id="ada", user_email="ada@example.com", scheme=scheme)
