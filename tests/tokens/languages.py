"""The languages of docs/tokens, and how each is asked for tokens.

A driver reads one request a line, fields separated by tabs, texts in base64, and prints one token a line:
`hmac SECRET USER_ID USER_EMAIL -` or `jwt SECRET USER_ID EMAIL NAME ISSUED_AT LIFETIME_SECONDS`.
"""

from __future__ import annotations

import base64
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
SNIPPETS = ROOT / "docs" / "tokens"
DRIVERS = Path(__file__).parent / "drivers"

Command = Sequence[str | Path]


@dataclass(frozen=True, slots=True)
class Language:
    """One language.

    Attributes:
        snippet: the file that the docs show.
        program: what has to be installed to run it.
        prepare: given the snippet's path and an empty folder, does what has to be done once and returns the command.
        probe: a command that succeeds if the installed version is new enough; any version is without one.
    """

    name: str
    snippet: str
    program: str
    prepare: Callable[[Path, Path], Command]
    probe: tuple[str, ...] = ()

    def lacking(self) -> str | None:
        """Return what is missing to run it, or `None`."""
        if shutil.which(self.program) is None:
            return self.program
        done = subprocess.run(self.probe or ["true"], capture_output=True, check=False)
        return f"a newer {self.program}" if done.returncode else None

    @property
    def path(self) -> Path:
        """Where the snippet is."""
        return SNIPPETS / self.snippet


def interpreted(program: str, driver: str) -> Callable[[Path, Path], Command]:
    """Run a driver that loads the snippet by its path."""
    return lambda snippet, folder: [program, DRIVERS / driver, snippet]


def go(snippet: Path, folder: Path) -> Command:
    """Build the snippet as a package of its own, and the driver beside it."""
    (folder / "go.mod").write_text("module example\n\ngo 1.18\n")
    (folder / "tokens").mkdir()
    shutil.copy(snippet, folder / "tokens")
    shutil.copy(DRIVERS / "driver.go", folder / "main.go")
    return built(["go", "build", "-o", "driver", "."], folder, [folder / "driver"])


def java(snippet: Path, folder: Path) -> Command:
    """Compile both classes."""
    return built(
        ["javac", "-Xlint:all", "-Werror", "-d", folder, snippet, DRIVERS / "Driver.java"],
        folder,
        ["java", "-Xshare:auto", "-cp", folder, "Driver"],
    )


def csharp(snippet: Path, folder: Path) -> Command:
    """Build both classes as a console program."""
    project = (
        '<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><OutputType>Exe</OutputType><Nullable>enable</Nullable>'
        "<TargetFramework>net$(BundledNETCoreAppTargetFrameworkVersion)</TargetFramework></PropertyGroup></Project>\n"
    )
    (folder / "driver.csproj").write_text(project)
    for source in (snippet, DRIVERS / "Driver.cs"):
        shutil.copy(source, folder)
    return built(["dotnet", "build", "-o", "out"], folder, ["dotnet", folder / "out" / "driver.dll"])


def built(build: Command, folder: Path, run: Command) -> Command:
    """Run a compiler, which has to succeed, and return the command that runs its work."""
    done = subprocess.run(build, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
    return run


LANGUAGES = (
    Language("Python", "python/chat_tokens.py", sys.executable, interpreted(sys.executable, "driver.py")),
    Language("Node", "node/chat-tokens.mjs", "node", interpreted("node", "driver.mjs")),
    Language("PHP", "php/chat_tokens.php", "php", interpreted("php", "driver.php")),
    Language("Ruby", "ruby/chat_tokens.rb", "ruby", interpreted("ruby", "driver.rb")),
    Language("Go", "go/chat_tokens.go", "go", go),
    Language("Java", "java/ChatTokens.java", "javac", java),
    Language("C#", "csharp/ChatTokens.cs", "dotnet", csharp),
    Language(
        "Elixir",
        "elixir/chat_tokens.ex",
        "elixir",
        interpreted("elixir", "driver.exs"),
        probe=("elixir", "-e", "true = Code.ensure_loaded?(JSON)"),  # since 1.18
    ),
)
RUN_BY_DEBIAN = frozenset({"Python", "Node", "PHP", "Ruby", "Go", "Java"})
"""Those that tests/prepare installs; the others run where somebody has them."""


def request(kind: str, texts: Sequence[str], numbers: Sequence[int] = ()) -> str:
    """Return one line for a driver."""
    padded = [*texts, *([""] * (4 - len(texts)))]
    fields = [base64.b64encode(text.encode()).decode() for text in padded]
    return "\t".join([kind, *fields, *map(str, numbers)])


def answers(command: Command, requests: Sequence[str]) -> list[str]:
    """Ask a driver for all tokens at once."""
    lines = "".join(f"{line}\n" for line in requests)
    done = subprocess.run(command, input=lines, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert not done.stderr, done.stderr
    return done.stdout.splitlines()
