"""HTTP: one blueprint per audience; each view parses, calls one service, renders."""

from whosthere.web.app import create_app

__all__ = ["create_app"]
