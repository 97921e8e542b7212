"""The command line: parse, call one service, print (docs/command-line.md)."""

from __future__ import annotations

__all__ = ["main"]


def main() -> None:
    """Run the command that `sys.argv` names, and exit: 0 done, 1 refused, 2 not understood."""
    from whosthere.cli.root import root

    root(prog_name="whosthere")
