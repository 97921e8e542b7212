"""A shop with an agent called Grace, who can sign in, and a visitor called Ada, who has something to say."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.people import ADA
from tests.rows import Rows
from tests.shop import Shop, Visitor
from tests.team import Colleague, hash_quickly, hire
from tests.web.agent.desk import Desk, sit_down
from whosthere.services.runtime import Runtime


@pytest.fixture(autouse=True)
def _quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    hash_quickly(monkeypatch)


@pytest.fixture
def grace(runtime: Runtime, shop: Shop) -> Colleague:
    """An agent of the shop."""
    return hire(runtime, shop.id)


@pytest.fixture
def ada(client: FlaskClient, shop: Shop) -> Visitor:
    """Ada, verified."""
    return shop.visitor(client, ADA.proven())


@pytest.fixture
def desk(client: FlaskClient, grace: Colleague) -> Desk:
    """A browser in which Grace is signed in."""
    return sit_down(client.application, grace)


@pytest.fixture
def rows(runtime: Runtime, shop: Shop) -> Rows:
    """The rows of the shop."""
    return Rows(runtime.database, shop.id)
