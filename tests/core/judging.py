"""Short ways to judge a page's config."""

from __future__ import annotations

from collections.abc import Sequence

from tests.core.world import ENFORCED, KEYS, NOW, STANDARD
from tests.people import jwt
from whosthere.core.identifiers import read_claim
from whosthere.core.keys import Key
from whosthere.core.policy import Policy
from whosthere.core.reasons import Refused
from whosthere.core.verdict import Admitted
from whosthere.core.verification import judge


def verdict(page: object, policy: Policy = ENFORCED, keys: Sequence[Key] = KEYS, now: int = NOW) -> Admitted | Refused:
    assert isinstance(page, dict)
    return judge(read_claim(page), keys, policy, now)


def admitted(page: object, policy: Policy = ENFORCED, keys: Sequence[Key] = KEYS) -> Admitted:
    found = verdict(page, policy, keys)
    assert isinstance(found, Admitted), found
    return found


def good_jwt(**changes: object) -> str:
    claims = {"kind": "USER", "uid": "ada", "email": "ada@example.com", "exp": NOW // 1000 + 300, **changes}
    return jwt(STANDARD.secret.decode(), {name: value for name, value in claims.items() if value is not None})
