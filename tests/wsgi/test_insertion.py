"""The snippet comes once, before the last `</body>`, however the page is cut into pieces."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whosthere.embedding.insertion import HELD_BYTES_MAX, Insertion

SNIPPET = b"<SNIPPET>"
FRAGMENTS = [b"</body>", b"</BODY >", b"</body", b"</bo", b"<", b"</", b"x", b"</bodyguard>", b"\n", b"y" * 700]
pages = st.lists(st.sampled_from(FRAGMENTS), max_size=12).map(b"".join)


def insert(*pieces: bytes) -> list[bytes]:
    insertion = Insertion(SNIPPET)
    return [*(insertion.feed(piece) for piece in pieces), insertion.end()]


def cut(page: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(page) + 1) for place in places), len(page)]
    return [page[start:end] for start, end in pairwise(edges)]


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (b"<body>a</body></html>", b"<body>a<SNIPPET></body></html>"),
        (b"<BODY>a</BODY\n></html>", b"<BODY>a<SNIPPET></BODY\n></html>"),
        (b"<p>a fragment", b"<p>a fragment<SNIPPET>"),
        (b"", b"<SNIPPET>"),
        (b"a</bodyguard>", b"a</bodyguard><SNIPPET>"),
        (b"a</body", b"a</body<SNIPPET>"),
        (b"<script>x='</body>'</script>a</body>", b"<script>x='</body>'</script>a<SNIPPET></body>"),
        (b"a</body>" + b"z" * 1017, b"a<SNIPPET></body>" + b"z" * 1017),
        (b"a</body>" + b"z" * 1018, b"a</body>" + b"z" * 1018 + b"<SNIPPET>"),
    ],
)
def test_the_place_is_the_last_end_of_the_body(page: bytes, expected: bytes) -> None:
    assert b"".join(insert(page)) == expected


@given(pages, st.lists(st.integers(0, 20_000), max_size=8))
def test_the_pieces_in_which_a_page_arrives_make_no_difference(page: bytes, places: list[int]) -> None:
    ends = [match.start() for match in re.finditer(rb"(?i)</body[\s/>]", page)]
    near = bool(ends) and len(page) - ends[-1] <= HELD_BYTES_MAX
    place = ends[-1] if near else len(page)
    assert b"".join(insert(*cut(page, places))) == page[:place] + SNIPPET + page[place:]


@given(pages)
def test_one_byte_at_a_time_makes_no_difference(page: bytes) -> None:
    assert b"".join(insert(*(page[i : i + 1] for i in range(len(page))))) == b"".join(insert(page))


@given(pages, st.lists(st.integers(0, 20_000), max_size=8))
def test_little_is_held_back(page: bytes, places: list[int]) -> None:
    insertion = Insertion(SNIPPET)
    arrived = left = 0
    for piece in cut(page, places):
        arrived += len(piece)
        left += len(insertion.feed(piece))
        assert 0 <= arrived - left <= HELD_BYTES_MAX


def test_what_is_no_end_tag_goes_on_at_once() -> None:
    assert insert(b"<p>one", b"<p>two", b"<p>three") == [b"<p>one", b"<p>two", b"<p>three", SNIPPET]
