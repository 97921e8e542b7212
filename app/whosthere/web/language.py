"""In which language the panel speaks: what the page asks for, else what the browser prefers, else English."""

from __future__ import annotations

from functools import cache

from werkzeug.datastructures import LanguageAccept

from whosthere.assets import static_dir

FALLBACK = "en"
_RIGHT_TO_LEFT = frozenset({"ar"})


@cache
def available() -> tuple[str, ...]:
    """Return the languages (BCP 47) the panel has words in."""
    return tuple(sorted(path.stem for path in (static_dir() / "panel" / "words").glob("*.js")))


def choose(wanted: object, preferred: LanguageAccept) -> str:
    """Return one of the languages there are.

    Args:
        wanted: the page's `language`: a code with or without a region, `browserDefault`, or nothing. What is no text
            counts as nothing.
        preferred: the browser's `Accept-Language`.
    """
    languages = available()
    wanted = wanted if isinstance(wanted, str) else ""
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
