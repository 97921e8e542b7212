"""What users install: the wheel built from the source distribution, in an environment of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = [pytest.mark.packaging, pytest.mark.timeout(600)]


def run(*command: str | Path, cwd: Path | str = "/", **environ: str) -> str:
    """Run a command without the environment of this run, and return what it printed."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("WHOSTHERE_", "PYTHON"))}
    done = subprocess.run(command, cwd=cwd, env={**clean, **environ}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="session")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT)
    return folder


@pytest.fixture(scope="session")
def wheel(distributions: Path) -> Path:
    return next(distributions.glob("*.whl"))


@pytest.fixture(scope="session")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of a fresh environment that holds the wheel without any extra."""
    folder = tmp_path_factory.mktemp("fresh") / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", folder)
    python = folder / "bin" / "python"
    run(sys.executable, "-m", "pip", "--python", python, "--quiet", "install", wheel)
    return python


def files_below(folder: str) -> set[str]:
    """What git would commit: everything but caches."""
    names = {path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*") if path.is_file()}
    return {name for name in names if "/__pycache__/" not in name and "/." not in name}


def test_the_wheel_holds_every_asset_every_template_and_every_module(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    expected = {f"whosthere/{name}" for name in files_below("static") | files_below("templates")}
    expected |= {name.removeprefix("app/") for name in files_below("app")}
    assert expected - held == set()
    assert {"whosthere/static/embed.js", "whosthere/py.typed"} <= held


def test_the_wheel_holds_one_package_and_nothing_else(wheel: Path) -> None:
    tops = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"whosthere"}


def test_the_source_distribution_holds_no_instance(distributions: Path) -> None:
    with tarfile.open(next(distributions.glob("*.tar.gz"))) as archive:
        names = [name.partition("/")[2] for name in archive.getnames()]
    assert "pyproject.toml" in names
    assert not [name for name in names if name.startswith(("instance", ".venv", "node_modules"))]


def test_the_command_runs_without_any_extra(python: Path) -> None:
    assert "0." in run(python.with_name("whosthere"), "--version")


def test_the_demo_explains_itself_without_any_extra(python: Path) -> None:
    assert "demo" in run(python.with_name("whosthere"), "demo", "--help")


def test_assets_are_found_beside_the_package(python: Path) -> None:
    program = "from whosthere.assets import *; print(static_dir(), templates_dir(), docs_dir())"
    assert run(python, "-c", program).count("site-packages/whosthere/") == 3


def test_a_host_with_a_module_called_app_keeps_it(python: Path, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("name = 'the host'\n")
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'host'\n")
    program = "import json, app, whosthere; print(json.dumps([app.name, whosthere.__file__]))"
    name, file = json.loads(run(python, "-c", program, cwd=tmp_path))
    assert name == "the host"
    assert "site-packages" in file


def test_an_installed_package_keeps_its_instance_in_the_current_directory(python: Path, tmp_path: Path) -> None:
    program = "from whosthere.settings import load_settings; print(load_settings({}).instance_path)"
    assert run(python, "-c", program, cwd=tmp_path).strip() == str(tmp_path / "instance")


def test_requirements_are_consistent(python: Path) -> None:
    run(sys.executable, "-m", "pip", "--python", python, "check")
