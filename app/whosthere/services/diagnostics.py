"""What a platform learns about visitors it refused, or would have refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from whosthere.core import origins
from whosthere.core.anonymous import DAY_MS
from whosthere.core.explain import explain
from whosthere.core.findings import Finding
from whosthere.core.reasons import Reason
from whosthere.services.runtime import Runtime
from whosthere.storage import keys, platforms, refusals
from whosthere.storage.keys import Keyring
from whosthere.storage.platforms import Platform
from whosthere.storage.refusals import Daily, Sample, Total
from whosthere.storage.tenancy import Tenant

SAMPLES_READ_MAX = 500
PLATFORMS_LOOKED_AT_MAX = 20
KEYS_LOOKED_AT_MAX = 10
SCRIPT_OUTDATED = "script_outdated"
NOT_ABOUT_PROOFS = frozenset({Reason.ORIGIN_NOT_ALLOWED.value, SCRIPT_OUTDATED})
"""What is counted of visits whatever they claim to be."""
_MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Refusals:
    """What was refused in some days, or would have been.

    Attributes:
        samples: examples, the newest first; a day keeps a limited number of them.
        verified: how many visits brought a good proof.
    """

    totals: Sequence[Total]
    samples: Sequence[Sample]
    verified: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a new platform has got.

    Attributes:
        first_boot_at: when the first page reached us, epoch milliseconds.
        verified_at: when a key last proved somebody, epoch milliseconds.
        trouble: the newest refusal since, if there is one.
        strayed: another platform, to which a page of this one has come lately instead.
    """

    first_boot_at: int | None
    verified_at: int | None
    trouble: Sample | None
    strayed: Platform | None


class Refusal(Protocol):
    """The parts of a boot that a sample is made of: of its body only what is wrong with it, never a value."""

    @property
    def body(self) -> Mapping[str, object]: ...
    @property
    def origin(self) -> str | None: ...
    @property
    def page_url(self) -> str | None: ...
    @property
    def from_browser(self) -> bool: ...


def count(
    runtime: Runtime, tenant: Tenant, reason: str, refusal: Refusal, keyring: Keyring, now: int, *, refused: bool
) -> None:
    """Count a refusal by its exact reason and keep a sample of it, within the boot's own transaction.

    A sample says which rule the proof breaks first. That is found out for samples alone, a few dozen a day at most.

    Args:
        refused: whether the visitor was refused, or let in because the policy does not enforce.
    """
    day = now // DAY_MS
    refusals.count(tenant, minute=now // _MINUTE_MS, reason=reason, enforced=refused)
    if not refusals.wants_sample(tenant, day, reason):
        return
    detail: dict[str, Any] = {"origin": refusal.origin, "browser": refusal.from_browser, "refused": refused}
    first = None if reason in NOT_ABOUT_PROOFS else _first_finding(refusal.body, keyring, now)
    if first is not None:
        detail["finding"] = {"code": first.code, "title": first.title, "howToMend": first.how_to_mend}
    sample_id = runtime.new_id()
    refusals.sample(
        tenant, sample_id=sample_id, day=day, reason=reason, page_url=refusal.page_url, detail=detail, now=now
    )


def _first_finding(config: Mapping[str, object], keyring: Keyring, now: int) -> Finding | None:
    last = sorted(keyring.keys, key=lambda key: float("inf") if key.ends_at is None else key.ends_at, reverse=True)
    found = explain(config, last[:KEYS_LOOKED_AT_MAX], keyring.platform.policy, now)
    return next((one for one in found if not one.advice), None)


def refusals_of(runtime: Runtime, platform_id: str, days: int) -> Refusals:
    """Return what was refused in the last `days`, today included, or would have been."""
    today = runtime.clock() // DAY_MS
    first = today - days + 1
    minute = first * DAY_MS // _MINUTE_MS
    with runtime.reading(platform_id) as tenant:
        return Refusals(
            refusals.totals(tenant, minute),
            refusals.samples(tenant, first, SAMPLES_READ_MAX),
            refusals.verified(tenant, minute),
        )


def daily_of(runtime: Runtime, platform_id: str, from_day: int, to_day: int) -> Sequence[Daily]:
    """Return what was refused, or would have been, by day and reason (days since 1970), the newest day first."""
    with runtime.reading(platform_id) as tenant:
        return refusals.daily(tenant, from_day, to_day)


def tell_passed(runtime: Runtime) -> None:
    """Write down how many visits of this process brought a good proof; what cannot be written is kept."""
    waiting = list(runtime.passed.take().items())
    try:
        while waiting:
            (platform_id, minute), number = waiting[-1]
            _tell_passed(runtime, platform_id, minute, number)
            waiting.pop()
    finally:
        for (platform_id, minute), number in waiting:
            runtime.passed.put_back(platform_id, minute, number)


def _tell_passed(runtime: Runtime, platform_id: str, minute: int, number: int) -> None:
    runtime.writing(platform_id, lambda tenant: refusals.count_verified(tenant, minute=minute, number=number))


def sample_of(runtime: Runtime, platform_id: str, sample_id: str) -> Sample | None:
    """Return one example of a refusal, or `None`."""
    with runtime.reading(platform_id) as tenant:
        return refusals.find_sample(tenant, sample_id)


def progress_of(runtime: Runtime, platform: Platform, *, beside: Sequence[str] = ()) -> Progress:
    """Return how far a platform has got on its way to the first verified visitor.

    Args:
        beside: ids of other platforms of whoever asks: its pages may send the id of one of them by mistake.
    """
    yesterday = runtime.clock() // DAY_MS - 1
    with runtime.reading(platform.id) as tenant:
        used = [row.last_used_at for row in keys.listed(tenant) if row.last_used_at is not None]
        newest = refusals.samples(tenant, yesterday, 1)
    verified_at = max(used, default=None)
    trouble = next((one for one in newest if verified_at is None or one.created_at >= verified_at), None)
    strayed = None if platform.first_boot_at else _strayed(runtime, platform, beside, yesterday)
    return Progress(platform.first_boot_at, verified_at, trouble, strayed)


def _strayed(runtime: Runtime, platform: Platform, beside: Sequence[str], from_day: int) -> Platform | None:
    """Return a platform that has lately turned away a page of this one."""
    for other_id in [one for one in beside if one != platform.id][:PLATFORMS_LOOKED_AT_MAX]:
        with runtime.reading(other_id) as tenant:
            for sample in refusals.samples(tenant, from_day, SAMPLES_READ_MAX):
                origin = str(sample.detail.get("origin") or "")
                if sample.reason == Reason.ORIGIN_NOT_ALLOWED.value and origins.allows(platform.origins, origin):
                    return platforms.find(tenant.connection, other_id)
    return None
