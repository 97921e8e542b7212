"""The usual ways of spoiling a secret between the place where it is kept and the HMAC function."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Iterator

from whosthere.core.findings import Finding, finding
from whosthere.core.keys import Key
from whosthere.core.token_spelling import unbase64, unhex

_MISSING = (b"", b"undefined", b"null", b"None")
"""What is left of a secret whose variable is not set, or that could not be decoded."""


def secret_variants(key: Key) -> Iterator[tuple[bytes, tuple[Finding, ...]]]:
    """Yield the secret, then the usual ways of spoiling it, each with its name."""
    seen = {key.secret}
    yield key.secret, ()
    for variant, wrong in _spoiled(key):
        if variant not in seen:
            seen.add(variant)
            yield variant, (wrong,)


def _spoiled(key: Key) -> Iterator[tuple[bytes, Finding]]:
    secret = key.secret
    around = [(secret + end, "secret_line_feed") for end in (b"\n", b"\r\n", b"\r")]
    around += [(quote + secret + quote, "secret_quoted") for quote in (b'"', b"'")]
    around += [(secret.strip(), "secret_trimmed")]
    around += [(before + secret + behind, "secret_white_space") for before, behind in _SPACES]
    around += [(decoded, "secret_hex_decoded") for decoded in _hex_decoded(secret)]
    around += [(decoded, "secret_base64_decoded") for decoded in _base64_decoded(secret)]
    yield from ((variant, finding(code, key_name=key.name)) for variant, code in around if variant)
    yield secret.hex().encode(), finding("secret_encoded", key_name=key.name, detail="hexadecimal text")
    yield b64encode(secret), finding("secret_encoded", key_name=key.name, detail="base64")
    yield from ((missing, finding("secret_missing")) for missing in _MISSING)


_SPACES = ((b"", b" "), (b" ", b""), (b"\xef\xbb\xbf", b""))


def _hex_decoded(secret: bytes) -> Iterator[bytes]:
    """Yield what hexadecimal decoders make of a secret; most secrets are none, and few decoders say so."""
    yield unhex(secret) or b""
    yield bytes.fromhex(_start(rb"(?:[0-9A-Fa-f]{2})*", secret).decode())  # up to the first that is none: Node, Go
    yield _packed(secret, letters=True)  # Ruby, Perl
    yield _packed(secret, letters=False)  # PHP


def _packed(secret: bytes, *, letters: bool) -> bytes:
    """Return what `pack("H*")` makes of any bytes: letters beyond F count by their low bits, or nothing counts."""
    digits = {byte: int(chr(byte), 16) for byte in b"0123456789abcdefABCDEF"}
    if letters:
        digits |= {byte: (byte + 9) & 15 if 65 <= byte & 0xDF <= 90 else byte & 15 for byte in secret}
    nibbles = [digits.get(byte, 0) for byte in secret] + [0] * (len(secret) % 2)
    return bytes(high << 4 | low for high, low in zip(nibbles[::2], nibbles[1::2], strict=True))


def _base64_decoded(secret: bytes) -> Iterator[bytes]:
    """Yield what base64 decoders make of a secret: they disagree about the other alphabet's characters."""
    yield unbase64(secret) or b""
    known = re.sub(rb"[^A-Za-z0-9+/]", b"", secret)  # left out: PHP, Ruby, Python
    yield _whole(known, rest=True)
    yield _whole(known, rest=False)
    yield _whole(_start(rb"[A-Za-z0-9+/]*", secret), rest=False)  # up to the first of them: Go


def _start(pattern: bytes, secret: bytes) -> bytes:
    found = re.match(pattern, secret)
    return found[0] if found else b""


def _whole(text: bytes, *, rest: bool) -> bytes:
    """Decode whole groups of four characters, and the rest of the last one too if asked to."""
    length = len(text) - len(text) % 4
    if rest and len(text) % 4 > 1:
        length = len(text)
    return b64decode(text[:length] + b"=" * (-length % 4))
