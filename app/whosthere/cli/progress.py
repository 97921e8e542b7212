"""A bar for work that takes a while."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Told = Callable[[str, int, int], None]
"""What is done, how much of it, and how much there is."""


@contextmanager
def bar(*, quiet: bool) -> Iterator[Told]:
    """Show a progress bar on a terminal, if rich is there to draw it."""
    try:
        from rich.console import Console
        from rich.progress import Progress as Bar
        from rich.progress import TaskID
    except ImportError:
        quiet = True
    if quiet or not sys.stderr.isatty():
        yield lambda name, done, total: None
        return
    tasks: dict[str, TaskID] = {}
    with Bar(console=Console(stderr=True), transient=True) as shown:

        def tell(name: str, done: int, total: int) -> None:
            if name not in tasks:
                tasks[name] = shown.add_task(name)
            shown.update(tasks[name], completed=done, total=total)

        yield tell
