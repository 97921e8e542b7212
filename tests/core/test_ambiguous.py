"""A token that fits several pairs of identifiers opens what is exactly its own, or something new."""

from __future__ import annotations

import pytest

from tests.core.records import A_WITHOUT_EMAIL, EMAIL, A, B, C, E, P, among, outcome, planted
from tests.core.world import ENFORCED, REPORT, verified
from whosthere.core.assurance import Assurance
from whosthere.core.provenance import Record
from whosthere.core.reasons import Reason, Refused
from whosthere.core.resolution import ActAs, Create, decide, resolve
from whosthere.core.verdict import Admitted


def ambiguous(user_id: str | None = None, email: str | None = None) -> Admitted:
    return verified(user_id, email, ambiguous=True)


@pytest.mark.parametrize(
    ("person", "records", "expected"),
    [
        (ambiguous("ada", EMAIL), [A], (1, "A")),
        (ambiguous("ada", "ADA@EXAMPLE.COM"), [A], (1, "A")),
        (ambiguous("ada", EMAIL), [A, B, E], (1, "A")),
        (ambiguous("ada"), [A_WITHOUT_EMAIL], (1, "A")),
        (ambiguous(None, EMAIL), [E], (4, "E")),
        (ambiguous(None, EMAIL), [E, A, B], (4, "E")),
        (ambiguous("ada", EMAIL), [], (3, "new")),
        (ambiguous("ada", EMAIL), [B], (3, "new")),
        (ambiguous("ada", EMAIL), [E], (3, "new")),
        (ambiguous("ada", EMAIL), [P], (3, "new")),
        (ambiguous("ada", EMAIL), [C], (3, "new")),
        (ambiguous(None, EMAIL), [], (6, "new")),
        (ambiguous(None, EMAIL), [P], (6, "new")),
        (ambiguous(None, EMAIL), [planted("C", "ada", EMAIL)], (6, "new")),
        (ambiguous("ada", EMAIL), [A_WITHOUT_EMAIL], None),
        (ambiguous("ada", "new@example.com"), [A], None),
        (ambiguous("ada"), [A], None),
        (ambiguous(None, EMAIL), [A], None),
        (ambiguous(None, EMAIL), [A, B], None),
    ],
)
def test_an_ambiguous_token_opens_what_is_exactly_its_own_or_something_new(
    person: Admitted, records: list[Record], expected: tuple[int, str] | None
) -> None:
    decision = decide(person, among(*records), ENFORCED)
    if expected is None:
        assert decision == Refused(Reason.INVALID_USER_AUTH_TOKEN, private=Reason.AMBIGUOUS_TOKEN)
    else:
        assert outcome(decision) == expected


def test_an_ambiguous_token_never_changes_an_email_not_even_its_case() -> None:
    decision = decide(ambiguous("ada", "ADA@EXAMPLE.COM"), among(A), REPORT)
    assert decision == ActAs(A, A, row=1)


@pytest.mark.parametrize(("person", "record"), [(ambiguous("ada", EMAIL), C), (ambiguous(None, EMAIL), P)])
def test_nobody_can_stand_in_the_way_of_an_ambiguous_token_by_a_mere_claim(person: Admitted, record: Record) -> None:
    decision = decide(person, among(record), REPORT)
    assert isinstance(decision, Create)
    assert decision.displaced == record


def test_where_nothing_is_enforced_an_ambiguous_token_passes_for_none() -> None:
    person, decision = resolve(ambiguous("ada"), among(A), REPORT)
    assert (person.assurance, person.not_enforced) == (Assurance.CLAIMED, Reason.AMBIGUOUS_TOKEN)
    assert decision == ActAs(A, A, row=1)
    person, decision = resolve(ambiguous("ada"), among(A), ENFORCED)
    assert isinstance(decision, Refused)


def test_a_clear_token_is_resolved_as_it_is() -> None:
    assert resolve(verified("ada"), among(A), REPORT) == (verified("ada"), ActAs(A, A, row=1))
