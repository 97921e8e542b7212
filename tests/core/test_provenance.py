"""Properties of resolution: whom nothing can reach, however claims and proofs are mixed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.world import ENFORCED, REPORT, Message, World, claimed, verified
from whosthere.core.assurance import Assurance
from whosthere.core.emails import lookup_key
from whosthere.core.policy import Policy
from whosthere.core.provenance import Record
from whosthere.core.reasons import Refused
from whosthere.core.resolution import ActAs, Create, Facts, decide, resolve, usable_identifiers
from whosthere.core.verdict import Admitted

user_ids = st.sampled_from(["ada", "bob"])
emails = st.sampled_from(["ada@example.com", "ADA@example.com", "bob@example.com"])
names = st.none() | st.sampled_from(["Ada", "Bob", "Somebody"])


@st.composite
def verified_people(draw: st.DrawFn, *, may_be_ambiguous: bool = True) -> Admitted:
    user_id, email = draw(st.tuples(st.none() | user_ids, st.none() | emails).filter(any))
    given_ = [name for name, value in (("user_id", user_id), ("email", email)) if value]
    # A helpshift token covers everything given, so only such a person can be ambiguous.
    is_ambiguous = may_be_ambiguous and draw(st.booleans())
    covered = given_ if is_ambiguous else draw(st.lists(st.sampled_from(given_), min_size=1, unique=True))
    name = draw(names)
    by_jwt = name is not None and not is_ambiguous and draw(st.booleans())
    return verified(user_id, email, proven=covered, name=name, name_proven=by_jwt, ambiguous=is_ambiguous)


@st.composite
def claimed_people(draw: st.DrawFn) -> Admitted:
    user_id, email = draw(st.tuples(st.none() | user_ids, st.none() | emails).filter(any))
    return claimed(user_id, email, draw(names))


@st.composite
def any_records(draw: st.DrawFn) -> Record:
    """Records of every kind, also in combinations our own rules would never make."""
    user_id, email = draw(st.none() | user_ids), draw(st.none() | emails)
    flag = st.booleans()
    shadow = draw(flag)
    return Record(
        draw(st.uuids()).hex,
        user_id=user_id,
        user_id_proven=user_id is not None and not shadow and draw(flag),
        email=email,
        email_proven=email is not None and not shadow and draw(flag),
        sealed=not shadow and draw(flag),
        shadow=shadow,
    )


policies = st.builds(
    lambda policy, adoption: replace(policy, email_adoption=adoption),
    st.sampled_from([ENFORCED, REPORT]),
    st.booleans(),
)


@given(verified_people() | claimed_people(), st.lists(any_records(), max_size=5), policies)
def test_no_record_is_opened_that_no_usable_identifier_names(
    person: Admitted, records: list[Record], policy: Policy
) -> None:
    user_id, email = usable_identifiers(person)
    decision = decide(person, Facts(tuple(records), tuple(records)), policy)
    if isinstance(decision, ActAs):
        named = decision.before.user_id == user_id if user_id else False
        mailed = decision.before.email_key == lookup_key(email) if email else False
        assert named or mailed
        assert not (person.assurance is Assurance.CLAIMED and decision.before.sealed)
        assert not (person.assurance is Assurance.VERIFIED and decision.before.shadow)


@given(verified_people(), st.lists(any_records(), max_size=5), policies)
def test_an_ambiguous_token_never_opens_what_is_not_exactly_its_own(
    person: Admitted, records: list[Record], policy: Policy
) -> None:
    decision = decide(replace(person, ambiguous=True), Facts(tuple(records), tuple(records)), policy)
    if isinstance(decision, ActAs):
        before, email = decision.before, person.email
        assert (before.user_id if before.user_id_proven else None) == person.user_id
        assert (before.email_key if before.email_proven else None) == (lookup_key(email) if email else None)
        assert (decision.after.user_id, decision.after.email) == (before.user_id, before.email)
        assert not decision.adopts


@given(verified_people() | claimed_people(), st.lists(any_records(), max_size=5), policies)
def test_proven_never_becomes_claimed_again(person: Admitted, records: list[Record], policy: Policy) -> None:
    decision = decide(person, Facts(tuple(records), tuple(records)), policy)
    if isinstance(decision, ActAs):
        before, after = decision.before, decision.after
        assert after.user_id_proven >= before.user_id_proven
        assert after.email_proven >= before.email_proven
        assert after.sealed >= before.sealed
        assert (after.id, after.shadow) == (before.id, before.shadow)
        assert not before.user_id_proven or after.user_id == before.user_id
    if isinstance(decision, ActAs | Create) and decision.displaced is not None:
        assert not decision.displaced.user_id_proven
        assert person.assurance is Assurance.VERIFIED


@given(claimed_people(), st.lists(any_records(), max_size=5), policies)
def test_a_claimed_visitor_changes_no_record_with_a_proven_identifier(
    person: Admitted, records: list[Record], policy: Policy
) -> None:
    decision = decide(person, Facts(tuple(records), tuple(records)), policy)
    assert isinstance(decision, ActAs | Create)
    if isinstance(decision, ActAs):
        assert decision.after == decision.before or not decision.before.proven
        assert not decision.after.proven or decision.before.proven
    else:
        assert not decision.record.proven
        assert not decision.record.sealed


# -- a history of visits ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Visit:
    """Somebody comes under a policy and writes one message."""

    person: Admitted
    policy: Policy


def sight(world: World, visit: Visit, text: str) -> object:
    """Let a visit happen and return what the visitor sees of proven things."""
    person, decision = resolve(visit.person, world.facts(), visit.policy)
    if isinstance(decision, Refused):
        return "refused"
    record_id = world.apply(decision)
    is_verified = person.assurance is Assurance.VERIFIED
    world.messages.append(Message(record_id, text, is_verified))
    record = world.records[record_id]
    if not is_verified:
        return "claimed"
    return (
        (record.user_id, record.user_id_proven, record.email, record.email_proven),
        (record.name, record.name_proven, record.sealed),
        decision.row if decision.email_shared else None,
        world.verified_messages(record_id),
    )


visits = st.builds(Visit, verified_people(), policies) | st.builds(
    # Nobody is claimed where it is enforced: `judge` refuses.
    Visit,
    claimed_people(),
    st.booleans().map(lambda adoption: replace(REPORT, email_adoption=adoption)),
)


@settings(max_examples=200)
@given(st.lists(visits, max_size=7))
def test_nothing_a_claimed_visitor_did_changes_what_a_verified_person_sees(history: list[Visit]) -> None:
    """The same history with every claimed visit deleted shows each verified person the same.

    An ambiguous token in a lenient policy may end as a claimed visit; whether it does must not depend on the others.
    """
    everything, without_claimed = World(), World()
    for number, visit in enumerate(history):
        seen = sight(everything, visit, f"message {number}")
        if visit.person.assurance is Assurance.VERIFIED:
            assert sight(without_claimed, visit, f"message {number}") == seen
    proven_ones = [
        sorted(
            str((r.user_id, r.email, r.name, r.name_proven, r.sealed, world.verified_messages(r.id)))
            for r in world.records.values()
            if r.proven
        )
        for world in (everything, without_claimed)
    ]
    assert proven_ones[0] == proven_ones[1]


@given(st.lists(visits, max_size=7))
def test_a_record_has_identifiers_of_one_provenance(history: list[Visit]) -> None:
    world = World()
    for number, visit in enumerate(history):
        sight(world, visit, str(number))
    for record in world.records.values():
        if record.proven:
            assert record.user_id_proven == (record.user_id is not None)
            assert record.email_proven == (record.email is not None)
            assert not record.shadow
        else:
            assert not record.name_proven
            assert not record.sealed


@given(st.lists(visits, max_size=7), verified_people(may_be_ambiguous=False))
def test_who_comes_back_with_the_same_proof_comes_back_to_the_same_record(
    history: list[Visit], person: Admitted
) -> None:
    """And changes nothing the second time."""
    world = World()
    for number, visit in enumerate(history):
        sight(world, visit, str(number))
    world.apply(decide(person, world.facts(), REPORT))
    again = decide(person, world.facts(), REPORT)
    assert isinstance(again, ActAs)
    assert again.after == again.before
    assert again.displaced is None
