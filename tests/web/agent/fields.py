"""Reading the forms of a page: what stands in a field, and what is wrong with it."""

from __future__ import annotations

import re
from html import unescape

from werkzeug.test import TestResponse


def value_of(response: TestResponse, name: str) -> str:
    """The value of a field, by its name or its id."""
    found = re.search(rf'(?:name|id)="{name}"[^>]* value="([^"]*)"', response.get_data(as_text=True))
    assert found is not None, response.get_data(as_text=True)
    return unescape(found[1])


def wrong(response: TestResponse) -> dict[str, str]:
    """What a page says is wrong, by field."""
    found = re.findall(r'class="wrong" id="(\w+)-wrong">([^<]*)<', response.get_data(as_text=True))
    return {name: unescape(words) for name, words in found}
