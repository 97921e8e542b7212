"""Bar charts, drawn by the server: where every bar stands, in the units of an SVG's own `viewBox`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 640, 160
"""Of the part of a picture that has bars in it."""
_GAP = 0.25
_LABELS_MAX = 7


@dataclass(frozen=True, slots=True)
class Part:
    """One colour of a bar."""

    kind: str
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Bar:
    """What stands over one label.

    Attributes:
        label: what it stands for; shown under it if `labelled`.
        told: what it says, in words.
    """

    label: str
    told: str
    labelled: bool
    x: float
    width: float
    parts: tuple[Part, ...]

    @property
    def middle(self) -> float:
        """Where its label stands."""
        return round(self.x + self.width / 2, 2)


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart; `top` is the number that the highest line stands for."""

    top: int
    bars: tuple[Bar, ...]


Item = tuple[str, Sequence[tuple[str, int]]]
"""A label, and the numbers over it by their kind."""


def draw(items: Sequence[Item]) -> Picture:
    """Draw a bar for each label, its numbers on top of one another."""
    top = max([1, *(sum(number for _, number in numbers) for _, numbers in items)])
    step = WIDTH / max(1, len(items))
    every = -(-len(items) // _LABELS_MAX)
    bars: list[Bar] = []
    for place, (label, numbers) in enumerate(items):
        parts, y = list[Part](), float(HEIGHT)
        for kind, number in numbers:
            height = HEIGHT * number / top
            y -= height
            if number:
                parts.append(Part(kind, round(y, 2), round(height, 2)))
        told = ", ".join(f"{number:,} {kind}" for kind, number in numbers)
        x, width = place * step + step * _GAP / 2, step * (1 - _GAP)
        bars.append(Bar(label, told, place % every == 0, round(x, 2), round(width, 2), tuple(parts)))
    return Picture(top, tuple(bars))
