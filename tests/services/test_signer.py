"""What browsers hold for us: signed, each kind under its own salt, and read by nobody else's key."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import URLSafeSerializer, URLSafeTimedSerializer

from whosthere.core.anonymous import Anonymous
from whosthere.core.assurance import Assurance
from whosthere.core.sessions import Session
from whosthere.services.signer import TOKEN_LENGTH_MAX, Signer

KEY = "a key that signs the sessions of the tests"
PLATFORM, OTHER = "01a00000-0000-7000-8000-000000000001", "01a00000-0000-7000-8000-000000000002"
IDS = st.uuids().map(str)
INSTANTS = st.integers(0, 10**13)
SESSIONS = st.builds(
    Session,
    id=IDS,
    platform_id=IDS,
    record_id=IDS,
    assurance=st.sampled_from(Assurance),
    key_id=st.none() | IDS,
    issued_at=INSTANTS,
    expires_at=INSTANTS,
)
ANONYMOUS = st.builds(Anonymous, id=IDS, created_at=INSTANTS, tab_scoped=st.booleans())


@pytest.fixture(scope="module")
def signer() -> Signer:
    return Signer(KEY)


@given(SESSIONS, st.none() | ANONYMOUS)
def test_a_session_is_read_as_it_was_signed(signer: Signer, session: Session, anonymous: Anonymous | None) -> None:
    if anonymous is not None:
        session = replace(session, anonymous=replace(anonymous, id=session.record_id))
    token = signer.session_token(session)
    assert signer.read_session(token) == session
    assert token.isascii()
    assert len(token) < TOKEN_LENGTH_MAX / 2


@given(ANONYMOUS)
def test_an_anonymous_user_is_read_on_its_own_platform_only(signer: Signer, anonymous: Anonymous) -> None:
    token = signer.anonymous_token(anonymous, PLATFORM)
    assert signer.read_anonymous(token, PLATFORM) == anonymous
    assert signer.read_anonymous(token, OTHER) is None
    assert signer.anonymous_token(anonymous, PLATFORM) == token  # the browser gets back what it sent


@given(SESSIONS, ANONYMOUS)
def test_neither_kind_passes_for_the_other(signer: Signer, session: Session, anonymous: Anonymous) -> None:
    assert signer.read_anonymous(signer.session_token(session), session.platform_id) is None
    assert signer.read_session(signer.anonymous_token(anonymous, PLATFORM)) is None


@given(SESSIONS)
def test_another_installation_reads_nothing(signer: Signer, session: Session) -> None:
    other = Signer(KEY + "!")
    assert other.read_session(signer.session_token(session)) is None


@given(SESSIONS, st.data())
def test_a_changed_token_is_none(signer: Signer, session: Session, data: Any) -> None:
    token = signer.session_token(session)
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.characters(min_codepoint=33, max_codepoint=126).filter(lambda one: one != token[place]))
    read = signer.read_session(token[:place] + other + token[place + 1 :])
    assert read in (None, session)  # base64 has a few bits to spare at its end: the content is the same even then


NOT_OURS = [
    "",
    ".",
    "..",
    "a.b",
    "é.é",
    "\0",
    ".eJxLBAAA-wBi.x",
    "A" * (TOKEN_LENGTH_MAX + 1),
    URLSafeSerializer(KEY).dumps(["x"] * 8),
    URLSafeSerializer(KEY, salt="whosthere.widget-session.v1").dumps(["x"] * 8),  # the library's own SHA-1
    URLSafeTimedSerializer(KEY, salt="whosthere.widget-session.v1").dumps(["x"] * 8),
]


@pytest.mark.parametrize("token", NOT_OURS, ids=range(len(NOT_OURS)))
def test_what_we_did_not_sign_is_none(signer: Signer, token: Any) -> None:
    assert signer.read_session(token) is None
    assert signer.read_anonymous(token, PLATFORM) is None


@pytest.mark.parametrize("token", [None, 5, True, 1.5, [], {}, ["a.b"], b"a.b"])
def test_an_anonymous_token_that_is_no_text_is_none(signer: Signer, token: Any) -> None:
    assert signer.read_anonymous(token, PLATFORM) is None


@given(st.text())
def test_no_text_makes_reading_fail(signer: Signer, text: str) -> None:
    assert signer.read_session(text) is None
    assert signer.read_anonymous(text, PLATFORM) is None
