"""Which record does an admitted visitor act as? The truth table of docs/identity.md §5.

`decide` is total and pure: facts in, decision out. Storage gathers the facts and applies the decision, and a loser of
a race gathers them again.

Two ideas carry the provenance rules, so that nothing a claimed visitor did changes what a verified person sees:

* A verified claim reads the table over *proven* records. Only where the table would create a record, and a claimed
  record stands in the way, that one is taken over: what was not proven about it becomes a mere claim. A claimed
  record whose userId is needed elsewhere is *displaced*: it keeps its conversations and loses its identifiers.
* A claimed visitor reads the table over all ordinary records, and writes only to those without a proven identifier.
  If the table leads to a *sealed* record, the same table is read over shadow records instead.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from whosthere.core.assurance import Assurance
from whosthere.core.emails import lookup_key
from whosthere.core.policy import Policy, Verification
from whosthere.core.provenance import Record, claimed, detached, owns_exactly, proved
from whosthere.core.reasons import Reason, Refused
from whosthere.core.verdict import Admitted, as_claimed

__all__ = ["ActAs", "Create", "Decision", "Facts", "Record", "decide", "detached", "resolve", "usable_identifiers"]


@dataclass(frozen=True, slots=True)
class Facts:
    """What storage found: every record with the claim's `userId`, every record with its email lookup key."""

    by_user_id: tuple[Record, ...] = ()
    by_email: tuple[Record, ...] = ()


@dataclass(frozen=True, slots=True)
class ActAs:
    """Act as `before`, storing `after` (the two are equal when there is nothing to store).

    Attributes:
        row: the row of the table that decided.
        displaced: a claimed record that has to give its identifiers up; store `detached(displaced)` first.
        email_shared: several people go by this email, so it opened none of their histories.
    """

    before: Record
    after: Record
    row: int
    email_shared: bool = False
    displaced: Record | None = None

    @property
    def adopts(self) -> bool:
        """Whether a record without a userId gets one (row 2): an entry of the merge ledger."""
        return self.before.user_id is None and self.after.user_id is not None

    @property
    def takes_over(self) -> bool:
        """Whether a record that anybody could have acted as becomes a proven person's by this."""
        return self.after.proven and not self.before.proven


@dataclass(frozen=True, slots=True)
class Create:
    """Create a record; `record.id` is empty until storage gives it one. Attributes as in `ActAs`."""

    record: Record
    row: int
    email_shared: bool = False
    displaced: Record | None = None


Decision = ActAs | Create | Refused


def usable_identifiers(person: Admitted) -> tuple[str | None, str | None]:
    """Return the userId and the email that may find a record: a verified person's proven ones, else all given."""
    if person.assurance is not Assurance.VERIFIED:
        return person.user_id, person.email
    return person.user_id if person.user_id_proven else None, person.email if person.email_proven else None


def decide(person: Admitted, facts: Facts, policy: Policy) -> Decision:
    """Choose the record of an identified visitor.

    Args:
        person: an admitted claim with a usable identifier; anonymous visitors have no business here.
        facts: what the usable identifiers find in storage. Records they do not name are disregarded.
        policy: the platform's rules.

    Returns:
        `ActAs` or `Create`; `Refused` only for a claim whose token fits several pairs of identifiers.

    Raises:
        ValueError: the person has no usable identifier.
    """
    user_id, email = usable_identifiers(person)
    if person.assurance is Assurance.ANONYMOUS or not (user_id or email):
        raise ValueError("nobody without a usable identifier has a record")
    facts = _relevant(facts, user_id, email)
    if person.assurance is Assurance.CLAIMED:
        return _decide_claimed(person, facts, policy)
    if person.ambiguous:
        return _decide_ambiguous(person, _ordinary(facts), policy)
    if user_id is None:
        return _decide_by_email(person, _ordinary(facts), policy)
    return _decide_by_user_id(person, _ordinary(facts), policy)


def resolve(person: Admitted, facts: Facts, policy: Policy) -> tuple[Admitted, Decision]:
    """Decide, and where the policy does not enforce let an ambiguous token pass for none instead of refusing it."""
    decision = decide(person, facts, policy)
    if isinstance(decision, Refused) and policy.verification is not Verification.ENFORCED:
        person = as_claimed(person, decision.private or decision.reason)
        decision = decide(person, facts, policy)
    return person, decision


# -- verified --------------------------------------------------------------------------------------------------------


