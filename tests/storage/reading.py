"""Reading a statement: which tenant tables it touches beyond the tenant's platform."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from sqlalchemy import BindParameter, Column, CompoundSelect, Delete, Insert, Select, Table, Update
from sqlalchemy.sql import operators, visitors
from sqlalchemy.sql.elements import BinaryExpression, BooleanClauseList, Grouping
from sqlalchemy.sql.selectable import Join

from whosthere.storage.tables import metadata
from whosthere.storage.tenancy import PLATFORM

_TENANT = "the tenant"


def conditions(clause: Any) -> Iterator[BinaryExpression[Any]]:
    """Every comparison that has to hold: what is joined by AND, at any depth, and nothing below an OR."""
    if isinstance(clause, Grouping):
        yield from conditions(clause.element)
    elif isinstance(clause, BooleanClauseList) and clause.operator is operators.and_:
        for part in clause.clauses:
            yield from conditions(part)
    elif isinstance(clause, BinaryExpression):
        yield clause


def tables_of(source: Any) -> Iterator[Table]:
    if isinstance(source, Table):
        yield source
    elif isinstance(source, Join):
        yield from tables_of(source.left)
        yield from tables_of(source.right)


def on_clauses(source: Any) -> Iterator[Any]:
    if isinstance(source, Join):
        yield source.onclause
        yield from on_clauses(source.left)
        yield from on_clauses(source.right)


def place(side: Any) -> str | None:
    """The platform that one side of a comparison stands for: a table's, or the tenant's own."""
    if isinstance(side, BindParameter):
        return _TENANT if side.key == PLATFORM.key else None
    if isinstance(side, Column) and isinstance(side.table, Table):
        whose = side.table.name
        return whose if side.name == ("id" if whose == "platforms" else "platform_id") else None
    return None


def scopes(statement: Any) -> list[Any]:
    """The statement and everything inside it that reads tables of its own."""
    return [element for element in visitors.iterate(statement) if isinstance(element, (Select, Update, Delete))]


def sources(scope: Any) -> list[Any]:
    return list(scope.get_final_froms()) if isinstance(scope, Select) else [scope.table]


def names(scope: Any) -> set[str]:
    return {table.name for source in sources(scope) for table in tables_of(source)}


def unfiltered(scope: Any, around: set[str]) -> set[str]:
    """The tenant tables of one scope that nothing ties to the tenant's platform."""
    # A subquery that names a table of the statement around it means that one, unless it would read nothing else.
    own = names(scope) - around or names(scope)
    clauses = [scope.whereclause] if isinstance(scope, Select) else list(scope._where_criteria)
    clauses += [clause for source in sources(scope) for clause in on_clauses(source)]
    links = {
        frozenset((left, right))
        for clause in clauses
        for one in conditions(clause)
        if one.operator is operators.eq and (left := place(one.left)) and (right := place(one.right))
    }
    tied = {_TENANT} | (around - own)  # what stands around is looked at where it stands
    while more := {name for link in links if link & tied for name in link} - tied:
        tied |= more
    return {name for name in own - tied if metadata.tables[name].info.get("tenant")}


def stray(statement: Any) -> set[str]:
    """The tenant tables that a statement reads or writes beyond the tenant's platform."""
    found: set[str] = set()
    every = scopes(statement)
    for scope in every:
        enclosing = [one for one in every if one is not scope and any(inner is scope for inner in scopes(one))]
        found |= unfiltered(scope, set().union(*map(names, enclosing)))
    return found


def statements(value: Any) -> Iterator[Any]:
    """Every statement in a module-level value, inside mappings, sequences and dataclasses too."""
    if isinstance(value, (Select, CompoundSelect, Update, Delete, Insert)):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from statements(one)
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from statements(one)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from statements(getattr(value, field.name))
