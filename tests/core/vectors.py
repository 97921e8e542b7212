"""The vectors of tests/vectors, as Python reads them; JavaScript reads the same files."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "vectors"


@dataclass(frozen=True, slots=True)
class HmacVector:
    """One userAuthToken and what it proves; `source` says where the numbers come from."""

    name: str
    source: str
    scheme: str
    secret: str
    user_id: str | None
    user_email: str | None
    token: str


def read(name: str) -> list[dict[str, Any]]:
    """Return the vectors of one file."""
    vectors: list[dict[str, Any]] = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))["vectors"]
    return vectors


HMAC_VECTORS = [
    HmacVector(
        name=vector["name"],
        source=vector["source"],
        scheme=vector["scheme"],
        secret=vector["secret"],
        user_id=vector["userId"],
        user_email=vector["userEmail"],
        token=vector["token"],
    )
    for vector in read("hmac")
]
JWT_VECTORS = read("jwt")
IDENTIFIER_VECTORS = read("identifiers")
