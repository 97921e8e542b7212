"""How a token is spelled: what does not belong to it is taken off, layer by layer, until something is left that can be
read. Each layer that had to go is a mistake of whoever wrote the token into the page."""

from __future__ import annotations

import html
import json
import re
from base64 import b64decode, urlsafe_b64decode
from collections.abc import Iterator
from urllib.parse import unquote

from whosthere.core.findings import Finding, finding
from whosthere.core.hmac_schemes import decode_token
from whosthere.core.keys import Scheme

_LAYERS_MAX = 6
_OTHER_HASHES = {20: "SHA-1", 48: "SHA-384", 64: "SHA-512", 16: "MD5"}
_PREFIX = re.compile(r"(Bearer|Basic|HMAC|sha256=|sha256:|0x|\\x)\s*", re.IGNORECASE)
_HEX = re.compile(r"[0-9A-Fa-f]+")
_SEPARATED_HEX = re.compile(r"[0-9A-Fa-f]{2}([-: ][0-9A-Fa-f]{2}){31}")
_JWT = re.compile(r"[\w-]+\.[\w-]+\.[\w-]*=*")
_ESCAPE = re.compile(r"\\u00[0-9A-Fa-f]{2}|\\x[0-9A-Fa-f]{2}|\\/")

_GUESSES = frozenset({"token_escaped", "token_url_encoded", "token_base64_of_hex", "token_encoded_twice"})
"""Layers that are taken off on trial: they count only if something that can be read lies below."""


def read_digest(token: str) -> tuple[bytes | None, str, list[Finding]]:
    """Read 32 bytes out of any usual spelling.

    Returns:
        The bytes, or `None` where no reading leads to them; what was left to read; and the wrong spellings on the way.
    """
    bare, found = _peel(token)
    read = _digest(bare)
    if read is None:
        return None, bare, found
    mac, wrong = read
    return mac, bare, [*found, *wrong]


def unwrap(token: str) -> tuple[str, list[Finding]]:
    """Return what is left of a token, a JWT or a digest, without its wrappings, and what they were."""
    return _peel(token)


def is_jwt(text: str) -> bool:
    """Whether a text begins and is divided like a JWT."""
    return text.startswith("eyJ") and _JWT.fullmatch(text) is not None


def is_digest(text: str) -> bool:
    """Whether a text stands for 32 bytes."""
    return _digest(text) is not None


def unreadable(bare: str) -> Finding:
    """Return what a text is, if it is no SHA-256 digest however it is read."""
    for decoded in (unhex(bare.encode(errors="replace")), unbase64(bare.encode(errors="replace"))):
        if decoded is not None and len(decoded) in _OTHER_HASHES:
            return finding("token_other_hash", detail=_OTHER_HASHES[len(decoded)])
    return finding("token_not_a_digest")


def unhex(text: bytes) -> bytes | None:
    """Return the bytes that hexadecimal text stands for, or `None`."""
    try:
        return bytes.fromhex(text.decode("ascii"))
    except ValueError:
        return None


def unbase64(text: bytes) -> bytes | None:
    """Return the bytes that base64 stands for in either alphabet, padded or not, or `None`."""
    padded = text.rstrip(b"=") + b"=" * (-len(text.rstrip(b"=")) % 4)
    decode = urlsafe_b64decode if b"-" in text or b"_" in text else b64decode
    try:
        return decode(padded) if re.fullmatch(rb"[A-Za-z0-9+/_=-]+", text) else None
    except ValueError:
        return None


def _peel(token: str) -> tuple[str, list[Finding]]:
    """Take layers off until the text can be read, or no layer is known."""
    text, found = token, list[Finding]()
    sure = text, found
    for _ in range(_LAYERS_MAX):
        if _JWT.fullmatch(text) or is_digest(text):
            return text, found
        layer = next(_layers(text), None)
        if layer is None:
            break
        text, wrong = layer
        found = found if wrong in found else [*found, wrong]
        if not any(one.code in _GUESSES for one in found):
            sure = text, found
    return (text, found) if _JWT.fullmatch(text) or is_digest(text) else sure


def _layers(text: str) -> Iterator[tuple[str, Finding]]:
    """Yield the text without its outermost wrapping, the likeliest reading first."""
    if text != text.strip():
        yield text.strip(), finding("token_white_space")
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        yield _unquoted(text), finding("token_quoted")
    prefix = _PREFIX.match(text)
    if prefix is not None:
        yield text[prefix.end() :], finding("token_prefixed", detail=prefix[1])
    if _SEPARATED_HEX.fullmatch(text):
        yield re.sub(r"[-: ]", "", text), finding("token_hex_separated")
    unescaped = html.unescape(_ESCAPE.sub(lambda escape: _unescaped(escape[0]), text))
    if unescaped != text:
        yield unescaped, finding("token_escaped")
    restored = unquote(text).replace(" ", "+")
    if restored != text:
        yield restored, finding("token_url_encoded")
    yield from _decoded(text)


def _decoded(text: str) -> Iterator[tuple[str, Finding]]:
    """Yield the text that a text encodes, if it was encoded twice."""
    in_hex = _HEX.fullmatch(text) is not None
    decoded = unhex(text.encode()) if in_hex else unbase64(text.encode(errors="replace"))
    if not decoded or not decoded.isascii() or not decoded.decode().isprintable():
        return
    inner = decoded.decode()
    of_hex = _HEX.fullmatch(inner) is not None
    if of_hex and not in_hex:
        yield inner, finding("token_base64_of_hex")
    else:
        kind = "hexadecimal text" if of_hex else "a JWT" if is_jwt(inner) else "base64"
        yield inner, finding("token_encoded_twice", detail=f"{'hexadecimal text' if in_hex else 'base64'} of {kind}")


def _unescaped(escape: str) -> str:
    return "/" if escape == "\\/" else chr(int(escape[2:], 16))


def _unquoted(text: str) -> str:
    try:
        inner = json.loads(text)
    except ValueError:
        inner = None
    return inner if isinstance(inner, str) else text[1:-1]


def _digest(text: str) -> tuple[bytes, list[Finding]] | None:
    for scheme in (Scheme.STANDARD, Scheme.USER_ID_HEX):
        mac = decode_token(scheme, text)
        if mac is not None:
            return mac, []
    decoded = unbase64(text.encode(errors="replace"))
    if decoded is None or len(decoded) != 32:
        return None
    return decoded, [finding("token_url_safe" if "-" in text or "_" in text else "token_not_canonical")]