def _decide_by_user_id(person: Admitted, facts: Facts, policy: Policy) -> Decision:
    """Rows 1 to 3: the claim proves a userId, and perhaps an email."""
    holder = _first(facts.by_user_id)
    if holder is not None and holder.user_id_proven:
        return ActAs(holder, proved(holder, person, policy), row=1)
    without_user_id = _first(r for r in facts.by_email if r.user_id is None)
    adoptable = without_user_id if policy.email_adoption else None
    if adoptable is not None and (adoptable.email_proven or holder is None):
        return ActAs(adoptable, proved(adoptable, person, policy), row=2, displaced=holder)
    if holder is not None:
        return ActAs(holder, proved(holder, person, policy), row=1)
    return Create(proved(Record(id=""), person, policy), row=3)


def _decide_by_email(person: Admitted, facts: Facts, policy: Policy) -> Decision:
    """Rows 4 to 6: the claim proves an email only. A record whose email nobody proved counts only for creation."""
    proven = [r for r in facts.by_email if r.email_proven]
    shared = len(proven) > 1
    found = _first(r for r in proven if r.user_id is None or not shared)
    if found is None:
        found = _first(r for r in facts.by_email if not r.proven and r.user_id is None)
    row = 5 if shared else 4 if found else 6
    if found is None:
        return Create(proved(Record(id=""), person, policy), row, email_shared=shared)
    return ActAs(found, proved(found, person, policy), row, email_shared=shared)


def _decide_ambiguous(person: Admitted, facts: Facts, policy: Policy) -> Decision:
    """A token that fits several pairs opens only what is proven to be exactly its own, or something new."""
    found = facts.by_user_id if person.user_id is not None else facts.by_email
    for record in found:
        if owns_exactly(person, record):
            kept = replace(proved(record, person, policy), email=record.email)
            return ActAs(record, kept, row=1 if person.user_id is not None else 4)
    if person.user_id is not None:
        in_the_way, row = _first(facts.by_user_id), 3
        refused = in_the_way is not None and in_the_way.proven
    else:
        in_the_way, row = _first(r for r in facts.by_email if r.user_id is None), 6
        refused = any(r.email_proven for r in facts.by_email)
    if refused:
        return Refused(Reason.INVALID_USER_AUTH_TOKEN, private=Reason.AMBIGUOUS_TOKEN)
    return Create(proved(Record(id=""), person, policy), row, displaced=in_the_way)


# -- claimed ---------------------------------------------------------------------------------------------------------


def _decide_claimed(person: Admitted, facts: Facts, policy: Policy) -> Decision:
    decision = _read_table(person, _ordinary(facts), policy, shadow=False)
    if isinstance(decision, ActAs) and decision.before.sealed:
        return _read_table(person, _shadows(facts), policy, shadow=True)
    return decision


def _read_table(person: Admitted, facts: Facts, policy: Policy, *, shadow: bool) -> ActAs | Create:
    """Read the table as it stands; a record with a proven identifier is acted as, but never changed or adopted."""
    new = Record(id="", user_id=person.user_id, email=person.email, name=person.name, shadow=shadow)
    without_user_id = _first(r for r in facts.by_email if r.user_id is None)
    if person.user_id is not None:
        if facts.by_user_id:
            return _act_claimed(facts.by_user_id[0], person, row=1)
        if without_user_id is not None and not without_user_id.proven and policy.email_adoption:
            return _act_claimed(without_user_id, person, row=2)
        return Create(new, row=3)
    if len(facts.by_email) == 1:
        return _act_claimed(facts.by_email[0], person, row=4)
    shared = len(facts.by_email) > 1
    if without_user_id is not None:
        return _act_claimed(without_user_id, person, row=5, email_shared=shared)
    return Create(new, row=5 if shared else 6, email_shared=shared)


def _act_claimed(before: Record, person: Admitted, *, row: int, email_shared: bool = False) -> ActAs:
    return ActAs(before, claimed(before, person), row, email_shared)


# -- facts -----------------------------------------------------------------------------------------------------------


def _relevant(facts: Facts, user_id: str | None, email: str | None) -> Facts:
    """Keep the records that the usable identifiers really name, whatever storage handed over."""
    key = None if email is None else lookup_key(email)
    return Facts(
        tuple(r for r in facts.by_user_id if user_id is not None and r.user_id == user_id),
        tuple(r for r in facts.by_email if key is not None and r.email_key == key),
    )


def _ordinary(facts: Facts) -> Facts:
    return Facts(tuple(r for r in facts.by_user_id if not r.shadow), tuple(r for r in facts.by_email if not r.shadow))


def _shadows(facts: Facts) -> Facts:
    return Facts(tuple(r for r in facts.by_user_id if r.shadow), tuple(r for r in facts.by_email if r.shadow))


def _first(records: Iterable[Record]) -> Record | None:
    return next(iter(records), None)
