"""When somebody who is away is told by email that something waits for them (docs/inbox.md)."""

from __future__ import annotations

VISITOR_NOTICE_MS = 10 * 60_000
"""How long an answer stays unseen before its visitor is told."""

AGENTS_NOTICE_MS = 30 * 60_000
"""How long a visitor waits for an answer before the team is told."""
