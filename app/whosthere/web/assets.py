"""Addresses of static files."""

from __future__ import annotations

from flask import current_app, url_for


def asset_base() -> str:
    """Return the address below which static files are immutable."""
    version: str = current_app.config["WHOSTHERE_ASSET_HASH"]
    return url_for("embed.asset", version=version, name="x").removesuffix("/x")
