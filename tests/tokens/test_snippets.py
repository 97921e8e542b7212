"""Every language's snippet makes the tokens that the server accepts: the very files that the docs show."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.conftest import absent
from tests.core.vectors import FOLDER, HMAC_VECTORS
from tests.people import OTHER_SECRET, SECRET
from tests.tokens.languages import LANGUAGES, RUN_BY_DEBIAN, Language, answers, request
from whosthere import user_auth_token
from whosthere.core.claims import Claim
from whosthere.core.jwt_tokens import IdentityProof, verify
from whosthere.core.keys import Key, Scheme

STANDARD = [vector for vector in HMAC_VECTORS if vector.scheme == "standard"]
PEOPLE = json.loads((FOLDER / "identity_claims.json").read_text("utf-8"))["vectors"]
ISSUED_AT = 1_800_000_000
LIFETIME_SECONDS = 300
SECRETS = (SECRET, "a secret with ümlauts and emoji 🔑, which are more bytes than letters")
KEY = Key("key", "", Scheme.STANDARD, SECRET.encode())


@cache
def tokens_of(language: Language) -> dict[str, str]:
    """Have a language make every token of these tests, in one run, by the name of its vector."""
    wanted = {
        **{f"hmac {v.name}": request("hmac", [v.secret, v.user_id or "", v.user_email or ""]) for v in STANDARD},
        **{
            f"hmac {p['name']} {number}": request("hmac", [secret, p["userId"] or "", p["email"] or ""])
            for p in PEOPLE
            for number, secret in enumerate(SECRETS)
        },
        **{f"jwt {p['name']}": request("jwt", identity(p), [ISSUED_AT, LIFETIME_SECONDS]) for p in PEOPLE},
    }
    with TemporaryDirectory() as folder:
        command = language.prepare(language.path, Path(folder))
        made = answers(command, list(wanted.values()))
    assert len(made) == len(wanted)
    return dict(zip(wanted, made, strict=True))


def identity(person: dict[str, str | None]) -> list[str]:
    return [SECRET, *(person[field] or "" for field in ("userId", "email", "userName"))]


@cache
def lacking(language: Language) -> str | None:
    return language.lacking()


@pytest.fixture(params=LANGUAGES, ids=lambda language: language.name)
def language(request: pytest.FixtureRequest) -> Language:
    """Each language whose interpreter or compiler is there."""
    chosen: Language = request.param
    missing = lacking(chosen)
    if missing is not None:
        if chosen.name in RUN_BY_DEBIAN:
            absent(missing)
        pytest.skip(f"{missing} is not installed")
    return chosen


def test_the_published_vectors_come_out_byte_for_byte(language: Language) -> None:
    made = tokens_of(language)
    differing = [v.name for v in STANDARD if made[f"hmac {v.name}"].rstrip("=") != v.token.rstrip("=")]
    assert len(STANDARD) >= 4
    assert differing == []


def test_everybody_is_proven_by_a_user_auth_token(language: Language) -> None:
    made = tokens_of(language)
    differing = [
        (person["name"], number)
        for person in PEOPLE
        for number, secret in enumerate(SECRETS)
        if made[f"hmac {person['name']} {number}"]
        != user_auth_token(secret, user_id=person["userId"], user_email=person["email"])
    ]
    assert differing == []


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person["name"])
def test_everybody_is_proven_by_an_identity_token(language: Language, person: dict[str, str | None]) -> None:
    token = tokens_of(language)[f"jwt {person['name']}"]
    proof = verify(token, Claim(), [KEY], "platform", ISSUED_AT * 1000)
    assert isinstance(proof, IdentityProof), proof
    assert (proof.user_id, proof.email, proof.name) == (person["userId"], person["email"], person["userName"])
    assert proof.expires_at == (ISSUED_AT + LIFETIME_SECONDS) * 1000


def test_an_identity_token_ends_and_belongs_to_its_key(language: Language) -> None:
    token = tokens_of(language)["jwt everything"]
    other = Key("other", "", Scheme.STANDARD, OTHER_SECRET.encode())
    later = (ISSUED_AT + LIFETIME_SECONDS) * 1000
    assert isinstance(verify(token, Claim(), [KEY], "platform", later - 1), IdentityProof)
    assert not isinstance(verify(token, Claim(), [KEY], "platform", later), IdentityProof)
    assert not isinstance(verify(token, Claim(), [other], "platform", ISSUED_AT * 1000), IdentityProof)
