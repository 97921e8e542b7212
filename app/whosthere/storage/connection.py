"""How statements run: SQLAlchemy spells each one for the database once, and the driver executes that text.

Spelling is most of what a small query costs (docs/performance.md). Statements are therefore built at module level, and
`execute` keeps what became of them; only values and rows pass through here afterwards.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, TypeAlias

from sqlalchemy import Dialect, Executable, Insert
from sqlalchemy.sql.compiler import SQLCompiler

_KEPT_MAX = 1024

Convert = Callable[[Any], Any]


Row: TypeAlias = Any
"""A row: a named tuple, whose values are attributes by the names of their columns."""


class Rows:
    """What a statement brought: its rows, and how many it changed."""

    __slots__ = ("_found", "rowcount")

    def __init__(self, found: list[Any], rowcount: int) -> None:
        self._found = found
        self.rowcount = rowcount

    def __iter__(self) -> Iterator[Row]:
        return iter(self._found)

    def all(self) -> list[Row]:
        """Return every row."""
        return self._found

    def one_or_none(self) -> Row:
        """Return the only row, `None` when there is none."""
        if len(self._found) > 1:
            raise LookupError(f"{len(self._found)} rows where there is one at most")
        return self._found[0] if self._found else None

    def one(self) -> Row:
        """Return the only row."""
        row = self.one_or_none()
        if row is None:
            raise LookupError("no row where there is always one")
        return row

    def scalars(self) -> Rows:
        """Return the first value of every row."""
        return Rows([row[0] for row in self._found], self.rowcount)

    def scalar_one_or_none(self) -> Any:
        """Return the first value of the only row, `None` when there is none."""
        row = self.one_or_none()
        return None if row is None else row[0]

    def scalar_one(self) -> Any:
        """Return the first value of the only row."""
        return self.one()[0]


class Connection:
    """One transaction's line to the database."""

    __slots__ = ("_driver", "_speller")

    def __init__(self, driver: Any, speller: Speller) -> None:
        self._driver = driver
        self._speller = speller

    @property
    def is_sqlite(self) -> bool:
        """Whether it leads to SQLite, else to PostgreSQL."""
        return self._speller.is_sqlite

    def execute(self, statement: Executable, values: Mapping[str, Any] | None = None) -> Rows:
        """Run a statement of SQLAlchemy Core with the values of its parameters."""
        values = values or {}
        # An INSERT names the columns it is given values for; of everything else the statement itself says enough.
        columns = tuple(values) if isinstance(statement, Insert) else ()
        return self._speller.spell(statement, columns).run(self._driver, values)

    @contextmanager
    def watched(self, is_over: Callable[[], bool], every: int) -> Iterator[None]:
        """Let SQLite ask every so many steps whether to stop; it raises the driver's `SQLITE_INTERRUPT` then."""
        self._driver.set_progress_handler(is_over, every)
        try:
            yield
        finally:
            self._driver.set_progress_handler(None, 0)

    def exec_driver_sql(self, text: str) -> Rows:
        """Run a statement in the database's own words."""
        cursor = self._driver.execute(text)
        return Rows(_named(cursor).read(cursor), cursor.rowcount)


class Speller:
    """Spells statements in the dialect of one database, and keeps the spelling."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self.is_sqlite = dialect.name == "sqlite"
        self.spell = lru_cache(_KEPT_MAX)(self._spell)

    def _spell(self, statement: Any, columns: tuple[str, ...]) -> Spelled:
        return Spelled(statement.compile(dialect=self._dialect, column_keys=columns or None), self._dialect)


class Spelled:
    """One statement in one dialect: its text, how values become parameters, how rows become Python."""

    __slots__ = ("_compiled", "_constants", "_expands", "_from_python", "_order", "_result", "_text", "_types")

    def __init__(self, compiled: SQLCompiler, dialect: Dialect) -> None:
        self._compiled = compiled
        self._text = compiled.string
        self._order: Sequence[str] | None = compiled.positiontup
        # A list of any length in an IN is spelled anew for each length.
        self._expands = bool(compiled.post_compile_params)
        bounds = compiled.binds.items()
        bind = {name: bound.type.dialect_impl(dialect).bind_processor(dialect) for name, bound in bounds}
        self._from_python = [(name, convert) for name, convert in bind.items() if convert is not None]
        self._constants = {name: bound.value for name, bound in bounds if not bound.required}
        columns = getattr(compiled.statement, "exported_columns", ())
        self._types = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
        self._result: _Result | None = None

    def run(self, driver: Any, values: Mapping[str, Any]) -> Rows:
        """Execute at the driver's own connection."""
        named = {**self._constants, **values}
        for name, convert in self._from_python:
            named[name] = convert(named[name])
        text: str = self._text
        parameters: Any = named
        if self._expands:
            expanded = self._compiled.construct_expanded_state(named)
            text = expanded.statement
            parameters = expanded.parameters if self._order is None else expanded.positional_parameters
        elif self._order is not None:
            parameters = [named[name] for name in self._order]
        cursor = driver.execute(text, parameters)
        if self._result is None:
            if cursor.description is None:
                return Rows([], cursor.rowcount)
            self._result = _named(cursor, self._types)  # the same every time, and dear to find out
        return Rows(self._result.read(cursor), cursor.rowcount)


class _Result:
    """The shape of a statement's rows."""

    __slots__ = ("_make", "_to_python")

    def __init__(self, names: list[str], converts: Sequence[Convert | None]) -> None:
        self._make: Convert = _row_type(tuple(names))._make
        self._to_python = [(place, convert) for place, convert in enumerate(converts) if convert is not None]

    def read(self, cursor: Any) -> list[Any]:
        """Return all rows, converted."""
        found = cursor.fetchall()
        if not self._to_python:
            return list(map(self._make, found))
        return [self._make(self._convert(list(values))) for values in found]

    def _convert(self, values: list[Any]) -> list[Any]:
        for place, convert in self._to_python:
            values[place] = convert(values[place])
        return values


def _named(cursor: Any, converts: Sequence[Convert | None] = ()) -> _Result:
    return _Result([column[0] for column in cursor.description or ()], converts)


@lru_cache(_KEPT_MAX)
def _row_type(names: tuple[str, ...]) -> Any:
    plain = namedtuple("Row", names, rename=True)  # type: ignore[misc]  # the names come from the database
    return type("Row", (plain,), {"__slots__": (), "_mapping": property(plain._asdict)})
