"""For agents: the inbox's pages, and the API behind them (docs/agents.md)."""

from whosthere.web.agent import api as calls
from whosthere.web.agent import uploads
from whosthere.web.agent.contract import blueprint as api
from whosthere.web.agent.pages import blueprint as pages

__all__ = ["api", "calls", "pages", "uploads"]
