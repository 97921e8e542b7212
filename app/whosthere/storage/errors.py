"""What can go wrong between a service and its database."""

from __future__ import annotations


class Conflict(Exception):
    """A uniqueness constraint or a lost race stopped the write; start again from the facts."""


class Unavailable(Exception):
    """The database cannot serve now (down, locked, full, read-only); nothing was stored."""


class TooSlow(Unavailable):
    """A statement was stopped at its time limit, ours or the database's own; the connection is good for others."""
