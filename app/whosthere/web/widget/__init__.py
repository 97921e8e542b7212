"""The widget API, for the embed script and the panel (docs/http-api.md)."""

from whosthere.web.widget import person, routes, uploads
from whosthere.web.widget.contract import blueprint

__all__ = ["blueprint", "person", "routes", "uploads"]
