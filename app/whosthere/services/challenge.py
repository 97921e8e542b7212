"""What a visitor without proof has to pass before a conversation starts: limits, and work for their device.

The puzzle is ALTCHA's (version 1): find the number whose SHA-256 with a salt is given. It costs a phone a second or
two and a machine that floods us the same for every conversation. Challenges are signed and not stored; they belong to
one platform and end after five minutes. That one counts once is kept by the counters of the rate limits: in Redis for
all processes, else in each of them, where the worst that a copy gains is one conversation in each process. A table
would cost a write for every try of a flood.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from altcha.v1 import ChallengeOptions, create_challenge, extract_params, verify_solution

from whosthere.core.abuse import PLATFORM_FACTOR, ProofOfWork
from whosthere.core.assurance import Assurance
from whosthere.core.reasons import Reason, Refused
from whosthere.services.access import Caller
from whosthere.services.runtime import Runtime

LIFETIME_MS = 5 * 60_000
NUMBER_MAX = 100_000
"""How many numbers there are to try; half of them on average."""

FLOOD_STARTS = 60
"""Conversations without proof on a platform within five minutes from which on `auto` asks for work."""

FLOOD_SECONDS = 300
HOUR_SECONDS = 3600

NEEDED = Refused(
    Reason.PROOF_OF_WORK_NEEDED,
    "Solve the challenge and send the same request again with the solution as proofOfWork.",
    "proofOfWork",
)
_TOO_MANY = Refused(Reason.TOO_MANY_REQUESTS, "Too many conversations were started from here. Try again later.")


@dataclass(frozen=True, slots=True)
class Solution:
    """What a client says solves a challenge; nothing of it is believed before it was checked."""

    algorithm: str
    challenge: str
    number: int
    salt: str
    signature: str


class Counters(Protocol):
    """Counts by fixed windows; the edge owns them, since it knows the client."""

    @property
    def on(self) -> bool:
        """Whether this installation counts at all."""

    def count(self, most: int, seconds: int, *what: str) -> bool:
        """Count once; `False` when that was more than `most` within the window."""

    def reached(self, most: int, seconds: int, *what: str) -> bool:
        """Whether `most` were counted within the window, without counting."""


class Turnstile:
    """Decides once for a request whether a visitor may start a conversation, however often its transaction runs."""

    def __init__(self, runtime: Runtime, counters: Counters, network: str, solution: Solution | None) -> None:
        self._runtime = runtime
        self._counters = counters
        self._network = network
        self._solution = solution
        self._decided = False
        self._outcome: Refused | None = None
        self.challenge: dict[str, Any] | None = None

    def refuses(self, caller: Caller) -> Refused | None:
        """Return why the caller may not start a conversation now; a verified one always may."""
        if caller.session.assurance is Assurance.VERIFIED:
            return None
        if not self._decided:
            self._outcome = self._limited(caller) or self._idle(caller)
            self._decided = True
        return self._outcome

    def _limited(self, caller: Caller) -> Refused | None:
        platform, most = caller.platform, caller.platform.abuse.starts_per_hour
        if most is None:
            return None
        if self._counters.reached(most, HOUR_SECONDS, "starts", platform.id, self._network):
            return _TOO_MANY
        return (
            _TOO_MANY if self._counters.reached(most * PLATFORM_FACTOR, HOUR_SECONDS, "starts", platform.id) else None
        )

    def _idle(self, caller: Caller) -> Refused | None:
        """Ask for work when it is due, and count who passes."""
        platform = caller.platform
        if self._asks(caller) and not self._solved(platform.id):
            self.challenge = make(self._runtime, platform.id)
            return NEEDED
        if self._counters.on:
            self._counters.count(FLOOD_STARTS, FLOOD_SECONDS, "flood", platform.id)
        most = platform.abuse.starts_per_hour
        if most is None:
            return None
        own = self._counters.count(most, HOUR_SECONDS, "starts", platform.id, self._network)
        all_of_it = self._counters.count(most * PLATFORM_FACTOR, HOUR_SECONDS, "starts", platform.id)
        return None if own and all_of_it else _TOO_MANY

    def _asks(self, caller: Caller) -> bool:
        wanted = caller.platform.abuse.proof_of_work
        if wanted is not ProofOfWork.AUTO:
            return wanted is ProofOfWork.ON
        return self._counters.on and self._counters.reached(FLOOD_STARTS, FLOOD_SECONDS, "flood", caller.platform.id)

    def _solved(self, platform_id: str) -> bool:
        solution = self._solution
        if solution is None or not solves(self._runtime, platform_id, solution):
            return False
        return self._counters.count(1, LIFETIME_MS // 1000 * 2, "solved", solution.signature)


def make(runtime: Runtime, platform_id: str) -> dict[str, Any]:
    """Return a challenge for a platform, as the client gets it."""
    expires = datetime.fromtimestamp((runtime.clock() + LIFETIME_MS) // 1000, UTC)
    options = ChallengeOptions(max_number=NUMBER_MAX, hmac_key=_key(runtime, platform_id), expires=expires)
    made = create_challenge(options)
    return {
        "algorithm": made.algorithm,
        "challenge": made.challenge,
        "maxNumber": made.max_number,
        "salt": made.salt,
        "signature": made.signature,
    }


def solves(runtime: Runtime, platform_id: str, solution: Solution) -> bool:
    """Whether a solution fits a challenge of ours for this platform that has not ended."""
    payload: Any = {
        "algorithm": "SHA-256",
        "challenge": solution.challenge,
        "number": solution.number,
        "salt": solution.salt,
        "signature": solution.signature,
    }
    if solution.algorithm != "SHA-256" or not solution.salt.isascii() or not 0 <= solution.number <= NUMBER_MAX:
        return False
    good, _ = verify_solution(payload, _key(runtime, platform_id), check_expires=False)
    ends = extract_params(payload).get("expires", [""])[0]  # believed only because the signature covers it
    return good and ends.isdigit() and int(ends) * 1000 > runtime.clock()


def _key(runtime: Runtime, platform_id: str) -> bytes:
    return hmac.digest(runtime.signer.work_key, platform_id.encode(), "sha256")
