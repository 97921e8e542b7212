"""The widget API, for the embed script and the panel (docs/http-api.md)."""

from whosthere.web.widget.routes import blueprint

__all__ = ["blueprint"]
