"""For owners and admins: the desk (docs/desk.md)."""

from whosthere.web.admin import doctor, keys, setup, start, verification
from whosthere.web.admin.gate import blueprint

__all__ = ["blueprint", "doctor", "keys", "setup", "start", "verification"]
