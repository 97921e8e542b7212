"""Why is this visitor not verified? What the platform knows, beside what can be read in the proof itself.

For the people who run a platform, never for its visitors. Nothing that is asked about is stored or logged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from whosthere.core.explain import explain as explain_config
from whosthere.core.findings import Finding, finding
from whosthere.core.identifiers import read_claim
from whosthere.core.jwt_diagnosis import named_key
from whosthere.core.policy import Policy, Verification
from whosthere.core.reasons import Refused
from whosthere.core.resolution import resolve, usable_identifiers
from whosthere.core.verification import judge
from whosthere.services.runtime import Runtime
from whosthere.services.tokens import NO_PLATFORM
from whosthere.storage import audit, keys, users
from whosthere.storage.audit import KEY_DELETED, NEWEST, Wanted
from whosthere.storage.keys import Keyring
from whosthere.storage.tenancy import Tenant

DELETED_MAX = 20
"""How many of the newest deleted keys are looked at."""
DELETED_NAMED_MAX = 3


@dataclass(frozen=True, slots=True)
class Explanation:
    """Whether a page's proof is accepted under `enforced`, and everything that is to be said about it."""

    verified: bool
    findings: Sequence[Finding]


def explain(
    runtime: Runtime, platform_id: str, config: Mapping[str, object], *, beside: Sequence[str] = ()
) -> Explanation | Refused:
    """Say exactly why the proof in a page's config is refused.

    Args:
        config: the page's identity keys: `userId`, `userEmail`, `userAuthToken`, `identityToken`, `fullPrivacy`.
        beside: ids of other platforms of whoever asks: a token made with one of their keys is told apart.
    """
    now = runtime.clock()
    with runtime.reading(platform_id) as tenant:
        keyring = keys.keyring(tenant, runtime.vault)
        if keyring is None:
            return NO_PLATFORM
        policy = keyring.platform.policy
        findings = explain_config(config, keyring.keys, policy, now)
        codes = {found.code for found in findings}
        if "ambiguous_token" in codes and _opens_somebody(tenant, config, keyring, now):
            findings = [_not_accepted(one) if one.code == "ambiguous_token" else one for one in findings]
        deleted = _deleted(tenant, config) if "signature_unknown" in codes else []
    if "signature_unknown" in codes:
        owner = _platform_of_key(runtime, [one for one in beside if one != platform_id], config, policy)
        if owner:
            other = finding("key_of_other_platform", detail=owner)
            findings = [other if one.code == "signature_unknown" else one for one in findings]
        else:
            findings += deleted
    return Explanation(verified=all(found.advice for found in findings), findings=findings)


def _opens_somebody(tenant: Tenant, config: Mapping[str, object], keyring: Keyring, now: int) -> bool:
    """Whether an ambiguous token meets records that it must neither open nor change, so that the boot refuses it."""
    policy = replace(keyring.platform.policy, verification=Verification.ENFORCED)
    person = judge(read_claim(config), keyring.keys, policy, now)
    if isinstance(person, Refused):
        return False
    user_id, email = usable_identifiers(person)
    _, decision = resolve(person, users.facts(tenant, user_id=user_id, email=email).facts, policy)
    return isinstance(decision, Refused)


def _not_accepted(ambiguous: Finding) -> Finding:
    title = "The helpshift token also fits another pair of userId and userEmail, and would open or change a record of "
    return replace(ambiguous, title=f"{title}somebody who exists: refused.", advice=False)


def _deleted(tenant: Tenant, config: Mapping[str, object]) -> list[Finding]:
    """Return the deleted key that a JWT names, or those with which the token may have been made."""
    entries = audit.newest(tenant, NEWEST, DELETED_MAX, Wanted(action=KEY_DELETED))
    names = {entry.detail.get("key"): entry for entry in entries}
    named = names.get(named_key(config.get("identityToken")))
    if named is not None:
        return [_of_deleted("jwt_kid_deleted", named)]
    return [_of_deleted("key_deleted", entry) for entry in entries[:DELETED_NAMED_MAX]]


def _of_deleted(code: str, entry: audit.Entry) -> Finding:
    day = datetime.fromtimestamp(entry.created_at / 1000, UTC)
    return finding(code, key_name=str(entry.detail.get("name", "")), detail=f"{day.day} {day:%B %Y}")


def _platform_of_key(
    runtime: Runtime, platform_ids: Sequence[str], config: Mapping[str, object], policy: Policy
) -> str | None:
    """Return the name of the platform whose keys a proof fits, however badly it is made."""
    for platform_id in platform_ids:
        with runtime.reading(platform_id) as tenant:
            other = keys.keyring(tenant, runtime.vault)
        if other is None or not other.keys:
            continue
        found = explain_config(config, other.keys, policy, runtime.clock())
        if not any(one.code == "signature_unknown" for one in found):
            return other.platform.name
    return None
