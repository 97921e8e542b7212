"""The scripts of static/: their own tests and their types, with the developers' tools of package.json."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import absent

ROOT = Path(__file__).parents[1]


def run(*command: str | Path) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"


@pytest.mark.parametrize("path", sorted((ROOT / "tests" / "js").glob("*.test.mjs")), ids=lambda path: path.name)
def test_a_script_passes_its_own_tests(path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        absent("node")
    run(node, "--test", path)


@pytest.mark.parametrize("project", [".", "packages/whosthere"])
def test_the_types_of_the_scripts_hold(project: str) -> None:
    """Those of static/; and those that pages use, against what a page may write and may not (tests/js/page-api.ts)."""
    compiler = ROOT / "node_modules" / ".bin" / "tsc"
    if not compiler.exists():
        absent("typescript (npm)")
    run(compiler, "-p", project)
