"""The house keeps its shape: imports point down, files and functions stay small (docs/architecture.md)."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "app" / "whosthere"

# A module may import what has a smaller number, and its own package.
HEIGHTS = {
    "core": 0,
    "assets": 0,
    "environment": 0,
    "instance": 1,
    "settings": 2,
    "storage": 3,
    "realtime": 3,
    "services": 4,
    "embedding": 5,
    "wiring": 5,
    "web": 6,
    "wsgi": 7,
    "cli": 8,
    "": 9,  # whosthere/__init__.py: the public face
    "__main__": 10,
}
AUDIENCES = frozenset({"embed", "widget", "server", "agent", "admin", "ops", "reference"})
CORE_MAY_IMPORT = frozenset({"joserfc", "email_validator", "re2"})
ONLY_STORAGE_IMPORTS = frozenset({"sqlalchemy", "alembic", "sqlite3"})

FILE_LINES_MAX = 300
FUNCTION_LINES_MAX = 40


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    """The dotted name below `whosthere`, `""` for the package itself."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


NAMES = frozenset(name_of(path) for path in modules())


def imports_of(path: Path) -> Iterator[tuple[int, str]]:
    """Every import of a module, wherever it stands: line and absolute dotted name."""
    package = path.parent.relative_to(PACKAGE.parent).parts
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.module == "whosthere" and [alias.name for alias in node.names] == ["__version__"]:
                continue  # a constant, for everybody
            start = package[: len(package) - node.level + 1] if node.level else ()
            origin = ".".join([*start, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{origin}.{alias.name}") for alias in node.names)


def own(imported: str) -> str | None:
    """The module of ours that an import names, as in `name_of`; `None` for somebody else's."""
    first, _, rest = imported.partition(".")
    if first != "whosthere":
        return None
    while rest and rest not in NAMES:
        rest = rest.rpartition(".")[0]
    return rest


def layer(name: str) -> str:
    return name.partition(".")[0]


def audience(name: str) -> str | None:
    """The blueprint a module belongs to: `web/<audience>/` or `web/<audience>.py`."""
    parts = name.split(".")
    return parts[1] if parts[0] == "web" and len(parts) > 1 and parts[1] in AUDIENCES else None


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def everywhere() -> Iterator[tuple[str, str, int, str]]:
    """Every import of ours: the file, its module's name, the line, what is imported."""
    for path in modules():
        for line, imported in imports_of(path):
            yield relative(path), name_of(path), line, imported


def test_every_layer_has_its_height() -> None:
    assert {layer(name) for name in NAMES} <= set(HEIGHTS)


def test_imports_point_down() -> None:
    wrong = [
        f"{file}:{line} imports {imported}, which is not below it"
        for file, name, line, imported in everywhere()
        if (target := own(imported)) is not None
        and layer(target) != layer(name)
        and HEIGHTS[layer(target)] >= HEIGHTS[layer(name)]
    ]
    assert not wrong, "\n".join(wrong)


def test_the_core_is_pure() -> None:
    allowed = sys.stdlib_module_names | CORE_MAY_IMPORT | {"whosthere"}
    wrong = [
        f"{file}:{line} imports {imported}, which is not for the core"
        for file, name, line, imported in everywhere()
        if layer(name) == "core" and imported.partition(".")[0] not in allowed
    ]
    assert not wrong, "\n".join(wrong)


def test_blueprints_do_not_know_each_other() -> None:
    wrong = [
        f"{file}:{line} imports {imported}, another blueprint"
        for file, name, line, imported in everywhere()
        if (here := audience(name)) and (there := audience(own(imported) or "")) and here != there
    ]
    assert not wrong, "\n".join(wrong)


def test_only_storage_knows_sql() -> None:
    wrong = [
        f"{file}:{line} imports {imported}; SQL stays in storage/"
        for file, name, line, imported in everywhere()
        if layer(name) != "storage" and imported.partition(".")[0] in ONLY_STORAGE_IMPORTS
    ]
    assert not wrong, "\n".join(wrong)


def is_history(path: Path) -> bool:
    """Whether it is a migration: a list of statements that nobody edits once it is released."""
    return path.parent.name == "versions"


def test_functions_stay_small() -> None:
    wrong = [
        f"{relative(path)}:{node.lineno} {node.name} has {lines} lines; {FUNCTION_LINES_MAX} is the most"
        for path in modules()
        if not is_history(path)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or 0) - node.lineno + 1) > FUNCTION_LINES_MAX
    ]
    assert not wrong, "\n".join(wrong)


SOURCES = {
    "app": "*.py",
    "tests": "*.py",
    "benchmarks": "*.py",
    "examples": "*.py",
    "static": "*.[jc]s*",
    "templates": "*.*",
}


def test_files_stay_small() -> None:
    sources = [path for folder, pattern in SOURCES.items() for path in (ROOT / folder).rglob(pattern)]
    wrong = [
        f"{relative(path)} has {lines} lines; {FILE_LINES_MAX} is the most: look for the second subject inside"
        for path in sorted(sources)
        if path.is_file()
        and not is_history(path)
        and (lines := len(path.read_text("utf-8").splitlines())) > FILE_LINES_MAX
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("statement", "forbidden"),
    [
        ("import whosthere", ("flask", "sqlalchemy", "pydantic", "gevent")),
        (
            "from whosthere import user_auth_token, identity_token",
            ("flask", "sqlalchemy", "pydantic", "gevent"),
        ),
        ("import whosthere.wsgi", ("gevent", "psycopg", "redis", "rich", "prometheus_client")),
    ],
)
def test_importing_brings_no_more_than_it_needs(statement: str, forbidden: tuple[str, ...]) -> None:
    program = f"{statement}\nimport sys\nprint([name for name in {forbidden!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
