"""What a boot is told, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from whosthere.core.assurance import Assurance
from whosthere.core.claims import Notice
from whosthere.core.policy import Verification
from whosthere.core.sessions import Session
from whosthere.core.verdict import Admitted
from whosthere.storage.conversations import Conversation
from whosthere.storage.history import Begun
from whosthere.storage.platforms import Platform


@dataclass(frozen=True, slots=True)
class BootRequest:
    """One boot, as the edge received it.

    Attributes:
        body: the parsed JSON object; its values keep the types they came with.
        origin: the `Origin` header, `None` without one.
        from_browser: whether any `Origin` or `Sec-Fetch-*` header says that a browser sent it.
        previous_session: the bearer token the page held before, if it sent one.
        address: that of the client.
        script_outdated: whether the page runs an older embed script than this installation has.
    """

    platform_id: str
    body: Mapping[str, object] = field(repr=False)
    origin: str | None
    from_browser: bool
    previous_session: str | None = field(default=None, repr=False)
    page_url: str | None = None
    language: str | None = None
    address: str | None = None
    script_outdated: bool = False


@dataclass(frozen=True, slots=True)
class Booted:
    """The answer to a boot that is let in.

    Attributes:
        missing: what the visitor may be asked for, `name` and `email`.
        history_offer: what was begun without logging in and may be added.
    """

    platform: Platform
    session: Session
    session_token: str = field(repr=False)
    person: Admitted
    name: str | None
    anonymous_token: str | None = field(repr=False)
    tab_scoped: bool
    unread_count: int
    conversation: Conversation | None
    warnings: tuple[Notice, ...]
    attachment_bytes_max: int
    missing: tuple[str, ...] = ()
    history_offer: Begun | None = None

    @property
    def is_counted(self) -> bool:
        """Whether it belongs to what the desk compares refusals with; without verification nothing is compared."""
        checked = self.platform.policy.verification is not Verification.OFF
        return checked and self.person.assurance is Assurance.VERIFIED
