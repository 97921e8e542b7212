"""Hearing what the database is asked."""

from __future__ import annotations

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
    """Statements with their parameters, in the order they were run; transactions' own are not among them."""

    heard: list[Heard] = field(default_factory=list)

    @contextmanager
    def listening(self) -> Iterator[list[Heard]]:
        """Yield what is heard while the block runs."""
        patch = pytest.MonkeyPatch()
        run = Spelled.run

        def overheard(spelled: Spelled, driver: Any, values: Mapping[str, Any]) -> Any:
            return run(spelled, _Between(driver, self.heard), values)

        patch.setattr(Spelled, "run", overheard)
        self.heard.clear()
        try:
            yield self.heard
        finally:
            patch.undo()
