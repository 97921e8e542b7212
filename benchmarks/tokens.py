"""Verifying a proof, against the one HMAC it cannot do without."""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable, Iterator

from benchmarks.results import Result
from benchmarks.rounds import Effort, alternate, median_ratio
from tests.people import ADA, SECRET
from whosthere.core import jwt_tokens
from whosthere.core.hmac_schemes import verifying_keys
from whosthere.core.identifiers import read_claim
from whosthere.core.keys import Key, Scheme

_CALLS = 10_000
_PLATFORM = "01990000-0000-7000-8000-000000000000"


def measure(effort: Effort) -> Iterator[Result]:
    """Measure both kinds of proof with one key of one scheme."""
    key, message = SECRET.encode(), b"x" * 40
    keys = (Key("key", "key", Scheme.STANDARD, key),)
    now = time.time_ns() // 1_000_000
    claim = read_claim(ADA.proven(SECRET))
    token, jwt = ADA.user_auth_token(SECRET), ADA.identity_token(now, SECRET)

    def by_hmac() -> object:
        return verifying_keys(token, claim, keys)

    def by_jwt() -> object:
        return jwt_tokens.verify(jwt, claim, keys, _PLATFORM, now)

    def least() -> object:
        return hmac.digest(key, message, "sha256")

    if by_hmac() != keys or not isinstance(by_jwt(), jwt_tokens.IdentityProof):
        raise AssertionError("the measured proofs are not good ones")
    for quantity, verify, aim in (("verify an HMAC token", by_hmac, 1.5), ("verify a JWT", by_jwt, 14.0)):
        pairs = alternate(effort.rounds * 3, lambda verify=verify: _seconds(verify), lambda: _seconds(least))
        ours, floor = (sorted(times)[len(times) // 2] * 1e6 for times in zip(*pairs, strict=True))
        detail = f"{ours:.2f} µs against {floor:.2f} µs for hmac.digest of 40 bytes"
        yield Result(quantity, "–", median_ratio(pairs), aim, at_most=True, detail=detail)


def _seconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    for _ in range(_CALLS):
        call()
    return (time.perf_counter() - started) / _CALLS
