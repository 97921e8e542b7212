"""Agents' passwords: argon2id (RFC 9106), checked in the same time whether or not the account exists."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from functools import cache
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from whosthere.core.reasons import Reason, Refused

LENGTH_MIN = 10
LENGTH_MAX = 1000
# Each takes 64 MiB: a crowd at the door waits in line instead of taking all the memory.
_AT_ONCE = 4

T = TypeVar("T")


def problem(password: str, email: str) -> Refused | None:
    """Return why `password` cannot protect the account of `email`, or `None`."""
    if not LENGTH_MIN <= len(password) <= LENGTH_MAX:
        return Refused(Reason.WEAK_SECRET, f"A password has {LENGTH_MIN} to {LENGTH_MAX} characters.", "password")
    if password.lower() == email.lower():
        return Refused(Reason.WEAK_SECRET, "The password must not be the email address.", "password")
    return None


def hashed(password: str) -> str:
    """Return the hash to store."""
    return _in_turn(lambda: _hasher().hash(password))


def fits(password: str, stored: str | None) -> bool:
    """Whether `password` belongs to the stored hash; without one the same work is done for nothing."""
    given = password[: LENGTH_MAX + 1].encode("utf-8", "replace")  # longer than any password there is: wrong already
    return _in_turn(lambda: _verified(given, stored or _nobody())) and stored is not None


def _verified(given: bytes, stored: str) -> bool:
    try:
        return _hasher().verify(stored, given)
    except (VerificationError, InvalidHashError):
        return False


def is_dated(stored: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _hasher().check_needs_rehash(stored)


def _in_turn(work: Callable[[], T]) -> T:
    """Do slow work, a few at a time; under gevent in a thread, so that every other request goes on meanwhile."""
    with _turns():
        monkey = sys.modules.get("gevent.monkey")
        if monkey is not None and monkey.is_module_patched("threading"):
            result: T = sys.modules["gevent"].get_hub().threadpool.apply(work)
            return result
        return work()


@cache
def _turns() -> threading.BoundedSemaphore:
    return threading.BoundedSemaphore(_AT_ONCE)


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobody() -> str:
    return _hasher().hash("the password of no account")
