"""What every use case works with; made once by the entry point, passed to every service function."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import uuid_utils

from whosthere.realtime.hub import Hub
from whosthere.services.failures import Failures
from whosthere.services.passed import Passed
from whosthere.services.readings import Readings
from whosthere.services.signer import Signer
from whosthere.services.smtp import Smtp
from whosthere.services.throttle import Throttle
from whosthere.services.watch import AccessWatch
from whosthere.storage.colleagues import Member
from whosthere.storage.database import Database
from whosthere.storage.files import Files
from whosthere.storage.inbox import Case
from whosthere.storage.tenancy import Tenant
from whosthere.storage.vault import Vault

T = TypeVar("T")


def new_id() -> str:
    """Return a UUIDv7 (RFC 9562): unique, and close to its neighbours in time in every index."""
    return str(uuid_utils.uuid7())


def new_secret() -> str:
    """Return 32 random bytes as text, for keys and tokens."""
    return secrets.token_urlsafe(32)


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Runtime:
    """The parts of one running installation.

    Attributes:
        clock: returns the present time in epoch milliseconds.
        files: where the bytes of attachments are.
        exports: the folder of what the desk prepares to be taken along; machines share it as they share the files.
        attachment_bytes_max: how large one may be; 0 when none are taken.
        new_id: returns a fresh UUID for a row.
        new_anonymous_id: returns a fresh unguessable UUID for an anonymous user.
        mailer: the mail server, `None` without one.
        public_url: where browsers reach this server, `None` when nobody said so.
        typing: how often this process passes on that somebody types.
        cases: conversations that many agents are told of at once.
        colleagues: agents that many others are told of at once.
        failures: sign-ins that failed in this process, until the security log has them.
        passed: visits with a good proof, until the desk's counters have them.
    """

    database: Database
    vault: Vault
    signer: Signer
    hub: Hub
    watch: AccessWatch
    clock: Callable[[], int]
    files: Files
    exports: Path
    attachment_bytes_max: int
    mailer: Smtp | None = None
    public_url: str | None = None
    new_id: Callable[[], str] = new_id
    new_anonymous_id: Callable[[], str] = field(default=lambda: str(uuid_utils.uuid4()))
    typing: Throttle = field(default_factory=Throttle)
    cases: Readings[Case] = field(default_factory=Readings)
    colleagues: Readings[Member] = field(default_factory=Readings)
    failures: Failures = field(default_factory=Failures)
    passed: Passed = field(default_factory=Passed)

    @contextmanager
    def reading(self, platform_id: str) -> Iterator[Tenant]:
        """Speak for a platform on a connection that only reads."""
        with self.database.read() as connection:
            yield Tenant(connection, platform_id)

    def writing(self, platform_id: str, work: Callable[[Tenant], T]) -> T:
        """Run `work` for a platform in a write transaction; the loser of a race runs again from the top."""
        return self.database.transact(lambda connection: work(Tenant(connection, platform_id)))
