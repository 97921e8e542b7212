"""For owners and admins: the desk (docs/desk.md)."""

from whosthere.web.admin import appearance, doctor, exports, keys, log, people, reports, setup, start, verification
from whosthere.web.admin.gate import blueprint

__all__ = [
    "appearance",
    "blueprint",
    "doctor",
    "exports",
    "keys",
    "log",
    "people",
    "reports",
    "setup",
    "start",
    "verification",
]
