"""Whatever colour a platform chooses, launcher and panel can be read (WCAG 2.2, 1.4.3)."""

from __future__ import annotations

import colorsys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whosthere.core.policy import Policy
from whosthere.storage.platforms import Platform
from whosthere.web.appearance import BRAND, CONTRAST_MIN, appearance, contrast, palette

WHITE, BLACK, NIGHT = (255, 255, 255), (0, 0, 0), (22, 24, 29)
COLOURS = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


def rgb(text: str) -> tuple[int, int, int]:
    assert text.startswith("#")
    assert len(text) == 7
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def hue(text: str) -> float:
    red, green, blue = (part / 255 for part in rgb(text))
    return colorsys.rgb_to_hsv(red, green, blue)[0]


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        (WHITE, BLACK, 21.0),
        (WHITE, WHITE, 1.0),
        ((118, 118, 118), WHITE, 4.54),
        ((119, 119, 119), WHITE, 4.48),
        ((255, 0, 0), WHITE, 4.0),
        ((0, 0, 255), WHITE, 8.59),
    ],
)
def test_contrast_is_the_published_ratio(one: tuple[int, int, int], other: tuple[int, int, int], ratio: float) -> None:
    assert contrast(one, other) == contrast(other, one) == pytest.approx(ratio, abs=0.005)


@given(COLOURS)
def test_every_brand_colour_can_be_read_on_both_grounds_and_its_ink_on_it(brand: str) -> None:
    light, light_ink, dark, dark_ink = palette(brand)
    assert contrast(rgb(light), WHITE) >= CONTRAST_MIN
    assert contrast(rgb(dark), NIGHT) >= CONTRAST_MIN
    assert contrast(rgb(light), rgb(light_ink)) >= CONTRAST_MIN
    assert contrast(rgb(dark), rgb(dark_ink)) >= CONTRAST_MIN


@pytest.mark.parametrize("brand", [BRAND, "#000000", "#0b3d91", "#7a0000"])
def test_a_colour_that_can_be_read_on_white_stays_as_it_is(brand: str) -> None:
    assert palette(brand)[0] == brand


@pytest.mark.parametrize("brand", ["#ffcc00", "#00ff88", "#ff99cc", "#87ceeb"])
def test_a_darkened_colour_keeps_its_hue(brand: str) -> None:
    assert hue(palette(brand)[0]) == pytest.approx(hue(brand), abs=0.02)


@pytest.mark.parametrize("nonsense", ["", "red", "#fff", "#12345g", "#1234567", "url(x)", "#3b46d6;}", "＃123456"])
def test_what_is_no_colour_is_the_house_colour(nonsense: str) -> None:
    assert palette(nonsense) == palette(BRAND)


def test_without_settings_a_platform_looks_like_the_house() -> None:
    looks = appearance(Platform("p", "Shop", Policy("p"), (), {}, created_at=0), 0)
    assert looks == {
        "name": "Shop",
        "brandColor": BRAND,
        "brandInk": "#ffffff",
        "brandColorDark": palette(BRAND)[2],
        "brandInkDark": palette(BRAND)[3],
        "position": "bottom-right",
        "greeting": "",
        "away": False,
        "opensAt": None,
        "closesAt": None,
        "replyTime": "",
    }


def test_a_platforms_settings_are_what_is_shown() -> None:
    chosen = {"brandColor": "#0B3D91", "position": "top-left", "greeting": "Ahoy"}
    looks = appearance(Platform("p", "Shop", Policy("p"), (), chosen, created_at=0), 0)
    assert (looks["brandColor"], looks["position"], looks["greeting"]) == ("#0b3d91", "top-left", "Ahoy")
