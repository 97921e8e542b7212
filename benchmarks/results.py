"""One measured quantity, its aim, and how it is shown."""

from __future__ import annotations

from dataclasses import dataclass

WIDTHS = (44, 12, 12, 10, 3)
HEADINGS = ("quantity", "database", "measured", "aim", "")


@dataclass(frozen=True, slots=True)
class Result:
    """A number with what it should be.

    Attributes:
        aim: what `value` should reach (or, with `at_most`, stay within); `None` for a number that is only shown.
        unit: appended to both numbers; empty for a ratio.
        detail: the numbers behind it, for the curious.
    """

    quantity: str
    database: str
    value: float
    aim: float | None = None
    at_most: bool = False
    unit: str = ""
    detail: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the aim is reached; `None` without an aim."""
        if self.aim is None:
            return None
        return self.value <= self.aim if self.at_most else self.value >= self.aim


def heading() -> str:
    """Return the first two lines of the table."""
    return f"{_line(HEADINGS)}detail\n" + "-" * 130


def line(result: Result) -> str:
    """Return a result as one line of the table."""
    aim = "" if result.aim is None else f"{'≤' if result.at_most else '≥'} {_number(result.aim, result.unit)}"
    mark = {True: "✓", False: "✗", None: ""}[result.met]
    cells = (result.quantity, result.database, _number(result.value, result.unit), aim, mark)
    return f"{_line(cells)}{result.detail}"


def _number(value: float, unit: str) -> str:
    digits = f"{value:.2f}" if abs(value) < 100 and value != int(value) else f"{value:,.0f}"
    return f"{digits} {unit}".rstrip()


def _line(cells: tuple[str, ...]) -> str:
    return "".join(cell.ljust(width) for cell, width in zip(cells, WIDTHS, strict=True))
