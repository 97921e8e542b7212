"""Reading secrets from standard input, so that none stands in a list of processes or a shell's history."""

from __future__ import annotations

import getpass
import sys

from whosthere.cli.failures import Failure

_BYTES_MAX = 64 * 1024


def read_secret(prompt: str = "Secret") -> str:
    """Return what standard input holds, without the line feed at its end; ask for it on a terminal.

    Raises:
        Failure: it is empty, too long or not UTF-8.
    """
    if sys.stdin.isatty():
        return getpass.getpass(f"{prompt}: ")
    content = sys.stdin.buffer.read(_BYTES_MAX + 1)
    if len(content) > _BYTES_MAX:
        raise Failure("Standard input holds too much for a secret.")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise Failure("Standard input is not UTF-8 text.") from None
    text = text.removesuffix("\n").removesuffix("\r")
    if not text:
        raise Failure("Standard input is empty.")
    return text
