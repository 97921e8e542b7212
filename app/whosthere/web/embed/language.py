"""In which language the panel speaks: what the page asks for, else what the browser prefers, else English."""

from __future__ import annotations

from pathlib import Path

from werkzeug.datastructures import LanguageAccept

FALLBACK = "en"
_RIGHT_TO_LEFT = frozenset({"ar"})


def available(static: Path) -> tuple[str, ...]:
    """Return the languages (BCP 47) the panel has words in."""
    return tuple(sorted(path.stem for path in (static / "panel" / "words").glob("*.js")))


def choose(wanted: str, preferred: LanguageAccept, languages: tuple[str, ...]) -> str:
    """Return one of `languages`.

    Args:
        wanted: the page's `language`: a code with or without a region, `browserDefault`, or nothing.
        preferred: the browser's `Accept-Language`.
    """
    asked = _primary(wanted)
    if asked in languages:
        return asked
    if wanted and wanted != "browserDefault":
        return FALLBACK
    return next((code for code in (_primary(tag) for tag in preferred.values()) if code in languages), FALLBACK)


def direction(language: str) -> str:
    """Return the HTML `dir` of a language."""
    return "rtl" if language in _RIGHT_TO_LEFT else "ltr"


def _primary(tag: str) -> str:
    return tag.replace("_", "-").partition("-")[0].lower()
