"""Keys, policies and a small world of stored records for the tests of the rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from tests.people import OTHER_SECRET, SECRET, base64_token, hex_token
from whosthere.core.assurance import Assurance
from whosthere.core.keys import Key, Scheme
from whosthere.core.policy import Policy, Verification
from whosthere.core.provenance import Record
from whosthere.core.resolution import ActAs, Create, Decision, Facts, detached
from whosthere.core.verdict import Admitted

NOW = 1_800_000_000_000
MINUTE = 60_000
PLATFORM = "plt_test"

ENFORCED = Policy(PLATFORM)
REPORT = Policy(PLATFORM, verification=Verification.REPORT)
OFF = Policy(PLATFORM, verification=Verification.OFF)

STANDARD = Key("key-standard", "Website", Scheme.STANDARD, SECRET.encode())
HELPSHIFT = Key("key-helpshift", "Old Helpshift", Scheme.HELPSHIFT, b"an old helpshift secret")
USER_ID_HEX = Key("key-user-id-hex", "Old Intercom", Scheme.USER_ID_HEX, b"an old intercom secret")
EMAIL_HEX = Key("key-email-hex", "Old Help Scout", Scheme.EMAIL_HEX, b"an old help scout secret")
ENDED = Key("key-ended", "Last year", Scheme.STANDARD, OTHER_SECRET.encode(), ends_at=NOW)
KEYS = (STANDARD, HELPSHIFT, USER_ID_HEX, EMAIL_HEX)


def token_of(key: Key, user_id: str | None, user_email: str | None) -> str:
    """The `userAuthToken` of a key, made without the code under test."""
    secret = key.secret.decode()
    left, right = user_id or "", user_email or ""
    if key.scheme is Scheme.STANDARD:
        return base64_token(secret, f"{left}\n{right}")
    if key.scheme is Scheme.HELPSHIFT:
        return base64_token(secret, left + right)
    return hex_token(secret, left if key.scheme is Scheme.USER_ID_HEX else right)


def config(user_id: str | None = None, user_email: str | None = None, **more: object) -> Mapping[str, object]:
    """A page's config, without the keys that are not given."""
    given = {"userId": user_id, "userEmail": user_email, **more}
    return {name: value for name, value in given.items() if value is not None}


@dataclass
class Message:
    """Something a person wrote, with the assurance it was written with."""

    record_id: str
    text: str
    verified: bool


@dataclass
class World:
    """An in-memory storage with the uniqueness rules of the real one."""

    records: dict[str, Record] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    created: int = 0

    def facts(self) -> Facts:
        """Everything; `decide` has to disregard what the identifiers do not name."""
        everything = tuple(self.records.values())
        return Facts(everything, everything)

    def apply(self, decision: Decision) -> str:
        """Store a decision and return the id of the record acted as."""
        assert isinstance(decision, ActAs | Create)
        if decision.displaced is not None:
            self.records[decision.displaced.id] = detached(decision.displaced)
        if isinstance(decision, Create):
            self.created += 1
            record = replace(decision.record, id=f"record-{self.created}")
        else:
            assert self.records[decision.before.id] == decision.before
            record = decision.after
        self.records[record.id] = record
        self._check_uniqueness(record)
        return record.id

    def verified_messages(self, record_id: str) -> list[str]:
        """What verified people wrote in a record, which is what nobody else may add to or hide."""
        return [each.text for each in self.messages if each.record_id == record_id and each.verified]

    def _check_uniqueness(self, changed: Record) -> None:
        for other in self.records.values():
            if other.id == changed.id or other.shadow != changed.shadow:
                continue
            assert other.user_id is None or other.user_id != changed.user_id, "userId is not unique"
            if other.user_id is None and changed.user_id is None and changed.email_key is not None:
                assert other.email_key != changed.email_key, "two email-only records with one email"


def verified(
    user_id: str | None = None,
    email: str | None = None,
    *,
    proven: Iterable[str] = ("user_id", "email"),
    name: str | None = None,
    name_proven: bool = False,
    ambiguous: bool = False,
) -> Admitted:
    """A verified person; `proven` names the identifiers the proof covers, all given ones by default."""
    return Admitted(
        Assurance.VERIFIED,
        user_id=user_id,
        email=email,
        name=name,
        user_id_proven=user_id is not None and "user_id" in proven,
        email_proven=email is not None and "email" in proven,
        name_proven=name_proven,
        key_id=STANDARD.id,
        key_name=STANDARD.name,
        ambiguous=ambiguous,
    )


def claimed(user_id: str | None = None, email: str | None = None, name: str | None = None) -> Admitted:
    """Somebody who only says who they are."""
    return Admitted(Assurance.CLAIMED, user_id=user_id, email=email, name=name)
