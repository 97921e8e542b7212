"""Which anonymous users a browser brought along are still alive."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from whosthere.core.anonymous import Anonymous, has_ended
from whosthere.core.policy import Policy
from whosthere.services.runtime import Runtime
from whosthere.storage import sessions
from whosthere.storage.sessions import AnonymousState
from whosthere.storage.tenancy import Tenant


@dataclass(frozen=True, slots=True)
class Kept:
    """The living anonymous users of one browser: that of the browser, and that of this tab."""

    browser: Anonymous | None
    tab: Anonymous | None
    states: dict[str, AnonymousState] = field(default_factory=dict)


def choose(runtime: Runtime, tenant: Tenant, policy: Policy, tokens: Iterable[object], now: int) -> Kept:
    """Read the tokens a page sent (of any type) and keep those of users that have not ended."""
    browser: Anonymous | None = None
    tab: Anonymous | None = None
    states: dict[str, AnonymousState] = {}
    for token in tokens:
        anonymous = runtime.signer.read_anonymous(token, tenant.platform_id)
        if anonymous is None:
            continue
        state = sessions.anonymous_state(tenant, anonymous.id)
        if state.ended or has_ended(anonymous, policy, now, state.last_active_at):
            continue
        states[anonymous.id] = state
        if anonymous.tab_scoped:
            tab = tab or anonymous
        else:
            browser = browser or anonymous
    return Kept(browser, tab, states)


def end_all(tenant: Tenant, kept: Kept, now: int) -> Kept:
    """End what a browser was asked to forget: the tab's anonymous user as well as the browser's. Nothing is left."""
    for anonymous_id in kept.states:
        sessions.end_anonymous(tenant, anonymous_id, now)
    return Kept(browser=None, tab=None)
