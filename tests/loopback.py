"""No test talks to anything but this machine."""

from __future__ import annotations

import ipaddress
import sys
from typing import Any

LOCAL_NAMES = frozenset({"", "localhost"})


class OutsideWorld(RuntimeError):
    """A test tried to reach another machine."""


def guard() -> None:
    """From now on refuse every connection and every name look-up that leaves this machine."""
    sys.addaudithook(_hook)


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect":
        address = arguments[1]
        if isinstance(address, tuple) and not _is_local(address[0]):
            raise OutsideWorld(f"a connection to {address[0]}")
    elif event == "socket.getaddrinfo" and not _is_local(arguments[0]):
        raise OutsideWorld(f"a look-up of {arguments[0]}")


def _is_local(host: object) -> bool:
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host or "")
    if name in LOCAL_NAMES or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
