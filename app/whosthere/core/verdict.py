"""The verdict over a claim: let in with an assurance, or refused (docs/identity.md §4).

The values; `core.verification.judge` makes them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from whosthere.core.assurance import Assurance
from whosthere.core.claims import Notice
from whosthere.core.reasons import Reason


@dataclass(frozen=True, slots=True)
class Admitted:
    """A claim that is let in.

    Attributes:
        user_id, email, name: what the visitor goes by; `None` where not given (or withheld by `fullPrivacy`).
        user_id_proven, email_proven, name_proven: whether the proof covers the value.
        key_id, key_name: the key that proved it, `None` unless `assurance` is verified.
        proof_expires_at: epoch milliseconds at which the proof itself ends (a JWT's `exp`), else `None`.
        ambiguous: proven by a `helpshift` key while more than one split of the signed text fits.
        tab_scoped: made anonymous by an invalid identifier; lives in this tab only.
        not_enforced: what would have refused this claim under `enforced`, for diagnostics; else `None`.
    """

    assurance: Assurance
    user_id: str | None = None
    email: str | None = None
    name: str | None = None
    user_id_proven: bool = False
    email_proven: bool = False
    name_proven: bool = False
    key_id: str | None = None
    key_name: str | None = None
    proof_expires_at: int | None = None
    ambiguous: bool = False
    tab_scoped: bool = False
    not_enforced: Reason | None = None
    warnings: tuple[Notice, ...] = ()


def as_claimed(person: Admitted, reason: Reason) -> Admitted:
    """Return a verified person as one whose proof does not count, because of `reason`."""
    return replace(
        person,
        assurance=Assurance.CLAIMED,
        user_id_proven=False,
        email_proven=False,
        name_proven=False,
        key_id=None,
        key_name=None,
        proof_expires_at=None,
        ambiguous=False,
        not_enforced=reason,
    )
