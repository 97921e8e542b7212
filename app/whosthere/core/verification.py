"""Is the visitor let in, and as what? The truth table of docs/identity.md §4.

`judge` is total and pure: a claim, the platform's keys and its policy in, a verdict out. Nothing is remembered, so a
refusal has no effect on anything.
"""

from __future__ import annotations

from collections.abc import Iterable

from whosthere.core import jwt_tokens
from whosthere.core.assurance import Assurance
from whosthere.core.claims import Claim, Notice
from whosthere.core.hmac_schemes import decode_token, verifying_keys
from whosthere.core.identifiers import is_blank
from whosthere.core.keys import Key, Scheme, live
from whosthere.core.patterns import matches
from whosthere.core.policy import Policy, Verification
from whosthere.core.reasons import Reason, Refused
from whosthere.core.splits import is_ambiguous
from whosthere.core.verdict import Admitted

_IDENTITY_TOKEN_IGNORED = Notice(
    "identity_token_ignored", "identityToken", "The identityToken was not accepted; this visitor is anonymous."
)


def judge(claim: Claim, keys: Iterable[Key], policy: Policy, now: int) -> Admitted | Refused:
    """Decide whether the visitor behind `claim` is let in.

    Args:
        keys: the platform's keys; ended ones are filtered out here.
        now: epoch milliseconds.

    Returns:
        `Admitted`, or `Refused` with one of the two public reasons and the exact one in `private`. A platform
        without a live key verifies nobody: the door never opens because a key is missing.
    """
    if claim.invalid:
        return Admitted(Assurance.ANONYMOUS, name=claim.user_name, tab_scoped=True, warnings=claim.warnings)
    usable = live(keys, now)
    if not is_blank(claim.identity_token):
        outcome = _prove_by_jwt(claim, usable, policy, now)
    elif not claim.identified:
        return Admitted(Assurance.ANONYMOUS, name=claim.user_name, warnings=claim.warnings)
    elif is_blank(claim.user_auth_token):
        outcome = Reason.MISSING_USER_AUTH_TOKEN
    else:
        outcome = _prove_by_hmac(claim, usable, policy)
    return _unproven(claim, policy, outcome) if isinstance(outcome, Reason) else outcome


def _prove_by_jwt(claim: Claim, keys: tuple[Key, ...], policy: Policy, now: int) -> Admitted | Reason:
    proof = jwt_tokens.verify(claim.identity_token, claim, keys, policy.platform_id, now)
    if isinstance(proof, Refused):
        return proof.reason
    if proof.user_id is not None and not matches(policy.user_id_pattern, proof.user_id):
        return Reason.USER_ID_PATTERN
    return Admitted(
        Assurance.VERIFIED,
        user_id=proof.user_id,
        email=proof.email,
        name=proof.name,
        user_id_proven=proof.user_id is not None,
        email_proven=proof.email_proven,
        name_proven=proof.name_proven,
        key_id=proof.key.id,
        key_name=proof.key.name,
        proof_expires_at=proof.expires_at,
        warnings=claim.warnings + proof.warnings,
    )


def _prove_by_hmac(claim: Claim, keys: tuple[Key, ...], policy: Policy) -> Admitted | Reason:
    token = claim.user_auth_token
    if not isinstance(token, str):
        return Reason.TOKEN_FORMAT
    proving = verifying_keys(token, claim, keys)
    if not proving:
        return _why_unproven(token, keys)
    if claim.user_id is not None and not matches(policy.user_id_pattern, claim.user_id):
        return Reason.USER_ID_PATTERN
    key = proving[0]
    return Admitted(
        Assurance.VERIFIED,
        user_id=claim.user_id,
        email=claim.user_email,
        name=claim.user_name,
        user_id_proven=claim.user_id is not None and key.scheme is not Scheme.EMAIL_HEX,
        email_proven=claim.user_email is not None and key.scheme is not Scheme.USER_ID_HEX,
        key_id=key.id,
        key_name=key.name,
        ambiguous=key.scheme is Scheme.HELPSHIFT
        and is_ambiguous(claim.user_id, claim.user_email, policy.user_id_pattern),
        warnings=claim.warnings,
    )


def _why_unproven(token: str, keys: tuple[Key, ...]) -> Reason:
    if not keys:
        return Reason.NO_LIVE_KEY
    spelled = any(decode_token(key.scheme, token) is not None for key in keys)
    return Reason.TOKEN_SIGNATURE if spelled else Reason.TOKEN_FORMAT


def _unproven(claim: Claim, policy: Policy, reason: Reason) -> Admitted | Refused:
    """Refuse under `enforced`; else let in what the page itself says, and note what would have refused it."""
    if policy.verification is Verification.ENFORCED:
        missing = reason is Reason.MISSING_USER_AUTH_TOKEN
        public = Reason.MISSING_USER_AUTH_TOKEN if missing else Reason.INVALID_USER_AUTH_TOKEN
        return Refused(public, private=reason)
    if not claim.identified:
        return Admitted(
            Assurance.ANONYMOUS,
            name=claim.user_name,
            not_enforced=reason,
            warnings=(*claim.warnings, _IDENTITY_TOKEN_IGNORED),
        )
    return Admitted(
        Assurance.CLAIMED,
        user_id=claim.user_id,
        email=claim.user_email,
        name=claim.user_name,
        not_enforced=reason,
        warnings=claim.warnings,
    )
