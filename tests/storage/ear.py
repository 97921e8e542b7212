"""Hearing what the database is asked."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from whosthere.storage.connection import Spelled

Heard = tuple[str, Any]


@dataclass(frozen=True, slots=True)
class _Between:
    """Stands before the driver's connection and remembers what passes."""

    driver: Any
    heard: list[Heard]

    def execute(self, text: str, parameters: Any = ()) -> Any:
        """Pass a statement on."""
        self.heard.append((text, parameters))
        return self.driver.execute(text, parameters)


@dataclass(frozen=True, slots=True)
class Ear:
    """Statements of the listening thread with their parameters, in their order; transactions' own are not among them.

    What other threads ask meanwhile, such as a stream of an earlier test that is still ending, is not part of it.
    """

    heard: list[Heard] = field(default_factory=list)

    @contextmanager
    def listening(self) -> Iterator[list[Heard]]:
        """Yield what is heard while the block runs."""
        patch = pytest.MonkeyPatch()
        run = Spelled.run
        listener = threading.get_ident()

        def overheard(spelled: Spelled, driver: Any, values: Mapping[str, Any]) -> Any:
            if threading.get_ident() != listener:
                return run(spelled, driver, values)
            return run(spelled, _Between(driver, self.heard), values)

        patch.setattr(Spelled, "run", overheard)
        self.heard.clear()
        try:
            yield self.heard
        finally:
            patch.undo()
