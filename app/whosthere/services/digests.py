"""What is stored of a random secret: it has nothing to guess, so a plain SHA-256 is enough."""

from __future__ import annotations

import hashlib


def digest_of(secret: str) -> bytes:
    """Return the digest by which a secret of 32 random bytes is found."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()
