"""Grace, who owns the shop, and sits at its desk."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.rows import Rows
from tests.shop import Shop
from tests.team import Colleague, hash_quickly, hire
from tests.web.admin.room import Room, enter
from whosthere.services.runtime import Runtime


@pytest.fixture(autouse=True)
def _quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    hash_quickly(monkeypatch)


@pytest.fixture
def grace(runtime: Runtime, shop: Shop) -> Colleague:
    """The owner of the shop."""
    return hire(runtime, shop.id, role="owner")


@pytest.fixture
def room(client: FlaskClient, grace: Colleague, shop: Shop) -> Room:
    """Grace's browser, which was signed in just now: her password counts."""
    return enter(client.application, grace, shop.id)


@pytest.fixture
def rows(runtime: Runtime, shop: Shop) -> Rows:
    """The rows of the shop."""
    return Rows(runtime.database, shop.id)
