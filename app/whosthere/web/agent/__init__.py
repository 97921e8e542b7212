"""For agents: the inbox's pages, and the API behind them (docs/agents.md)."""

from whosthere.web.agent import (
    account,
    actions,
    api_actions,
    api_records,
    api_stream,
    api_team,
    conversation,
    finds,
    lists,
    outbox,
    redact,
    replies,
    search,
    uploads,
    visitors,
    writing,
)
from whosthere.web.agent import api as calls
from whosthere.web.agent.contract import blueprint as api
from whosthere.web.agent.pages import blueprint as pages

__all__ = [
    "account",
    "actions",
    "api",
    "api_actions",
    "api_records",
    "api_stream",
    "api_team",
    "calls",
    "conversation",
    "finds",
    "lists",
    "outbox",
    "pages",
    "redact",
    "replies",
    "search",
    "uploads",
    "visitors",
    "writing",
]
