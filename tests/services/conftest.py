"""What tests of services share."""

from __future__ import annotations

import pytest

from tests.team import hash_quickly


@pytest.fixture
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords that are hashed in no time."""
    hash_quickly(monkeypatch)
