"""From what went wrong to an exit status and words on stderr: 1 when refused, 2 when not understood."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO, Any, TypeVar

import click

from whosthere.core.reasons import Refused
from whosthere.services.options import Invalid
from whosthere.settings import SettingsError
from whosthere.storage.errors import Conflict, Unavailable
from whosthere.storage.migrate import MigrationError
from whosthere.storage.vault import VaultError

T = TypeVar("T")


class Failure(click.ClickException):
    """A command that was understood and not carried out; every problem is told."""

    exit_code = 1

    def __init__(self, problems: str | Iterable[str]) -> None:
        self.problems = (problems,) if isinstance(problems, str) else tuple(problems)
        super().__init__("\n".join(self.problems))

    def show(self, file: IO[Any] | None = None) -> None:
        """Write one line for each problem to stderr."""
        for problem in self.problems:
            click.echo(f"Error: {problem}", err=True, file=file)


def accepted(outcome: T | Refused | Invalid) -> T:
    """Return what a service answered, unless it refused.

    Raises:
        Failure: it did; holds every problem.
    """
    if isinstance(outcome, Invalid):
        raise Failure(problem.detail for problem in outcome.problems)
    if isinstance(outcome, Refused):
        raise Failure(outcome.detail or outcome.reason.value)
    return outcome


@contextmanager
def failing_clearly() -> Iterator[None]:
    """Turn what an installation can suffer into a `Failure` that says what to do."""
    try:
        yield
    except SettingsError as error:
        raise Failure(error.problems) from error
    except Unavailable as error:
        raise Failure(f"The database cannot be used: {error}") from error
    except VaultError as error:
        detail = "A stored secret cannot be decrypted: WHOSTHERE_ENCRYPTION_KEYS lacks the key it was encrypted with."
        raise Failure(detail) from error
    except MigrationError as error:
        raise Failure(f"The migration was rolled back, nothing was changed: {error}.") from error
    except Conflict as error:
        raise Failure(f"Somebody else is changing the same thing; try again. ({error})") from error
    except OSError as error:
        where = f"{os.fspath(error.filename)}: " if error.filename else ""
        raise Failure(f"{where}{error.strerror or error}") from error
