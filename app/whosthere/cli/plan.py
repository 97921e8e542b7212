"""What `serve` decided, on its way into the process that does it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

GREENLET_STREAMS_MAX = 5000
_GREENLETS = GREENLET_STREAMS_MAX + 1000


@dataclass(frozen=True, slots=True)
class Plan:
    """How to serve.

    Attributes:
        workers: how many processes.
        threads: threads of each process; `None` for gevent.
    """

    host: str
    port: int
    workers: int
    threads: int | None
    access_log: bool = True

    @classmethod
    def of_text(cls, text: str) -> Plan:
        """Read what `to_text` wrote."""
        return cls(**json.loads(text))

    def to_text(self) -> str:
        """Return the plan as an argument; it holds no secret."""
        return json.dumps(asdict(self))

    @property
    def streams_max(self) -> int:
        """How many live streams a process may hold, so that requests always find a thread."""
        return GREENLET_STREAMS_MAX if self.threads is None else self.threads - max(2, self.threads // 4)

    @property
    def downloads_max(self) -> int:
        """How many attachments a process sends at once: whoever receives one may take a thread's time for it."""
        return _GREENLETS if self.threads is None else max(1, self.threads // 16)

    def to_gunicorn(self) -> dict[str, Any]:
        """Return gunicorn's settings (https://gunicorn.org/reference/settings/)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return {
            "bind": f"{host}:{self.port}",
            "workers": self.workers,
            "threads": self.threads or 1,
            "worker_connections": _GREENLETS if self.threads is None else max(1000, 4 * self.threads),
            "timeout": 30,
            # Streams are closed on SIGTERM at once; what else takes longer than this is cut off and tried again.
            "graceful_timeout": 2,
            "keepalive": 5,
            # Tokens travel in headers and bodies, never in addresses: long request lines are nobody's.
            "limit_request_line": 4094,
            "limit_request_fields": 64,
            "limit_request_field_size": 8190,
            # Which forwarded headers count is WHOSTHERE_TRUSTED_PROXIES's to say, not gunicorn's.
            "secure_scheme_headers": {},
            "forwarded_allow_ips": "",
            "accesslog": "-" if self.access_log else None,
            "access_log_format": '%(h)s %(t)s "%(m)s %(U)s %(H)s" %(s)s %(B)s %(M)sms',
            "control_socket_disable": True,
        }
