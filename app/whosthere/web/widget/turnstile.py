"""Starting a conversation at the edge: who asks, what they solved, and what a refusal tells them to do."""

from __future__ import annotations

from dataclasses import dataclass

from limits import RateLimitItemPerSecond

from whosthere.core.reasons import Reason, Refused
from whosthere.services import conversations
from whosthere.services.access import Credential
from whosthere.services.challenge import HOUR_SECONDS, Solution, Turnstile
from whosthere.services.conversations import Opening, Started
from whosthere.web.limits import RateLimits, client_network
from whosthere.web.problems import Problem
from whosthere.web.runtime import limits, runtime
from whosthere.web.widget.models import ProofOfWork


@dataclass(frozen=True, slots=True)
class Windows:
    """The counters of this installation, as `services.challenge` wants them."""

    counters: RateLimits

    @property
    def on(self) -> bool:
        """Whether this installation counts at all."""
        return self.counters.on

    def count(self, most: int, seconds: int, *what: str) -> bool:
        """Count once; `False` when that was more than `most` within the window."""
        return self.counters.hit(RateLimitItemPerSecond(most, seconds), *what)

    def reached(self, most: int, seconds: int, *what: str) -> bool:
        """Whether `most` were counted within the window, without counting."""
        return self.counters.reached(RateLimitItemPerSecond(most, seconds), *what)


def start(credential: Credential, opening: Opening | Refused, proof: ProofOfWork | None) -> Started:
    """Start a conversation.

    Raises:
        Problem: it was refused; with the challenge, where solving one would help.
    """
    turnstile = Turnstile(runtime(), Windows(limits()), client_network(), _solution(proof))
    started = conversations.start(runtime(), credential, opening, turnstile.refuses)
    if not isinstance(started, Refused):
        return started
    if started.reason is Reason.PROOF_OF_WORK_NEEDED:
        raise Problem(started, more={"challenge": turnstile.challenge})
    retry = HOUR_SECONDS if started.reason is Reason.TOO_MANY_REQUESTS else None
    raise Problem(started, retry_after_seconds=retry)


def _solution(proof: ProofOfWork | None) -> Solution | None:
    if proof is None:
        return None
    return Solution(proof.algorithm, proof.challenge, proof.number, proof.salt, proof.signature)
