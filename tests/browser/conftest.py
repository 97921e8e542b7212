"""Fixtures for tests with a real browser: a street with a shop on it."""

from __future__ import annotations

import time
from collections.abc import Callable
from wsgiref.types import WSGIApplication

import pytest
from flask import Flask

from tests import servers
from tests.browser.street import Street, build
from tests.clock import Clock
from whosthere.services.runtime import Runtime


@pytest.fixture
def clock() -> Clock:
    """A clock that begins at the browser's own time, and stands still until the test advances it."""
    return Clock(time.time_ns() // 1_000_000)


@pytest.fixture
def street(app: Flask, runtime: Runtime, live_server: Callable[[WSGIApplication], servers.LiveServer]) -> Street:
    """A chat server and a shop of another origin, both on real sockets."""
    return build(app, runtime, live_server)
