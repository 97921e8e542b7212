"""What a platform learns about visitors it refused, or would have refused."""

from __future__ import annotations

from typing import Protocol

from whosthere.core.anonymous import DAY_MS
from whosthere.services.runtime import Runtime
from whosthere.storage import refusals
from whosthere.storage.tenancy import Tenant

_MINUTE_MS = 60_000


class Refusal(Protocol):
    """The parts of a boot that a sample shows; never an identifier, a token or a name."""

    @property
    def origin(self) -> str | None: ...
    @property
    def page_url(self) -> str | None: ...
    @property
    def from_browser(self) -> bool: ...


def count(runtime: Runtime, tenant: Tenant, reason: str, refusal: Refusal, now: int, *, refused: bool) -> None:
    """Count a refusal by its exact reason and keep a sample of it, within the boot's own transaction.

    Args:
        refused: whether the visitor was refused, or let in because the policy does not enforce.
    """
    refusals.count(tenant, minute=now // _MINUTE_MS, reason=reason, enforced=refused)
    refusals.sample(
        tenant,
        sample_id=runtime.new_id(),
        day=now // DAY_MS,
        reason=reason,
        page_url=refusal.page_url,
        detail={"origin": refusal.origin, "browser": refusal.from_browser, "refused": refused},
        now=now,
    )
