"""Failed sign-ins of one process, kept in memory until the chores write them down (`services.failure_log`).

Not while somebody waits for the answer: the time it takes to write about an account would tell that there is one.
"""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

KEPT_MAX = 1000
"""How many kinds of failure are kept apart until the chores come; beyond, they are counted as one."""


class What(StrEnum):
    """What failed, as the log names it."""

    PASSWORD = "agent.sign_in_failed"  # noqa: S105 - an action
    CODE = "agent.code_failed"
    CONFIRMATION = "agent.confirmation_failed"
    THROTTLED = "agent.sign_in_throttled"


@dataclass(frozen=True, slots=True)
class Failure:
    """One kind of failure: at what, for which account, from where.

    Attributes:
        email: what was typed, in memory only.
    """

    what: What
    network: str
    email: str = field(default="", repr=False)
    agent_id: str = ""


class Failures:
    """What failed in one process since the chores last looked."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counted: Counter[Failure] = Counter()

    def add(self, one: Failure) -> None:
        """Count one."""
        with self._lock:
            known = one in self._counted or len(self._counted) < KEPT_MAX
            self._counted[one if known else Failure(one.what, "")] += 1

    def take(self) -> Counter[Failure]:
        """Return what was counted, and begin anew."""
        with self._lock:
            taken, self._counted = self._counted, Counter()
        return taken
