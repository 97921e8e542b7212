"""Which record does a visitor act as? The table of docs/identity.md, "Which record?", row by row."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.records import A_WITHOUT_EMAIL, EMAIL, A, B, C, E, P, among, outcome, planted, proven
from tests.core.world import ENFORCED, REPORT, claimed, verified
from whosthere.core.assurance import Assurance
from whosthere.core.provenance import Record, detached
from whosthere.core.resolution import ActAs, Create, Facts, decide, usable_identifiers
from whosthere.core.verdict import Admitted

NO_ADOPTION = replace(REPORT, email_adoption=False)


VERIFIED_TABLE = [
    # row 1: found by userId, whatever the email finds
    (verified("ada"), [A], (1, "A")),
    (verified("ada", EMAIL), [A], (1, "A")),
    (verified("ada", EMAIL), [A_WITHOUT_EMAIL, E], (1, "A")),
    (verified("ada", EMAIL), [A_WITHOUT_EMAIL, B, E], (1, "A")),
    (verified("ada", EMAIL), [C], (1, "C")),
    (verified("ada", EMAIL), [C, P], (1, "C")),
    # row 2: a record known by the email only
    (verified("ada", EMAIL), [E], (2, "E")),
    (verified("ada", EMAIL), [E, B], (2, "E")),
    (verified("ada", EMAIL), [P], (2, "P")),
    (verified("ada", EMAIL), [P, B], (2, "P")),
    (verified("ada", EMAIL), [C, E], (2, "E")),
    # row 3: nothing, or other people's records
    (verified("ada"), [], (3, "new")),
    (verified("ada", EMAIL), [], (3, "new")),
    (verified("ada", EMAIL), [B], (3, "new")),
    (verified("ada"), [E], (3, "new")),
    (verified("ada", EMAIL, proven=["user_id"]), [E, B], (3, "new")),
    # row 4: an email that finds one record
    (verified(None, EMAIL), [A], (4, "A")),
    (verified(None, EMAIL), [E], (4, "E")),
    (verified(None, EMAIL), [P], (4, "P")),
    (verified(None, EMAIL), [A, P], (4, "A")),
    (verified("bob", EMAIL, proven=["email"]), [A], (4, "A")),
    (verified(None, EMAIL), [A, planted("C", "bob", EMAIL)], (4, "A")),
    # row 5: an email that several people have
    (verified(None, EMAIL), [A, B], (5, "new")),
    (verified(None, EMAIL), [A, B, E], (5, "E")),
    (verified(None, EMAIL), [A, B, P], (5, "P")),
    # row 6: an email that nobody has
    (verified(None, EMAIL), [], (6, "new")),
    (verified(None, EMAIL), [planted("C", "ada", EMAIL)], (6, "new")),
    (verified(None, EMAIL), [planted("C", "ada", EMAIL), planted("D", "bob", EMAIL)], (6, "new")),
    # shadows are never there
    (verified("ada"), [planted("S", "ada", shadow=True)], (3, "new")),
    (verified(None, EMAIL), [planted("S", None, EMAIL, shadow=True)], (6, "new")),
]


@pytest.mark.parametrize("policy", [ENFORCED, REPORT], ids=lambda policy: policy.verification)
@pytest.mark.parametrize(("person", "records", "expected"), VERIFIED_TABLE)
def test_the_table_for_a_verified_person(
    person: Admitted, records: list[Record], expected: tuple[int, str], policy: object
) -> None:
    del policy
    for order in (records, records[::-1]):
        assert outcome(decide(person, among(*order), REPORT)) == expected
        assert outcome(decide(person, among(*order), ENFORCED)) == expected


SEALED_A = replace(A, sealed=True)
SEALED_E = replace(E, sealed=True)

CLAIMED_TABLE = [
    (claimed("ada"), [A], (1, "A")),
    (claimed("ada", EMAIL), [A, E], (1, "A")),
    (claimed("ada", EMAIL), [C, P], (1, "C")),
    (claimed("ada", EMAIL), [P], (2, "P")),
    (claimed("ada", EMAIL), [P, B], (2, "P")),
    (claimed("ada", EMAIL), [E], (3, "new")),
    (claimed("ada", EMAIL), [B], (3, "new")),
    (claimed("ada", EMAIL), [], (3, "new")),
    (claimed(None, EMAIL), [A], (4, "A")),
    (claimed(None, EMAIL), [P], (4, "P")),
    (claimed(None, EMAIL), [planted("C", "ada", EMAIL)], (4, "C")),
    (claimed(None, EMAIL), [A, B], (5, "new")),
    (claimed(None, EMAIL), [A, E], (5, "E")),
    (claimed(None, EMAIL), [A, B, P], (5, "P")),
    (claimed(None, EMAIL), [], (6, "new")),
    # a sealed record is closed; the table is read again over shadows
    (claimed("ada"), [SEALED_A], (3, "new")),
    (claimed("ada"), [SEALED_A, planted("S", "ada", shadow=True)], (1, "S")),
    (claimed("ada", EMAIL), [SEALED_A, planted("S", None, EMAIL, shadow=True)], (2, "S")),
    (claimed(None, EMAIL), [SEALED_E], (6, "new")),
    (claimed(None, EMAIL), [SEALED_A], (6, "new")),
    (claimed(None, EMAIL), [SEALED_A, planted("S", None, EMAIL, shadow=True)], (4, "S")),
    (claimed(None, EMAIL), [SEALED_A, B, SEALED_E], (6, "new")),
    # a sealed record of somebody else is in nobody's way
    (claimed("bob", EMAIL), [SEALED_A], (3, "new")),
    (claimed("bob", EMAIL), [SEALED_E], (3, "new")),
    # an ordinary record comes before a shadow
    (claimed("ada"), [A, planted("S", "ada", shadow=True)], (1, "A")),
]


@pytest.mark.parametrize(("person", "records", "expected"), CLAIMED_TABLE)
def test_the_table_for_a_claimed_visitor(person: Admitted, records: list[Record], expected: tuple[int, str]) -> None:
    for order in (records, records[::-1]):
        assert outcome(decide(person, among(*order), REPORT)) == expected


@pytest.mark.parametrize(
    ("person", "records", "shadow"),
    [
        (claimed("ada"), [SEALED_A], True),
        (claimed("ada", EMAIL), [SEALED_A], True),
        (claimed(None, EMAIL), [SEALED_E], True),
        (claimed(None, EMAIL), [SEALED_A], True),
        (claimed("bob", EMAIL), [SEALED_A, SEALED_E], False),
        (claimed("ada"), [], False),
    ],
)
def test_a_record_beside_a_sealed_one_is_a_shadow(person: Admitted, records: list[Record], shadow: bool) -> None:
    decision = decide(person, among(*records), REPORT)
    assert isinstance(decision, Create)
    assert decision.record.shadow is shadow
    assert not decision.record.proven


def test_a_verified_person_creates_a_proven_record() -> None:
    decision = decide(verified("ada", EMAIL, name="Ada", name_proven=True), Facts(), REPORT)
    expected = proven("", "ada", EMAIL, name="Ada", name_proven=True)
    assert decision == Create(expected, row=3)
    assert decide(verified("ada"), Facts(), ENFORCED) == Create(proven("", "ada", sealed=True), row=3)


def test_a_claimed_visitor_creates_an_unproven_record() -> None:
    decision = decide(claimed("ada", EMAIL, "Ada"), Facts(), REPORT)
    assert decision == Create(planted("", "ada", EMAIL, name="Ada"), row=3)


def test_what_a_token_does_not_cover_is_kept_apart() -> None:
    """Shown to agents, found by nothing."""
    decision = decide(verified("ada", EMAIL, proven=["user_id"]), Facts(), REPORT)
    assert decision == Create(proven("", "ada", claimed_email=EMAIL), row=3)
    decision = decide(verified("ada", EMAIL, proven=["email"]), Facts(), REPORT)
    assert decision == Create(proven("", None, EMAIL, claimed_user_id="ada"), row=6)


def after(person: Admitted, record: Record, *others: Record, policy: object = REPORT) -> Record:
    decision = decide(person, among(record, *others), REPORT if policy is REPORT else ENFORCED)
    assert isinstance(decision, ActAs)
    assert decision.before == record
    return decision.after


@pytest.mark.parametrize(
    ("person", "before", "expected"),
    [
        # row 1: the email given becomes the record's, an absent one changes nothing
        (verified("ada", "new@example.com"), A, proven("A", "ada", "new@example.com")),
        (verified("ada"), A, A),
        (verified("ada", EMAIL), A_WITHOUT_EMAIL, A),
        (verified("ada", "ADA@example.com"), A, proven("A", "ada", "ADA@example.com")),
        (verified("ada", "new@example.com", proven=["user_id"]), A, replace(A, claimed_email="new@example.com")),
        (verified("ada", EMAIL), replace(A_WITHOUT_EMAIL, claimed_email="x@example.com"), A),
        # names
        (verified("ada", name="Ada"), A, replace(A, name="Ada")),
        (verified("ada", name="Ada", name_proven=True), A, replace(A, name="Ada", name_proven=True)),
        (verified("ada"), replace(A, name="Ada"), replace(A, name="Ada")),
        (
            verified("ada", name="Countess"),
            replace(A, name="Ada", name_proven=True),
            replace(A, name="Countess"),
        ),
        # a claimed record is taken over: what was not proven becomes a mere claim
        (verified("ada"), C, proven("C", "ada", claimed_email="c@example.com")),
        (verified("ada", EMAIL), replace(C, name="Mallory"), proven("C", "ada", EMAIL)),
        (
            verified("ada", name="Ada"),
            replace(C, name="Mallory"),
            proven("C", "ada", claimed_email=C.email, name="Ada"),
        ),
        (verified("ada", EMAIL), replace(P, name="Mallory"), proven("P", "ada", EMAIL)),
        (verified(None, EMAIL), replace(P, name="Mallory"), proven("P", None, EMAIL)),
        # a claimed visitor changes only what nobody ever proved
        (claimed("ada", "new@example.com", "New"), A, A),
        (claimed(None, EMAIL, "New"), E, E),
        (claimed("ada", "new@example.com", "New"), C, planted("C", "ada", "new@example.com", name="New")),
        (claimed("ada"), replace(C, name="Ada"), replace(C, name="Ada")),
        (claimed("ada", EMAIL, "New"), P, planted("P", "ada", EMAIL, name="New")),
        (claimed(None, EMAIL), planted("C", "ada", EMAIL), planted("C", "ada", EMAIL)),
    ],
)
def test_what_is_stored(person: Admitted, before: Record, expected: Record) -> None:
    assert after(person, before) == expected


def test_a_record_opened_verified_where_it_is_enforced_is_sealed() -> None:
    assert after(verified("ada"), A, policy=ENFORCED) == SEALED_A
    assert after(verified("ada"), A) == A
    assert after(verified("ada"), SEALED_A) == SEALED_A


def test_an_adoption_is_one_in_the_eyes_of_the_ledger() -> None:
    for record in (E, P):
        decision = decide(verified("ada", EMAIL), among(record), REPORT)
        assert isinstance(decision, ActAs)
        assert decision.adopts
    for person, record in ((verified("ada"), A), (verified(None, EMAIL), E), (verified("ada", EMAIL), C)):
        decision = decide(person, among(record), REPORT)
        assert isinstance(decision, ActAs)
        assert not decision.adopts


@pytest.mark.parametrize("person", [verified("ada", EMAIL), claimed("ada", EMAIL)])
@pytest.mark.parametrize("record", [E, P])
def test_without_email_adoption_nothing_is_adopted(person: Admitted, record: Record) -> None:
    assert outcome(decide(person, among(record), NO_ADOPTION)) == (3, "new")


@pytest.mark.parametrize(
    ("person", "records", "shared"),
    [
        (verified(None, EMAIL), [A, B], True),
        (verified(None, EMAIL), [A, B, E], True),
        (claimed(None, EMAIL), [A, B], True),
        (claimed(None, EMAIL), [A, E], True),
        (verified(None, EMAIL), [A], False),
        (verified(None, EMAIL), [], False),
        (verified("ada", EMAIL), [A, B], False),
        (claimed(None, EMAIL), [P], False),
    ],
)
def test_a_shared_email_is_warned_about(person: Admitted, records: list[Record], shared: bool) -> None:
    decision = decide(person, among(*records), REPORT)
    assert isinstance(decision, ActAs | Create)
    assert decision.email_shared is shared


def test_a_claimed_record_in_the_way_of_a_verified_adoption_is_displaced() -> None:
    """Otherwise whoever said "ada" first would keep the real Ada from her own history."""
    decision = decide(verified("ada", EMAIL), among(C, E), REPORT)
    assert decision == ActAs(E, replace(E, user_id="ada", user_id_proven=True), row=2, displaced=C)
    assert detached(C) == Record("C", claimed_user_id="ada", claimed_email="c@example.com")


def test_a_record_is_found_by_letters_of_either_case_and_never_by_look_alikes() -> None:
    assert outcome(decide(verified(None, "ADA@EXAMPLE.COM"), among(E), REPORT)) == (4, "E")
    assert outcome(decide(verified("Ada"), among(A), REPORT)) == (3, "new")
    dotless = proven("E", None, "ad\u0131@example.com")
    assert outcome(decide(verified(None, "adi@example.com"), among(dotless), REPORT)) == (6, "new")


@pytest.mark.parametrize(
    "person",
    [
        Admitted(Assurance.ANONYMOUS),
        Admitted(Assurance.ANONYMOUS, user_id="ada"),
        verified("ada", EMAIL, proven=[]),
        claimed(),
    ],
)
def test_nobody_without_a_usable_identifier_has_a_record(person: Admitted) -> None:
    with pytest.raises(ValueError, match="usable identifier"):
        decide(person, Facts(), REPORT)


@pytest.mark.parametrize(
    ("person", "usable"),
    [
        (verified("ada", EMAIL), ("ada", EMAIL)),
        (verified("ada", EMAIL, proven=["email"]), (None, EMAIL)),
        (verified("ada", EMAIL, proven=["user_id"]), ("ada", None)),
        (claimed("ada", EMAIL), ("ada", EMAIL)),
        (claimed(None, EMAIL), (None, EMAIL)),
    ],
)
def test_only_proven_identifiers_of_a_verified_person_find_records(
    person: Admitted, usable: tuple[str | None, str | None]
) -> None:
    assert usable_identifiers(person) == usable
