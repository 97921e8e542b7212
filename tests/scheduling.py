"""Which tests one worker runs, because they share something that takes long to make."""

from __future__ import annotations

from xdist.scheduler.loadscope import LoadScopeScheduling

TOGETHER = (
    "tests/packaging/",  # an environment with the built wheel
    "tests/examples/",  # the example sites, running
    "tests/tokens/test_snippets.py",  # compiled snippets
    "tests/wsgi/test_sockets.py",  # a strange host, running
    "tests/races/test_processes.py",  # several processes, waiting to race
    "tests/cli/test_demo.py",  # a running demo
)


class Together(LoadScopeScheduling):
    """Shares out single tests, and what stands in `TOGETHER` as a whole."""

    def _split_scope(self, nodeid: str) -> str:
        return next((group for group in TOGETHER if nodeid.startswith(group)), nodeid)
