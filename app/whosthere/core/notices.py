"""When somebody who is away is told by email that something waits for them (docs/inbox.md)."""

from __future__ import annotations

VISITOR_NOTICE_MS = 10 * 60_000
"""How long an answer stays unseen before its visitor is told."""

AGENTS_NOTICE_MS = 30 * 60_000
"""How long a visitor waits for an answer before the team is told."""

MENTION_NOTICE_MS = 10 * 60_000
"""How long a note that calls an agent stays unread before they are told."""

DAY_MS = 86_400_000
VISITOR_NOTICES_PER_DAY = 5
AGENT_NOTICES_PER_DAY = 20
EXCERPT_LENGTH_MAX = 500

BACK_OFF_MS = (60_000, 5 * 60_000, 30 * 60_000, 2 * 3_600_000, 6 * 3_600_000)
"""How long a mail that could not be sent waits for the next try; after the last one it is given up."""

LEASE_MS = 10 * 60_000
"""How long the process that took a mail has to send it; then another one may, as after a crash."""
