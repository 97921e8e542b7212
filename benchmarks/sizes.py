"""What a website's visitors download, beside what the field publishes."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import PurePosixPath

from benchmarks.bench import Bench
from benchmarks.results import Result
from whosthere.assets import assets, templates_dir

# The loaders that a page includes, gzipped, as their projects served them in 2026.
FIELD_KB = {"Rocket.Chat": 3.1, "Libredesk": 5.2, "Papercups": 7.6, "Chatwoot": 10.2, "Live Helper Chat": 29.4}


def sizes(bench: Bench, kind: str) -> Iterator[Result]:
    """Yield the weight of the script, of a first open, and of everything there is, in KB gzipped."""
    first = files_kb("embed/later.js", "tokens.css", "panel/*.*", "panel/words/en.js") + _page_kb()
    later = files_kb("embed/extras.js", "embed/fields.js", "embed/own.js", "panel/later/*.*", "panel/later/words/en.js")
    field = " · ".join(f"{name} {kb}" for name, kb in FIELD_KB.items())
    yield Result("embed.js, gzipped", kind, files_kb("embed.js"), 5, True, "KB", f"loaders: {field}")
    yield Result(
        "first open of the panel, gzipped", kind, first, 30, True, "KB", "all of it, to a composer to write in"
    )
    yield Result("script and panel with all later parts", kind, files_kb("embed.js") + first + later, None, False, "KB")


def files_kb(*patterns: str) -> float:
    """Return the weight of the assets that match, as they travel."""
    found = [
        file
        for name, file in assets().files.items()
        if any(len(PurePosixPath(name).parts) == p.count("/") + 1 and PurePosixPath(name).match(p) for p in patterns)
    ]
    return sum(len(file.packed or file.body) for file in found) / 1000


def _page_kb() -> float:
    """Return the weight of the panel's page; a platform's own name and colours change a few bytes of it."""
    return len(gzip.compress((templates_dir() / "frame.html").read_bytes(), 6)) / 1000
