"""Which record does an admitted visitor act as? The truth table of docs/identity.md §5.

`decide` is total and pure: facts in, decision out. Storage gathers the facts and applies the decision, and a loser of
a race gathers them again.
"""

from __future__ import annotations

from dataclasses import dataclass

from whosthere.core.assurance import Assurance
from whosthere.core.emails import lookup_key
from whosthere.core.reasons import Reason, Refused
from whosthere.core.policy import Policy, Verification
from whosthere.core.verdict import Admitted


@dataclass(frozen=True, slots=True)
class Record:
    """A stored profile, as far as resolution looks at it.

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


@dataclass(frozen=True, slots=True)
class Facts:
    """What storage found: every record with the claim's `userId`, every record with its email lookup key."""

    by_user_id: tuple[Record, ...] = ()
    by_email: tuple[Record, ...] = ()


@dataclass(frozen=True, slots=True)
class ActAs:
    """Act as `before`, storing `after` (the two are equal when there is nothing to store)."""

    before: Record
    after: Record
    row: int
    email_shared: bool = False

    @property
    def adopts(self) -> bool:
        """Whether a record without a userId gets one (row 2): an entry of the merge ledger."""
        return self.before.user_id is None and self.after.user_id is not None


@dataclass(frozen=True, slots=True)
class Create:
    """Create a record; `record.id` is empty until storage gives it one."""

    record: Record
    row: int
    email_shared: bool = False


Decision = ActAs | Create | Refused


def decide(person: Admitted, facts: Facts, policy: Policy) -> Decision:
    """Choose the record of an identified visitor.

    Args:
        person: an admitted claim with at least one identifier; anonymous visitors have no business here.
        facts: what the identifiers find in storage.
        policy: the platform's rules.

    Returns:
        `ActAs` or `Create`; `Refused` only for a claim whose token fits several pairs of identifiers.
    """
    raise NotImplementedError
