"""How a platform's launcher and panel look, with contrast that can be read (WCAG 2.2, 1.4.3)."""

from __future__ import annotations

import re
from functools import lru_cache

from typing_extensions import TypedDict

from whosthere.core.hours import ALWAYS, Standing, Unreadable, read_hours, standing
from whosthere.storage.platforms import Platform
from whosthere.web.shapes import Colour

BRAND = "#3b46d6"
CONTRAST_MIN = 4.5
_WHITE = (255, 255, 255)
_NIGHT = (22, 24, 29)
_INK_LIGHT = "#ffffff"
_INK_DARK = "#0d0f1f"
_STEPS = 40

Rgb = tuple[int, int, int]


class Appearance(TypedDict):
    """What the embed script and the panel are told about looks, and about who is there.

    `opensAt` and `closesAt` are epoch milliseconds.
    """

    name: str
    brandColor: Colour
    brandInk: Colour
    brandColorDark: Colour
    brandInkDark: Colour
    position: str
    greeting: str
    away: bool
    opensAt: int | None
    closesAt: int | None
    replyTime: str


def appearance(platform: Platform, now: int) -> Appearance:
    """Return the platform's looks at `now`; its brand colour is darkened or lightened until it can be read."""
    here = _standing(str(platform.availability.get("workingHours", "")), now)
    settings = platform.appearance
    light, light_ink, dark, dark_ink = palette(str(settings.get("brandColor", BRAND)))
    return {
        "name": platform.name,
        "brandColor": light,
        "brandInk": light_ink,
        "brandColorDark": dark,
        "brandInkDark": dark_ink,
        "position": str(settings.get("position", "bottom-right")),
        "greeting": str(settings.get("greeting", "")),
        "away": here.away,
        "opensAt": here.opens_at,
        "closesAt": here.closes_at,
        "replyTime": str(platform.availability.get("replyTime", "")),
    }


def _standing(hours: str, now: int) -> Standing:
    try:
        return standing(read_hours(hours) if hours else None, now)
    except Unreadable:  # it was readable when it was stored: this machine knows fewer time zones
        return ALWAYS


@lru_cache(maxsize=1024)
def palette(brand: str) -> tuple[str, str, str, str]:
    """Return the brand colour and its ink on light ground, then on dark ground; kept, since boots ask for it."""
    colour = _parse(brand) or _parse(BRAND) or _NIGHT
    light = _until_readable(colour, _WHITE, towards=(0, 0, 0))
    dark = _until_readable(colour, _NIGHT, towards=_WHITE)
    return _text(light), _ink(light), _text(dark), _ink(dark)


def contrast(one: Rgb, other: Rgb) -> float:
    """Return the contrast ratio of two sRGB colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Rgb) -> float:
    red, green, blue = (_linear(channel / 255) for channel in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def _until_readable(colour: Rgb, ground: Rgb, *, towards: Rgb) -> Rgb:
    for step in range(_STEPS + 1):
        share = step / _STEPS
        mixed = [round(part * (1 - share) + target * share) for part, target in zip(colour, towards, strict=True)]
        candidate: Rgb = (mixed[0], mixed[1], mixed[2])
        if contrast(candidate, ground) >= CONTRAST_MIN:
            return candidate
    return towards


def _ink(colour: Rgb) -> str:
    light, dark = _parse(_INK_LIGHT) or _WHITE, _parse(_INK_DARK) or _NIGHT
    return _INK_LIGHT if contrast(colour, light) >= contrast(colour, dark) else _INK_DARK


def _parse(text: str) -> Rgb | None:
    match = re.fullmatch(r"#([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})", text)
    return None if match is None else (int(match[1], 16), int(match[2], 16), int(match[3], 16))


def _text(colour: Rgb) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
