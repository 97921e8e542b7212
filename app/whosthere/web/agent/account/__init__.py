"""An agent's own account, the team of a platform, and the ways in for who has no password yet."""

from whosthere.web.agent.account import calls, confirm, invited, profile, security, sessions, team, tokens

__all__ = ["calls", "confirm", "invited", "profile", "security", "sessions", "team", "tokens"]
