"""A shop whose backend has a server API key, and Ada, who has left traces of every kind."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.people import ADA
from tests.rows import Rows
from tests.services.lives import Life, live
from tests.shop import Shop
from tests.web.server.endpoints import Backend, open_backend
from whosthere.services.runtime import Runtime


@pytest.fixture
def backend(client: FlaskClient, shop: Shop) -> Backend:
    """The shop's backend."""
    return open_backend(client, shop)


@pytest.fixture
def ada(client: FlaskClient, shop: Shop) -> Life:
    """Ada, verified, with a conversation, a file, a note and a merge."""
    return live(client, shop, ADA, "ada-4711-xyzzy")


@pytest.fixture
def rows(runtime: Runtime, shop: Shop) -> Rows:
    """The rows of the shop."""
    return Rows(runtime.database, shop.id)
