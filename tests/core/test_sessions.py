"""A session lives an hour at most, and no longer than the rules that admitted it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.world import ENFORCED, NOW, OFF, PLATFORM, REPORT, claimed, verified
from whosthere.core.anonymous import DAY_MS, Anonymous
from whosthere.core.assurance import Assurance
from whosthere.core.policy import Policy
from whosthere.core.provenance import Record
from whosthere.core.reasons import Reason
from whosthere.core.sessions import Session, ended, open_session
from whosthere.core.verdict import Admitted
from whosthere.core.visibility import sees

HOUR = 3_600_000
ADA = Record("record-ada", user_id="ada", user_id_proven=True)


def opened(person: Admitted, **more: object) -> Session:
    arguments = {"platform_id": PLATFORM, "record_id": ADA.id, "session_id": "session", "now": NOW, **more}
    return open_session(person, **arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("proof_expires_at", "ends_at", "expires_at"),
    [
        (None, None, NOW + HOUR),
        (NOW + HOUR + 1, None, NOW + HOUR),
        (NOW + 5_000, None, NOW + 5_000),
        (None, NOW + 7_000, NOW + 7_000),
        (NOW + 5_000, NOW + 7_000, NOW + 5_000),
        (NOW + 9_000, NOW + 7_000, NOW + 7_000),
        (10**40, None, NOW + HOUR),
    ],
)
def test_a_session_never_outlives_what_it_came_from(
    proof_expires_at: int | None, ends_at: int | None, expires_at: int
) -> None:
    person = replace(verified("ada"), proof_expires_at=proof_expires_at)
    assert opened(person, ends_at=ends_at).expires_at == expires_at


def test_a_session_names_its_record_assurance_platform_and_key() -> None:
    session = opened(verified("ada"))
    assert (session.record_id, session.assurance, session.platform_id, session.key_id, session.issued_at) == (
        ADA.id,
        Assurance.VERIFIED,
        PLATFORM,
        "key-standard",
        NOW,
    )
    assert opened(claimed("ada")).key_id is None


VERIFIED, CLAIMED = opened(verified("ada")), opened(claimed("ada"))
BY_EMAIL = replace(VERIFIED, proves_user_id=False)
SEALED = replace(ADA, sealed=True)
NUMBERS = replace(ENFORCED, user_id_pattern="[0-9]+")


@pytest.mark.parametrize(
    ("session", "policy", "key_is_live", "record", "reason"),
    [
        (VERIFIED, ENFORCED, True, ADA, None),
        (VERIFIED, ENFORCED, True, SEALED, None),
        (VERIFIED, OFF, True, ADA, None),
        (VERIFIED, ENFORCED, False, ADA, Reason.SESSION_ENDED),
        (VERIFIED, REPORT, False, ADA, Reason.SESSION_ENDED),
        (VERIFIED, ENFORCED, True, None, Reason.SESSION_ENDED),
        (VERIFIED, NUMBERS, True, ADA, Reason.SESSION_ENDED),
        (VERIFIED, NUMBERS, True, replace(ADA, user_id="42"), None),
        (BY_EMAIL, NUMBERS, True, ADA, None),
        (CLAIMED, REPORT, False, ADA, None),
        (CLAIMED, OFF, False, ADA, None),
        (CLAIMED, ENFORCED, False, ADA, Reason.SESSION_ENDED),
        (CLAIMED, REPORT, False, SEALED, Reason.SESSION_ENDED),
        (CLAIMED, OFF, False, SEALED, Reason.SESSION_ENDED),
        (CLAIMED, REPORT, False, None, Reason.SESSION_ENDED),
    ],
)
def test_a_session_is_held_to_the_present_rules(
    session: Session, policy: Policy, key_is_live: bool, record: Record | None, reason: Reason | None
) -> None:
    found = ended(session, policy=policy, key_is_live=key_is_live, record=record, last_active_at=None, now=NOW + 1)
    assert found is reason


@pytest.mark.parametrize(("now", "reason"), [(NOW + HOUR - 1, None), (NOW + HOUR, Reason.SESSION_EXPIRED)])
def test_a_session_expires_to_the_millisecond(now: int, reason: Reason | None) -> None:
    found = ended(VERIFIED, policy=ENFORCED, key_is_live=True, record=ADA, last_active_at=None, now=now)
    assert found is reason


@pytest.mark.parametrize(
    ("anonymous", "reason"),
    [
        (Anonymous(ADA.id, NOW), None),
        (Anonymous(ADA.id, NOW - 7 * DAY_MS), Reason.SESSION_ENDED),
        (None, Reason.SESSION_ENDED),
    ],
)
def test_an_anonymous_session_ends_with_its_anonymous_user(anonymous: Anonymous | None, reason: Reason | None) -> None:
    session = opened(Admitted(Assurance.ANONYMOUS), anonymous=anonymous)
    for record in (None, Record(ADA.id)):
        assert (
            ended(session, policy=ENFORCED, key_is_live=False, record=record, last_active_at=None, now=NOW + 1)
            is reason
        )


ANONYMOUS = opened(Admitted(Assurance.ANONYMOUS), anonymous=Anonymous(ADA.id, NOW))


@pytest.mark.parametrize(
    ("session", "policy", "owner_id", "visible"),
    [
        (VERIFIED, ENFORCED, ADA.id, True),
        (VERIFIED, REPORT, ADA.id, True),
        (VERIFIED, ENFORCED, "record-bob", False),
        (CLAIMED, REPORT, ADA.id, True),
        (CLAIMED, OFF, ADA.id, True),
        (CLAIMED, ENFORCED, ADA.id, False),
        (CLAIMED, REPORT, "record-bob", False),
        (ANONYMOUS, ENFORCED, ADA.id, True),
        (ANONYMOUS, ENFORCED, "record-bob", False),
        (VERIFIED, replace(ENFORCED, platform_id="plt_other"), ADA.id, False),
    ],
)
def test_a_session_sees_its_own_conversations_and_no_others(
    session: Session, policy: Policy, owner_id: str, visible: bool
) -> None:
    assert sees(session, owner_id=owner_id, policy=policy) is visible
