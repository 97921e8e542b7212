"""Many at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")

PATIENCE_SECONDS = 60


def together(*works: Callable[[], T]) -> list[T]:
    """Start everybody at the same moment, each in a thread, and return what they brought, in their order."""
    start = threading.Barrier(len(works))
    brought: dict[int, T] = {}
    failed: list[BaseException] = []

    def run(place: int, work: Callable[[], T]) -> None:
        try:
            start.wait(PATIENCE_SECONDS)
            brought[place] = work()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=one, daemon=True) for one in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    assert not any(thread.is_alive() for thread in threads), "somebody hangs"
    if failed:
        raise failed[0]
    return [brought[place] for place in range(len(works))]


def times(count: int, work: Callable[[int], T]) -> list[T]:
    """Do the same thing `count` times at once; each is told its number."""
    return together(*[lambda number=number: work(number) for number in range(count)])  # type: ignore[misc]


def dense(numbers: Sequence[int]) -> bool:
    """Whether these are 1, 2, 3 … without gap or repeat, in whatever order."""
    return sorted(numbers) == list(range(1, len(numbers) + 1))
