"""Email addresses: which are accepted, and by which key they are found (docs/identity.md §2)."""

from __future__ import annotations

import re
import unicodedata

EMAIL_BYTES_MAX = 254
"""Longest address in bytes of UTF-8 (RFC 5321 §4.5.3.1.3, RFC 3696 erratum 1690)."""

_PLAIN_LENGTH_MAX = 64
_PLAIN = re.compile(
    r"[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+(?:com|org|net|edu|gov|info|example|test|[a-z]{2})",
    re.ASCII | re.IGNORECASE,
)
"""Addresses that email-validator certainly accepts: it takes fifty times as long, and every login asks. No label is
longer than 63 characters here, none has two hyphens in a row (`xn--`), and no such top-level domain is special."""

_RESERVED = (".invalid", ".localhost")
_ASCII_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def is_valid(email: str) -> bool:
    """Tell whether `email` is an address this project accepts, exactly as it is spelled.

    Syntax is judged by email-validator without looking anything up in the DNS. The test domains that RFC 2606
    reserves (`example.com`, `*.example`, `*.test`, `*.invalid`, `*.localhost`) are allowed, since that is where
    demonstrations and tests live. An address that is not in Unicode NFC is refused instead of normalised: no
    normaliser may turn one account's address into another's.
    """
    if len(email) <= _PLAIN_LENGTH_MAX and _PLAIN.fullmatch(email):
        return True
    if "@" not in email or email != email.strip() or not unicodedata.is_normalized("NFC", email):
        return False
    try:
        if len(email.encode()) > EMAIL_BYTES_MAX:
            return False
    except UnicodeEncodeError:  # a lone surrogate
        return False
    return _has_valid_syntax(_with_test_domain(email))


def lookup_key(email: str) -> str:
    """Return the key two spellings of one address share: ASCII letters lower-cased, all else untouched.

    There is no Unicode case folding and no IDNA mapping on purpose: the Kelvin sign, a dotless i or a full-width
    letter must never open the records of the ASCII address they resemble.
    """
    return email.lower() if email.isascii() else email.translate(_ASCII_LOWER)


def _with_test_domain(email: str) -> str:
    """Spell the reserved domains that email-validator has no switch for as the one it has: `.test`."""
    lowered = lookup_key(email)
    for suffix in _RESERVED:
        if lowered.endswith(suffix):
            return email[: -len(suffix)] + ".test"
    return email


def _has_valid_syntax(email: str) -> bool:
    # Imported on first use: a site's backend that only signs userIds never pays for the validator and its IDNA
    # tables. Every switch is named, because the host application may have changed the library's defaults.
    from email_validator import EmailNotValidError, validate_email

    try:
        validate_email(
            email,
            allow_smtputf8=True,
            allow_empty_local=False,
            allow_quoted_local=False,
            allow_domain_literal=False,
            allow_display_name=False,
            check_deliverability=False,
            test_environment=True,
            globally_deliverable=True,
        )
    except EmailNotValidError:
        return False
    return True
