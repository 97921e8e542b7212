"""Why does this proof fail? The first diagnosis, rule by rule (docs/identity.md, "When a token is refused").

For the people who run a platform, never for its visitors: it tells which key a token was nearly made with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from whosthere.core.claims import Claim
from whosthere.core.findings import Finding, finding
from whosthere.core.hmac_diagnosis import diagnose_user_auth_token
from whosthere.core.identifiers import is_blank, read_claim
from whosthere.core.jwt_diagnosis import diagnose_identity_token
from whosthere.core.keys import Key, live
from whosthere.core.policy import Policy, Verification
from whosthere.core.reasons import Reason, Refused
from whosthere.core.verdict import Admitted
from whosthere.core.verification import judge

_ADVICE_CODES = frozenset({"user_id_looks_like_email"})


def explain(config: Mapping[str, object], keys: Sequence[Key], policy: Policy, now: int) -> list[Finding]:
    """Say why the proof in a page's config is refused, or would be under `enforced`.

    Args:
        config: the page's identity keys: `userId`, `userEmail`, `userAuthToken`, `identityToken`, `fullPrivacy`.
        keys: all keys of the platform, ended ones included: a token made with one of them is told apart.
        now: epoch milliseconds.

    Returns:
        Findings, the first failing rule first. Without one that is more than advice the visitor is verified.
    """
    claim = read_claim(config)
    if claim.invalid:
        return [
            replace(finding("identifier_invalid", detail=notice.message), code=notice.code)
            for notice in claim.warnings
            if notice.code not in _ADVICE_CODES
        ]
    verdict = judge(claim, keys, replace(policy, verification=Verification.ENFORCED), now)
    return _diagnose(claim, config, keys, policy, now, verdict)


def _diagnose(
    claim: Claim,
    config: Mapping[str, object],
    keys: Sequence[Key],
    policy: Policy,
    now: int,
    verdict: Admitted | Refused,
) -> list[Finding]:
    by_jwt = not is_blank(claim.identity_token)
    if isinstance(verdict, Admitted):
        found = _advice(verdict, keys)
        return diagnose_identity_token(claim, keys, policy, now) + found if by_jwt else found
    if verdict.private is Reason.USER_ID_PATTERN:
        return [finding("user_id_pattern")]
    if verdict.private is Reason.MISSING_USER_AUTH_TOKEN:
        return [finding("token_missing")]
    no_key = [] if live(keys, now) else [finding("no_live_key")]
    if by_jwt:
        return no_key + diagnose_identity_token(claim, keys, policy, now)
    withheld = config.get("userEmail") if claim.full_privacy else None
    return no_key + diagnose_user_auth_token(claim, keys, now, withheld if isinstance(withheld, str) else None)


def _advice(person: Admitted, keys: Sequence[Key]) -> list[Finding]:
    if person.key_id is None:
        return [finding("nothing_to_prove")]
    found = [finding("ambiguous_token")] if person.ambiguous else []
    if any(key.weak for key in keys if key.id == person.key_id):
        found.append(finding("weak_secret", key_name=person.key_name or ""))
    return found
