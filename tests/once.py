"""What a run does once, although every test makes an application and a database of its own.

Nearly all the time that making an application takes goes into compiling its routes, its templates and its statements,
which are the same each time.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy.engine import Dialect
from werkzeug.routing import Rule

from whosthere.storage import database
from whosthere.storage.connection import Speller


@cache
def compile_routes_once() -> None:
    """Keep what Werkzeug compiles to build a route's addresses; the same text, defaults and kind give the same."""
    compile_anew: Callable[[Rule, bool], Any] = Rule._compile_builder
    kept: dict[tuple[Any, ...], Any] = {}

    def compile_builder(rule: Rule, append_unknown: bool = True) -> Any:
        key = (rule.rule, tuple(rule._trace), repr(rule.defaults), append_unknown)
        if key not in kept:
            kept[key] = compile_anew(rule, append_unknown)
        return kept[key]

    Rule._compile_builder = compile_builder  # type: ignore[method-assign]


def compile_templates_once(app: Flask) -> None:
    """Let an application use the templates that an earlier one compiled."""
    app.jinja_env.bytecode_cache = _compiled()


@cache
def spell_statements_once() -> None:
    """Share the spelling of statements among all databases of a kind."""
    spellers: dict[str, Speller] = {}

    def speller(dialect: Dialect) -> Speller:
        return spellers.setdefault(dialect.name, Speller(dialect))

    database.Speller = speller  # type: ignore[misc, assignment]


class _Compiled(BytecodeCache):
    """Compiled templates in memory."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


@cache
def _compiled() -> _Compiled:
    return _Compiled()
