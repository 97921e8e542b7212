"""Who rows here, and when they go out."""

from __future__ import annotations

MEMBERS = {
    "ada": {"id": "ada", "email": "ada@example.com", "name": "Ada Lovelace", "seat": "Stroke"},
    "bob": {"id": "bob", "email": "bob@example.com", "name": "Bob Kahn", "seat": "Bow"},
}
OUTINGS = {
    "ada": [("Tuesday", "06:15", "Kingfisher, eight"), ("Saturday", "08:00", "Heron, double scull")],
    "bob": [("Thursday", "18:30", "Kingfisher, eight")],
}
RESULTS = [
    ("Head of the Weir", "Women’s eights", "2nd", "17:42.8"),
    ("Head of the Weir", "Mixed fours", "1st", "19:03.1"),
    ("Lock Sprint", "Double sculls", "4th", "3:31.0"),
    ("Lock Sprint", "Coxed fours", "1st", "3:18.6"),
    ("Autumn Marathon", "Quads", "7th", "1:52:20"),
]
