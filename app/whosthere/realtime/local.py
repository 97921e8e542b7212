"""The bus of a single process: publishing is waking."""

from __future__ import annotations

from whosthere.realtime.hub import Hub


class LocalBus:
    """Delivers wake-ups within this process only."""

    def __init__(self) -> None:
        self._hub: Hub | None = None

    def attach(self, hub: Hub) -> None:
        """Start to wake the waiters of `hub`."""
        self._hub = hub

    def listen(self) -> None:
        """There is no other process to hear."""

    def publish(self, topic: str) -> None:
        """Wake everybody who waits for `topic`."""
        if self._hub is not None:
            self._hub.wake(topic)

    def healthy(self) -> bool:
        """There is no other process to lose touch with."""
        return True

    def close(self) -> None:
        """Stop delivering."""
        self._hub = None
