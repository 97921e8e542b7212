"""The claim: what one boot request says about the person, after validation (docs/identity.md §2)."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Notice:
    """One entry of the boot answer's `warnings`: a stable code, the config key, a sentence.

    Codes are listed in docs/codes.md. The sentence never repeats the value it is about.
    """

    code: str
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Claim:
    """Identifiers and proofs of one boot, read by `core.identifiers.read_claim`.

    `user_id` and `user_email` are valid or `None`. `invalid` says that one was given but broken: then both are
    `None`, whatever the other one was, and the visitor is anonymous in a scope of its own (this tab).
    The tokens keep the JSON type they came with, because judging them is the verifier's work.
    """

    user_id: str | None = None
    user_email: str | None = None
    user_name: str | None = None
    user_auth_token: object = field(default=None, repr=False)
    identity_token: object = field(default=None, repr=False)
    full_privacy: bool = False
    clear_anonymous: bool = False
    invalid: bool = False
    warnings: tuple[Notice, ...] = ()

    @property
    def identified(self) -> bool:
        """Whether the page gave an identifier that may be used."""
        return self.user_id is not None or self.user_email is not None
