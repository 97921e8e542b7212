"""For agents: the inbox's pages, and the API behind them (docs/agents.md)."""

from whosthere.web.agent.api import blueprint as api
from whosthere.web.agent.pages import blueprint as pages

__all__ = ["api", "pages"]
