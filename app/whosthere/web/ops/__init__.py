"""For operators and their probes, and the description of the API."""

from whosthere.web.ops.routes import blueprint

__all__ = ["blueprint"]
