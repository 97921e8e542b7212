"""Pairs that are measured in turns, so that whatever else the machine does meets both alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is measured.

    Attributes:
        rounds: turns of each pair; the median counts.
        seconds: length of one turn under load.
        messages: size of the large database.
        streams: how many are held.
    """

    rounds: int
    seconds: float
    messages: int
    streams: int


FULL = Effort(rounds=7, seconds=1.5, messages=1_000_000, streams=2_000)
QUICK = Effort(rounds=3, seconds=0.5, messages=50_000, streams=200)


def alternate(rounds: int, one: Callable[[], T], other: Callable[[], T]) -> list[tuple[T, T]]:
    """Measure two things in turns, after one turn each that does not count."""
    one(), other()
    pairs: list[tuple[T, T]] = []
    for number in range(rounds):
        if number % 2:  # whoever goes second finds warmer caches: take turns in that, too
            second = other()
            pairs.append((one(), second))
        else:
            first = one()
            pairs.append((first, other()))
    return pairs


def median_ratio(pairs: list[tuple[float, float]]) -> float:
    """Return the median over all rounds of one measurement in terms of the other."""
    return median(one / other for one, other in pairs)
