"""What is indexed is found: by every word, and by every beginning of three characters."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from whosthere.core.words import (
    QUERY_LENGTH_MAX,
    QUERY_WORDS_MAX,
    WORD_LENGTH_MAX,
    WORDS_MAX,
    Term,
    excerpt,
    query_of,
    words_of,
)

TEXTS = st.one_of(
    st.text(max_size=60),
    st.text("aZé-_@.ß İıﬁ½ 東京都ひら가나สวัहि\u0301\u200d\u0345", max_size=30),
)


def found(query: str, *texts: str) -> bool:
    words = words_of(*texts)
    terms = query_of(query)
    return bool(terms) and all(
        any(word.startswith(term.word) if term.is_prefix else word == term.word for word in words) for term in terms
    )


@given(TEXTS)
@example("İstanbul")
@example("東京都庁へ行きたい")
@example("ﬃ\u0345")
def test_a_text_is_found_by_each_of_its_words_and_their_beginnings(text: str) -> None:
    for word in words_of(text):
        assert found(word, text), word
        for length in range(3, len(word)):
            assert found(word[:length], text), (word, length)


@given(TEXTS, TEXTS)
def test_what_belongs_to_more_text_does_not_hide_less(text: str, more: str) -> None:
    assert set(words_of(text)) <= set(words_of(text, more))


@given(st.text(max_size=300))
def test_words_hold_nothing_that_a_query_language_knows(text: str) -> None:
    for word in (*words_of(text), *(term.word for term in query_of(text))):
        assert word
        assert len(word) <= WORD_LENGTH_MAX
        assert not set(word) & set(" \t\r\n\0'\"\\:*&|!()<>-+^{}[],.;%_")
        word.encode()


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Where is ORDER-4711?", "order 471"),
        ("Where is ORDER-4711?", "4711"),
        ("ada.lovelace@example.com", "ada.lovelace@example.com"),
        ("ada.lovelace@example.com", "lovel"),
        ("ada.lovelace@example.com", "EXAMPLE.com"),
        ("Crème brûlée", "creme BRULEE"),
        ("Straße", "strasse"),
        ("ﬁne ｆｕｌｌ", "fine full"),
        ("東京都庁へ行きたい", "東"),
        ("東京都庁へ行きたい", "京都"),
        ("東京都庁へ行きたい", "都庁へ行き"),
        ("東京都庁へ行きたい", "い"),
        ("สวัสดีครับ", "ครับ"),
        ("주문을 취소", "주문"),
        ("हिन्दी भाषा", "हिन्दी"),
        ("می‌خواهم", "میخواهم"),
        ("Привет, ёлка", "елк"),
        ("x" * 500, "x" * 200),
    ],
)
def test_a_search_finds(text: str, query: str) -> None:
    assert found(query, text)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("order", "rder"),
        ("order", "or"),
        ("order 4711", "order 47"),
        ("order", "orders"),
        ("a b", "c"),
        ("東京", "京都"),
        ("order", "order refund"),
    ],
)
def test_a_search_does_not_find(text: str, query: str) -> None:
    assert not found(query, text)


@pytest.mark.parametrize("nothing", ["", " ", "!?", "😀", "\0", "\ud800", "-- ' \" *", "\u200d"])
def test_what_holds_no_word_asks_for_nothing(nothing: str) -> None:
    assert query_of(nothing) == ()
    assert words_of(nothing) == []


def test_limits() -> None:
    assert len(words_of(" ".join(map(str, range(10_000))))) == WORDS_MAX
    assert len(query_of(" ".join("abcdefghijkl"))) == QUERY_WORDS_MAX
    assert query_of("x " * QUERY_LENGTH_MAX + "late") == (Term("x"),)


@given(TEXTS, TEXTS)
def test_an_excerpt_is_a_part_of_the_text(text: str, query: str) -> None:
    pieces = excerpt(text, query_of(query), 20)
    shown = "".join(piece.text for piece in pieces).removeprefix("…").removesuffix("…")
    assert shown in text
    assert len(shown) <= 20


@pytest.mark.parametrize(
    ("text", "query", "matched"),
    [
        ("Where is my order?", "order", ["order"]),
        ("Orders, and an ORDER", "order", ["Orders", "ORDER"]),
        ("mail ada@example.com", "ada@example.com", ["ada", "example", "com"]),
        ("Crème", "creme", ["Crème"]),
        ("東京都庁へ行きたい", "都庁へ行き", ["都庁へ行き"]),
        ("나는 주문을 취소", "주문", ["주문"]),
        ("x" * 300 + " needle", "needle", ["needle"]),
        ("nothing here", "order", []),
    ],
)
def test_an_excerpt_shows_what_matches(text: str, query: str, matched: list[str]) -> None:
    pieces = excerpt(text, query_of(query), 80)
    assert [piece.text for piece in pieces if piece.matched] == matched
