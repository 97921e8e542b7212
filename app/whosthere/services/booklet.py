"""A person's data as a page to be read, without anything that runs or is fetched (docs/privacy.md, "Exporting")."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Any
from urllib.parse import quote

from whosthere.core.instants import rfc3339
from whosthere.services.events import spelled
from whosthere.services.export import Begins, Ends, Export, Says, Step, place_in_archive
from whosthere.storage.conversations import Conversation
from whosthere.storage.events import read
from whosthere.storage.messages import Message

_HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>What {platform} knows</title>
<style>
:root {{ color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }}
body {{ max-width: 46rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere; }}
h2 {{ margin-top: 3rem; border-top: 1px solid; padding-top: 1rem; }}
dl {{ display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; }}
dd {{ margin: 0; }}
article {{ margin: 1rem 0; }}
p {{ margin: 0; white-space: pre-wrap; }}
small {{ opacity: .75; }}
</style>
</head>
<body>
<h1>What {platform} knows</h1>
"""
Fields = Sequence[tuple[str, Any]]
"""What is shown beside each other: names, and what they stand for."""

_PROVEN = {True: "proven", False: "claimed, not proven"}
_ASSURANCE = {"verified": "verified", "claimed": "claimed, not verified", "anonymous": "anonymous"}


END = "</body>\n</html>\n"
"""What follows the last of what was said."""


def head(export: Export) -> str:
    """Return everything that comes before what was said."""
    return f"{_HEAD.format(platform=escape(export.platform_name))}{_fields(_about(export))}"


def said(export: Export, step: Step) -> str:
    """Return one step of what was said."""
    match step:
        case Begins(conversation, _):
            return f"<h2>{escape(conversation.title or 'Conversation')}</h2>\n{_fields(_of_conversation(conversation))}"
        case Says(message, _):
            return _message(message, export)
        case Ends(conversation):
            return "".join(_written_about(export, conversation))


def _written_about(export: Export, conversation: Conversation) -> Iterator[str]:
    for note in export.notes(conversation.id):
        yield _article("Note of", note.author_name, [rfc3339(note.created_at)], note.body)
    for mail in export.mails(conversation.id):
        yield _article("Mail to", mail.recipient, [rfc3339(mail.created_at)], f"{mail.subject}\n\n{mail.body}")


def _about(export: Export) -> Fields:
    user, record = export.user, export.user.record
    known = {
        "Exported": rfc3339(export.now),
        f"User id, {_PROVEN[record.user_id_proven]}": record.user_id,
        f"Email, {_PROVEN[record.email_proven]}": record.email,
        f"Name, {_PROVEN[record.name_proven]}": record.name,
        "User id, as claimed": record.claimed_user_id,
        "Email, as claimed": record.claimed_email,
        "Name, left in the chat": user.contact_name,
        "Email, left in the chat": user.contact_email,
        "Language": user.language,
        "Last page": user.page_url,
        "First seen": rfc3339(user.created_at),
        "Last seen": rfc3339(user.last_seen_at),
        "Events": "; ".join(
            f"{rfc3339(one.at)} {one.name} {spelled(one.properties)}".rstrip() for one in read(export.standing.events)
        ),
        "Blocked": rfc3339(export.standing.blocked_at),
        "Merges": "; ".join(f"{entry.kind}, {rfc3339(entry.created_at)}" for entry in export.merges),
    }
    return list(known.items())


def _of_conversation(conversation: Conversation) -> Fields:
    return [
        ("State", conversation.state),
        ("Begun", rfc3339(conversation.created_at)),
        ("Page", conversation.page_url),
        ("Tags", ", ".join(conversation.tags)),
        # called as the page pleases, perhaps like one of ours
        *((f"Field “{name}”", one.get("value")) for name, one in conversation.fields.items() if isinstance(one, dict)),
        ("Rating", conversation.rating),
        ("Comment", conversation.rating_comment),
    ]


def _fields(fields: Fields) -> str:
    known = [(name, value) for name, value in fields if value not in (None, "")]
    rows = "".join(f"<dt>{escape(str(name))}</dt><dd>{escape(str(value))}</dd>\n" for name, value in known)
    return f"<dl>\n{rows}</dl>\n"


def _message(message: Message, export: Export) -> str:
    who = message.author_name or {"user": "Visitor", "agent": "Team", "system": "System"}[message.author_kind]
    about = [_ASSURANCE.get(message.assurance or ""), message.event, rfc3339(message.created_at)]
    links = "".join(
        f'<p><a href="{escape(quote(place_in_archive(shown["id"], shown["name"])))}">{escape(shown["name"])}</a></p>'
        for shown in message.attachments or ()
        if export.has_file(shown["id"])
    )
    return _article("", who, about, message.body, links)


def _article(role: str, who: str, about: Sequence[str | None], text: str, links: str = "") -> str:
    """Return a text under who wrote it: what a name says stands apart from what we say of it."""
    known = "".join(f" · {escape(part)}" for part in about if part)
    head = f"{role} <strong><bdi>{escape(who)}</bdi></strong>{known}".lstrip()
    return f"<article><small>{head}</small><p>{escape(text)}</p>{links}</article>\n"
