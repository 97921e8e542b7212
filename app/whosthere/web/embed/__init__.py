"""What a website loads: the embed script, the panel's frame, and static files."""

from whosthere.web.embed.routes import blueprint

__all__ = ["blueprint"]
