"""The API reference as a page for people."""

from whosthere.web.reference.routes import blueprint

__all__ = ["blueprint"]
