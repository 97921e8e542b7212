"""What the launcher says to screen readers: the only words that a page shows before the panel is opened."""

from __future__ import annotations

from typing_extensions import TypedDict

from whosthere.web.language import FALLBACK

# By language of the panel: the button, and what comes before the number of unread messages (no plural forms needed).
_WORDS = {
    "ar": ("الدردشة مع {name}", "غير مقروءة: "),
    "de": ("Chat mit {name}", "ungelesen: "),
    "en": ("Chat with {name}", "unread: "),
    "es": ("Chatear con {name}", "sin leer: "),
    "fr": ("Discuter avec {name}", "non lus : "),
    "ja": ("{name}とチャット", "未読: "),
    "pt": ("Conversar com {name}", "não lidas: "),
}


class Launcher(TypedDict):
    """The words of the launcher in one language."""

    label: str
    unread: str


def launcher(name: str, locale: str) -> Launcher:
    """Return the words of the launcher of the platform called `name`."""
    label, unread = _WORDS.get(locale, _WORDS[FALLBACK])
    return {"label": label.replace("{name}", name), "unread": unread}
