"""Reading `WHOSTHERE_…` environment variables, before anything is known about their values."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

_PREFIX = "WHOSTHERE_"
_FILE = "_FILE"
# What Kubernetes puts into every container beside a service that is called "whosthere".
_SERVICE_LINK = re.compile(r"SERVICE_(HOST|PORT(_.*)?)|PORT_\d+_(TCP|UDP)(_.*)?")


def variable(name: str) -> str:
    """Return the variable that sets the field `name`."""
    return f"{_PREFIX}{name.upper()}"


def read(
    environ: Mapping[str, str], names: Collection[str], secrets: Collection[str], problems: dict[str, str]
) -> dict[str, Any]:
    """Return the text of every field that is set; an empty variable counts as not set.

    Args:
        environ: the environment.
        names: the fields there are.
        secrets: those of them that may also come from a file named by the variable with `_FILE` at its end.
        problems: filled with one sentence a field (or a variable that is none).
    """
    plain = {variable(name): name for name in names}
    files = {f"{variable(name)}{_FILE}": name for name in secrets}
    values: dict[str, Any] = {}
    for key in sorted(key for key in environ if key.startswith(_PREFIX) and environ[key]):
        text = environ[key]
        if key in plain:
            values[plain[key]] = text
        elif key in files and files[key] in values:  # sorted: the plain variable came first
            problems[files[key]] = f"{variable(files[key])} and {key} are both set; keep one."
        elif key in files:
            _read_file(files[key], key, text, values, problems)
        elif not _is_service_link(key.removeprefix(_PREFIX), text):
            problems[key] = _unknown(key, [*plain, *files])
    return values


def _read_file(name: str, key: str, path: str, values: dict[str, Any], problems: dict[str, str]) -> None:
    # The path is not shown: whoever puts the secret itself into this variable would find it in a log.
    try:
        values[name] = Path(path).read_text("utf-8").strip()
    except OSError as error:
        problems[name] = f"{key} names a file that cannot be read: {error.strerror}."
    except UnicodeDecodeError:
        problems[name] = f"{key} names a file that is not UTF-8 text."


def _is_service_link(name: str, text: str) -> bool:
    return bool(_SERVICE_LINK.fullmatch(name)) or (name == "PORT" and text.startswith(("tcp://", "udp://")))


def _unknown(key: str, known: list[str]) -> str:
    near = difflib.get_close_matches(key, known, n=1)
    return f"{key} is not a setting" + (f"; did you mean {near[0]}?" if near else ".")
