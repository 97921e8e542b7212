"""Whose word a record's identifiers are, and how a decision changes them (docs/identity.md §5, "Provenance")."""

from __future__ import annotations

from dataclasses import dataclass, replace

from whosthere.core.emails import lookup_key
from whosthere.core.policy import Policy, Verification
from whosthere.core.verdict import Admitted


@dataclass(frozen=True, slots=True)
class Record:
    """A stored profile, as far as resolution looks at it.

    A record that has a proven identifier has no other kind: what a verified claim left unproven stands in
    `claimed_user_id` and `claimed_email`, which agents see and nothing is ever found by.

    A *shadow* record belongs to a claimed visitor whose identifiers name a sealed record: it is never found by a
    verified claim, so nothing planted in it reaches the person it pretends to be.
    """

    id: str
    user_id: str | None = None
    user_id_proven: bool = False
    email: str | None = None
    email_proven: bool = False
    name: str | None = None
    name_proven: bool = False
    claimed_user_id: str | None = None
    claimed_email: str | None = None
    sealed: bool = False
    shadow: bool = False

    @property
    def proven(self) -> bool:
        """Whether any identifier of this record was ever proven."""
        return self.user_id_proven or self.email_proven

    @property
    def email_key(self) -> str | None:
        """The key this record is found by when an email is looked up."""
        return None if self.email is None else lookup_key(self.email)


def proved(before: Record, person: Admitted, policy: Policy) -> Record:
    """Return `before` with what a verified person proves about it; what nobody proved becomes a mere claim."""
    after = before
    if not before.proven:
        after = replace(
            before, email=None, claimed_email=before.email or before.claimed_email, name=None, name_proven=False
        )
    if person.user_id_proven:
        after = replace(after, user_id=person.user_id, user_id_proven=True, claimed_user_id=None)
    elif person.user_id is not None:
        after = replace(after, claimed_user_id=person.user_id)
    if person.email_proven:
        after = replace(after, email=person.email, email_proven=True, claimed_email=None)
    elif person.email is not None:
        after = replace(after, claimed_email=person.email)
    if person.name is not None:
        after = replace(after, name=person.name, name_proven=person.name_proven)
    return replace(after, sealed=True) if policy.verification is Verification.ENFORCED else after


def claimed(before: Record, person: Admitted) -> Record:
    """Return `before` with what a claimed visitor says, which is nothing once an identifier was proven."""
    if before.proven:
        return before
    return replace(
        before,
        user_id=person.user_id or before.user_id,
        email=person.email or before.email,
        name=person.name or before.name,
    )


def detached(record: Record) -> Record:
    """Return a displaced record: nothing finds it any more; agents still read who it claimed to be."""
    return replace(
        record,
        user_id=None,
        email=None,
        claimed_user_id=record.user_id or record.claimed_user_id,
        claimed_email=record.email or record.claimed_email,
    )


def owns_exactly(person: Admitted, record: Record) -> bool:
    """Tell whether the proven identifiers of `record` are the person's identifiers, all of them and no others."""
    user_id = record.user_id if record.user_id_proven else None
    email_key = record.email_key if record.email_proven else None
    return (user_id, email_key) == (person.user_id, None if person.email is None else lookup_key(person.email))
