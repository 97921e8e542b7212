"""No query can reach into another platform: every statement of the storage package is read."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Insert, bindparam, delete, exists, select, update

from tests.storage.reading import statements, stray
from whosthere import storage
from whosthere.storage.tables import keys, messages, platforms, users
from whosthere.storage.tenancy import PLATFORM, delete_in, in_platform, select_in, update_in

FOLDER = Path(storage.__path__[0])
MODULES = [name for _, name, _ in pkgutil.iter_modules(storage.__path__) if name != "migrations"]
GLOBAL = {
    "platforms",
    "agents",
    "memberships",
    "agent_sessions",
    "personal_tokens",
    "agent_links",
    "agent_mails",
    "sign_in_tries",
}

STATEMENTS = [
    pytest.param(statement, id=f"{name}.{variable}")
    for name in MODULES
    for variable, value in vars(importlib.import_module(f"whosthere.storage.{name}")).items()
    for statement in statements(value)
]


def test_the_statements_were_found() -> None:
    found = {str(param.id) for param in STATEMENTS}
    assert {"users._FACTS", "sessions._FACTS", "messages._AFTER", "conversations._ONE", "keys._WITH_PLATFORM"} <= found
    assert len(found) > 40


@pytest.mark.parametrize("statement", STATEMENTS)
def test_every_statement_keeps_to_the_tenants_platform(statement: Any) -> None:
    """A statement under construction counts too: what it is built of must be right already."""
    assert not isinstance(statement, Insert) or statement.table.name in GLOBAL
    assert stray(statement) == set()


WRONG: tuple[tuple[str, Any, set[str]], ...] = (
    ("no condition", select(users), {"users"}),
    ("another condition", select(users).where(users.c.id == bindparam("id")), {"users"}),
    ("or", select(users).where((users.c.platform_id == PLATFORM) | (users.c.sealed)), {"users"}),
    ("not equal", select(users).where(users.c.platform_id != PLATFORM), {"users"}),
    ("another parameter", select(users).where(users.c.platform_id == bindparam("platform")), {"users"}),
    ("a join by id", select_in(users).where(messages.c.record_id == users.c.id), {"messages"}),
    (
        "an outer join by id",
        select(users)
        .select_from(users.outerjoin(messages, messages.c.record_id == users.c.id))
        .where(users.c.platform_id == PLATFORM),
        {"messages"},
    ),
    ("a part of a union", select_in(users).union_all(select(users)), {"users"}),
    ("a subquery", select_in(users, columns=[select(messages.c.id).scalar_subquery()]), {"messages"}),
    ("an exists", select_in(users).where(exists().where(messages.c.record_id == users.c.id)), {"messages"}),
    ("an in", delete_in(users).where(users.c.id.in_(select(keys.c.id))), {"keys"}),
    ("an update", update(users).values(sealed=True), {"users"}),
    ("a delete", delete(messages).where(messages.c.id == bindparam("id")), {"messages"}),
    ("a value of an update", update_in(users).values(name=select(keys.c.name).scalar_subquery()), {"keys"}),
)
RIGHT: tuple[tuple[str, Any], ...] = (
    ("made by the house", select_in(users, messages)),
    ("an update", update_in(users).values(sealed=True)),
    ("a delete", delete_in(users)),
    (
        "a join",
        select(users)
        .join_from(users, messages, users.c.platform_id == messages.c.platform_id)
        .where(in_platform(messages)),
    ),
    (
        "from the platform",
        select(keys).join_from(platforms, keys, keys.c.platform_id == platforms.c.id).where(platforms.c.id == PLATFORM),
    ),
    ("an exists", select_in(users).where(exists().where(messages.c.platform_id == users.c.platform_id))),
    ("a global table", select(platforms)),
)


@pytest.mark.parametrize(("statement", "strays"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_this_reading_finds_what_is_wrong(statement: Any, strays: set[str]) -> None:
    assert stray(statement) == strays


@pytest.mark.parametrize("statement", [row[1] for row in RIGHT], ids=[row[0] for row in RIGHT])
def test_this_reading_lets_pass_what_is_right(statement: Any) -> None:
    assert stray(statement) == set()


BUILDERS = {"select", "update", "delete", "insert", "select_in", "update_in", "delete_in"}
BUILD_FOR_OTHERS = {"tenancy"}


def builders(name: str) -> set[str]:
    """The functions of a module that build statements, but for makers of module-level ones, which were read above."""
    return {
        function.name
        for function in ast.walk(ast.parse((FOLDER / f"{name}.py").read_text("utf-8")))
        if isinstance(function, ast.FunctionDef) and not function.name.startswith("_")
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in BUILDERS
    }


@pytest.mark.parametrize("name", sorted(set(MODULES) - BUILD_FOR_OTHERS))
def test_statements_are_built_at_module_level(name: str) -> None:
    """What is built inside a function is not read by the test above, and is built anew at every call."""
    assert builders(name) == set()


def test_only_the_parts_that_connect_and_migrate_speak_sql_as_text() -> None:
    speaking = {
        path.stem
        for path in FOLDER.glob("*.py")
        if {"exec_driver_sql", "text("} & set(re.findall(r"exec_driver_sql|\btext\(", path.read_text("utf-8")))
    }
    assert speaking <= {"connection", "database", "migrate", "segments"} | {"accounts", "columns", "tables", "team"}
