"""`whosthere demo`: the chat, a shop that embeds it, and people who have been there already; all of it temporary."""

from whosthere.cli.demo.command import command

__all__ = ["command"]
