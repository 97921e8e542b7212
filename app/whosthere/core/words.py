"""Words: what a text is found by, and what a search asks for (docs/agents.md, "Search").

The same words go into the index of every database and come out of every query, so the two cannot disagree. Case,
compatibility forms (NFKC, Unicode TR 15) and accents do not count. Where a script has no spaces, or words grow endings
without end, every stretch of three characters is a word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

QUERY_LENGTH_MAX = 200
QUERY_WORDS_MAX = 8
WORD_LENGTH_MAX = 40
WORDS_MAX = 2_000
"""How many different words of one text are kept; what comes after them is not found by."""
PREFIX_LENGTH_MIN = 3

_ASCII_WORD = re.compile("[a-z0-9]+")
_ACCENT = re.compile("[\u0300-\u036f]")
# Thai, Lao, Tibetan, Myanmar, Hangul, Khmer, Tai Le, New Tai Lue, Tai Tham, Kana, Bopomofo, Han, Yi, more Hangul.
_DENSE = (
    "\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u1950-\u19df\u1a20-\u1aaf"
    "\u3005-\u3007\u3040-\u31ff\u3400-\u9fff\ua000-\ua4cf\ua960-\ua97f\uaa60-\uaa7f\uac00-\ud7ff\uf900-\ufaff"
    "\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)
_RUN = re.compile(f"(?P<dense>[{_DENSE}]+)|[^{_DENSE} ]+")
_GRAM = 3


@dataclass(frozen=True, slots=True)
class Term:
    """What has to occur: this word, or one that begins with it."""

    word: str
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text, and whether it is what was looked for."""

    text: str
    matched: bool = False


def words_of(*texts: str | None) -> list[str]:
    """Return the different words of some texts, in their order, `WORDS_MAX` at most."""
    found: dict[str, None] = {}
    for text in texts:
        for word in _words(text or ""):
            found[word] = None
            if len(found) == WORDS_MAX:
                return list(found)
    return list(found)


def query_of(text: str) -> tuple[Term, ...]:
    """Return what a search asks for: all of it has to occur; nothing is asked for by a text without any word."""
    terms: dict[Term, None] = {}
    for run, is_dense in _runs(text[:QUERY_LENGTH_MAX]):
        for term in _terms(run, is_dense):
            terms[term] = None
    return tuple(terms)[:QUERY_WORDS_MAX]


def _terms(run: str, is_dense: bool) -> Iterator[Term]:
    if not is_dense:
        yield Term(run, len(run) >= PREFIX_LENGTH_MIN)
    elif len(run) < _GRAM:
        yield Term(run, is_prefix=True)
    else:
        last = len(run) - _GRAM
        for start in (*range(0, last, _GRAM), last):  # as few as cover it
            yield Term(run[start : start + _GRAM])


def _words(text: str) -> Iterator[str]:
    for run, is_dense in _runs(text):
        if is_dense:
            for start in range(len(run)):  # the last ones are shorter, for a search that begins there
                yield run[start : start + _GRAM]
        else:
            yield run


def _runs(text: str) -> Iterator[tuple[str, bool]]:
    """Cut a text into words, and stretches of a script that does not show where words end."""
    if text.isascii():
        for match in _ASCII_WORD.finditer(text.lower()):
            yield match[0][:WORD_LENGTH_MAX], False
        return
    for match in _RUN.finditer(_plain(folded(text))):
        is_dense = match["dense"] is not None
        yield (match[0] if is_dense else match[0][:WORD_LENGTH_MAX]), is_dense


def folded(text: str) -> str:
    """Return a text without what does not count: case, accents, compatibility forms."""
    if text.isascii():
        return text.lower()
    bare = _ACCENT.sub("", unicodedata.normalize("NFKD", text).casefold())
    # Folding case can bring accents and compatibility forms back.
    return unicodedata.normalize("NFKC", _ACCENT.sub("", unicodedata.normalize("NFKD", bare)))


def _plain(text: str) -> str:
    """Return letters, digits and marks alone, with blanks between; what is invisible inside a word is left out."""
    return "".join(
        one if (category := unicodedata.category(one))[0] in "LNM" else "" if category == "Cf" else " " for one in text
    )


# -- what is shown ---------------------------------------------------------------------------------------------------

_EXCERPT_BEFORE = 60
_WORD = re.compile(r"[^\W_]+(?:[^\W_]|[^\x00-\x7f\s])*")


def excerpt(text: str, terms: tuple[Term, ...], length: int) -> tuple[Piece, ...]:
    """Return about `length` code points around the first match, cut into what matches and what does not."""
    spans = list(_spans(text, terms))
    first = spans[0][0] if spans else 0
    begin = max(0, min(first - _EXCERPT_BEFORE, len(text) - length))
    end = min(len(text), begin + length)
    pieces = [Piece("…")] if begin else []
    at = begin
    for start, stop in spans:
        if start < at or start >= end:
            continue
        pieces += [Piece(text[at:start]), Piece(text[start : min(stop, end)], matched=True)]
        at = min(stop, end)
    pieces += [Piece(text[at:end]), *([Piece("…")] if end < len(text) else [])]
    return tuple(piece for piece in pieces if piece.text)


def _spans(text: str, terms: tuple[Term, ...]) -> Iterator[tuple[int, int]]:
    """Yield where a text matches, from left to right: whole words, and of dense scripts what was asked for."""
    for match in _WORD.finditer(text):
        at = match.start()
        runs = list(_runs(match[0]))
        if not any(dense for _, dense in runs):
            if any(_fits(run, term) for run, _ in runs for term in terms):
                yield at, match.end()
        else:
            yield from _dense_spans(match[0], at, terms)


def _fits(word: str, term: Term) -> bool:
    return word.startswith(term.word) if term.is_prefix else word == term.word


def _dense_spans(word: str, at: int, terms: tuple[Term, ...]) -> Iterator[tuple[int, int]]:
    """Yield the stretches of a word that are covered by terms; each character is folded by itself."""
    bare = [folded(one) for one in word]
    owners = [index for index, one in enumerate(bare) for _ in one]
    line = "".join(bare)
    covered: set[int] = set()
    for term in terms:
        start = line.find(term.word)
        while start >= 0:
            covered.update(owners[start : start + len(term.word)])
            start = line.find(term.word, start + 1)
    begin: int | None = None
    for index in range(len(word) + 1):
        if index in covered and begin is None:
            begin = index
        elif index not in covered and begin is not None:
            yield at + begin, at + index
            begin = None
