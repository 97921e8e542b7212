"""Records for the tables of resolution: Ada's, Bob's, one with an email only, and what a claimed visitor planted."""

from __future__ import annotations

from dataclasses import replace

from whosthere.core.provenance import Record
from whosthere.core.resolution import ActAs, Create, Decision, Facts

EMAIL = "ada@example.com"


def proven(record_id: str, user_id: str | None = None, email: str | None = None, **more: object) -> Record:
    record = Record(
        record_id,
        user_id=user_id,
        user_id_proven=user_id is not None,
        email=email,
        email_proven=email is not None,
    )
    return replace(record, **more)  # type: ignore[arg-type]


def planted(record_id: str, user_id: str | None = None, email: str | None = None, **more: object) -> Record:
    """A record of which nothing was ever proven."""
    return replace(Record(record_id, user_id=user_id, email=email), **more)  # type: ignore[arg-type]


def outcome(decision: Decision) -> tuple[int, str]:
    """The row and the record, "new" for a created one."""
    assert isinstance(decision, ActAs | Create), decision
    return decision.row, decision.before.id if isinstance(decision, ActAs) else "new"


def among(*records: Record) -> Facts:
    return Facts(records, records)


A = proven("A", "ada", EMAIL)
A_WITHOUT_EMAIL = proven("A", "ada")
B = proven("B", "bob", EMAIL)
E = proven("E", None, EMAIL)
C = planted("C", "ada", "c@example.com")
P = planted("P", None, EMAIL)
