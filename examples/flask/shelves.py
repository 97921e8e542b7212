"""What the shop has in store, whom it knows, and what they ordered."""

from __future__ import annotations

from typing import Any

BOOKS: dict[str, dict[str, Any]] = {
    "the-pilots-almanac": {
        "title": "The Pilot’s Almanac",
        "author": "Maren Holm",
        "year": 1987,
        "price": "24.00",
        "about": "Tides, lights and buoys of the northern approaches, with the margin notes of three generations.",
    },
    "salt-and-rope": {
        "title": "Salt & Rope",
        "author": "Idris Vaughan",
        "year": 2004,
        "price": "18.50",
        "about": "Forty knots, what each is for, and the one time in a life when it has to hold.",
    },
    "a-lamp-on-the-mole": {
        "title": "A Lamp on the Mole",
        "author": "Chiara Bassi",
        "year": 2016,
        "price": "16.00",
        "about": "A novel. The keeper’s daughter learns to read the weather, and then the people.",
    },
    "small-boats": {
        "title": "Small Boats, Plainly Drawn",
        "author": "Tove Lindqvist",
        "year": 1971,
        "price": "32.00",
        "about": "Lines, offsets and building notes for eleven boats that one person can build in a winter.",
    },
    "fog-signals": {
        "title": "Fog Signals",
        "author": "Owen Teague",
        "year": 2021,
        "price": "21.00",
        "about": "How harbours learned to be heard: bells, guns, horns, and the quiet of radio.",
    },
    "the-ferry-kitchen": {
        "title": "The Ferry Kitchen",
        "author": "Nadia Rahmani",
        "year": 2018,
        "price": "27.50",
        "about": "Ninety minutes from quay to quay, two rings, one pan. Recipes that survive a swell.",
    },
}
for slug, book in BOOKS.items():
    book["slug"] = slug

CUSTOMERS: dict[str, dict[str, str]] = {
    "ada": {"id": "ada", "email": "ada@example.com", "name": "Ada Lovelace"},
    "bob": {"id": "bob", "email": "bob@example.com", "name": "Bob Kahn"},
}

ORDERS: dict[str, list[dict[str, str]]] = {
    "ada": [
        {"number": "HB-2041", "title": "The Pilot’s Almanac", "state": "On its way"},
        {"number": "HB-1987", "title": "Fog Signals", "state": "Delivered"},
    ],
    "bob": [{"number": "HB-2040", "title": "Salt & Rope", "state": "Being packed"}],
}
