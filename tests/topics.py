"""A bus that only remembers what was published on it."""

from __future__ import annotations

from dataclasses import replace

from whosthere.realtime.hub import Hub
from whosthere.services.runtime import Runtime


class Topics(list[str]):
    """The published topics, oldest first."""

    def attach(self, hub: Hub) -> None:
        """Wake nobody."""

    def listen(self) -> None:
        """Hear nothing."""

    def publish(self, topic: str) -> None:
        """Remember the topic."""
        self.append(topic)

    def healthy(self) -> bool:
        """Always."""
        return True

    def close(self) -> None:
        """There is nothing to stop."""


def overheard(runtime: Runtime) -> tuple[Runtime, Topics]:
    """Return the same runtime with a bus whose topics can be read."""
    topics = Topics()
    return replace(runtime, hub=Hub(topics, streams_max=1)), topics
