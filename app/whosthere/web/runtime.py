"""The running parts, as a view finds them."""

from __future__ import annotations

from typing import cast

from flask import current_app

from whosthere.services.runtime import Runtime
from whosthere.web.limits import RateLimits


def runtime() -> Runtime:
    """Return the runtime of the app that serves this request."""
    return cast("Runtime", current_app.extensions["whosthere.runtime"])


def limits() -> RateLimits:
    """Return the rate limits of the app that serves this request."""
    return cast("RateLimits", current_app.extensions["whosthere.limits"])
