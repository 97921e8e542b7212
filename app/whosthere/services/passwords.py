"""Agents' passwords: argon2id (RFC 9106), checked in the same time whether or not the account exists."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from whosthere.core.reasons import Reason, Refused

LENGTH_MIN = 10
LENGTH_MAX = 1000


def problem(password: str, email: str) -> Refused | None:
    """Return why `password` cannot protect the account of `email`, or `None`."""
    if not LENGTH_MIN <= len(password) <= LENGTH_MAX:
        return Refused(Reason.WEAK_SECRET, f"A password has {LENGTH_MIN} to {LENGTH_MAX} characters.", "password")
    if password.lower() == email.lower():
        return Refused(Reason.WEAK_SECRET, "The password must not be the email address.", "password")
    return None


def hashed(password: str) -> str:
    """Return the hash to store."""
    return _hasher().hash(password)


def fits(password: str, stored: str | None) -> bool:
    """Whether `password` belongs to the stored hash; without one the same work is done for nothing."""
    try:
        _hasher().verify(stored or _nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def is_dated(stored: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _hasher().check_needs_rehash(stored)


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobody() -> str:
    return _hasher().hash("the password of no account")
