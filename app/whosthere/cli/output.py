"""What commands print: JSON for scripts, words and tables for people."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import click

_BETWEEN = 3

json_option = click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for scripts.")


def show_json(answer: object) -> None:
    """Print an answer for scripts."""
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2))


def warn(sentence: str) -> None:
    """Say something worth knowing on stderr, where no script trips over it."""
    click.echo(f"Warning: {sentence}", err=True)


def instant(milliseconds: int | None) -> str | None:
    """Return epoch milliseconds as RFC 3339 in UTC, for scripts."""
    if milliseconds is None:
        return None
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment(milliseconds: int | None, none: str = "never") -> str:
    """Return epoch milliseconds for people, to the minute; `none` when there is none."""
    if milliseconds is None:
        return none
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")


def show_table(titles: Sequence[str], rows: Sequence[Sequence[str]], *, empty: str) -> None:
    """Print rows under their titles; on a terminal with rich, in plain columns elsewhere."""
    if not rows:
        click.echo(empty)
    elif not (sys.stdout.isatty() and _fits([titles, *rows]) and _show_rich(titles, rows)):
        _show_plain([titles, *rows])


def show_fields(fields: Sequence[tuple[str, str]]) -> None:
    """Print names and their values, one a line."""
    width = max(len(name) for name, _ in fields)
    for name, value in fields:
        click.echo(f"{name.ljust(width)}  {value}".rstrip())


def _fits(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the terminal is wide enough: an id or a secret that is broken into lines cannot be copied."""
    return sum(_widths(rows)) + _BETWEEN * len(rows[0]) <= shutil.get_terminal_size().columns


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    return [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]


def _show_plain(rows: Sequence[Sequence[str]]) -> None:
    widths = _widths(rows)
    for row in rows:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _show_rich(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    rich: Any
    try:
        import rich.box
        import rich.console
        import rich.table
        import rich.text
    except ImportError:
        return False
    table = rich.table.Table(box=rich.box.SIMPLE_HEAD, pad_edge=False)
    for title in titles:
        table.add_column(title, no_wrap=True)
    for row in rows:
        table.add_row(*(rich.text.Text(cell) for cell in row))  # never read as markup
    rich.console.Console().print(table)
    return True
