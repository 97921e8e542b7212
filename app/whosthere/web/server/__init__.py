"""For the site's backend: people, their data and their sessions, by server API key (docs/http-api.md, "Server API")."""

from whosthere.web.server import ledger, people, privacy
from whosthere.web.server.contract import blueprint

__all__ = ["blueprint", "ledger", "people", "privacy"]
