"""A person who has left traces of every kind, and where such traces could still be."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from flask.testing import FlaskClient
from sqlalchemy import select

from tests.desk import reply
from tests.files import png
from tests.people import Person
from tests.rows import TENANT_TABLES
from tests.shop import ORIGIN, WIDGET, Shop, Visitor
from whosthere.services.runtime import Runtime
from whosthere.storage import events, ledger
from whosthere.storage.events import Event
from whosthere.storage.tables import metadata
from whosthere.storage.tenancy import Tenant

AGENT = "00000000-0000-7000-8000-00000000a9e7"


@dataclass(frozen=True, slots=True)
class Life:
    """What somebody has done on a platform; every text of it holds `mark`."""

    shop: Shop
    mark: str
    visitor: Visitor
    record_id: str
    conversation_id: str
    attachment_id: str
    message_id: str


def live(client: FlaskClient, shop: Shop, person: Person, mark: str, *, messages: int = 1) -> Life:
    """Have a person write, upload, rate, be answered, be noted and tagged, everything with `mark` in it."""
    page = {"url": f"https://shop.example.com/{mark}", "language": "en"}
    visitor = shop.visitor(client, person.proven(), page=page)
    record_id = shop.runtime.signer.read_session(visitor.answer["session"]["token"]).record_id
    fields = {"order": {"type": "singleline", "value": f"order {mark}"}}
    start = {
        "text": f"Hello {mark}",
        "clientMessageId": f"start-{mark}",
        "tags": [mark],
        "fields": fields,
        "page": page,
    }
    conversation_id = visitor.send("POST", "/conversations", start).json["conversation"]["id"]
    headers = visitor.headers | {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(mark, safe='')}.png"}
    uploaded = client.post(f"{WIDGET}/attachments", data=png(), content_type="image/png", headers=headers).json["id"]
    body = {"text": f"See {mark}", "clientMessageId": f"file-{mark}", "attachments": [uploaded]}
    posted = visitor.send("POST", f"/conversations/{conversation_id}/messages", body)
    assert posted.status_code == 201, posted.get_data(as_text=True)
    for number in range(messages):
        more = {"text": f"More {mark} {number}", "clientMessageId": f"{mark}-{number}"}
        assert visitor.send("POST", f"/conversations/{conversation_id}/messages", more).status_code == 201
    visitor.send("PUT", "/contact", {"name": f"Captain {mark}", "email": f"{mark}@contact.example.com"})
    answer = reply(shop.runtime, shop.id, conversation_id, f"Dear {mark}")
    around = (record_id, conversation_id, answer.id, mark, person.user_id)
    shop.runtime.writing(shop.id, lambda tenant: _surround(shop.runtime, tenant, *around))
    return Life(shop, mark, visitor, record_id, conversation_id, uploaded, posted.json["id"])


def _surround(
    runtime: Runtime, tenant: Tenant, record_id: str, conversation_id: str, answer_id: str, mark: str, user_id: str
) -> None:
    """What agents and the server itself store about somebody."""
    now, note_id = runtime.clock(), runtime.new_id()
    tables = metadata.tables
    note = {"id": note_id, "after_seq": 1, "agent_id": AGENT, "author_name": "Grace", "created_at": now}
    tenant.add(tables["notes"], conversation_id=conversation_id, body=f"A note on {mark}", **note)
    called = {"id": runtime.new_id(), "conversation_id": conversation_id, "note_id": note_id, "agent_id": AGENT}
    tenant.add(tables["mentions"], created_at=now, **called)
    mail = {"id": answer_id, "kind": "reply", "recipient": f"{mark}@mail.example.com", "created_at": now}
    tenant.add(tables["outbox"], conversation_id=conversation_id, subject=f"On {mark}", body=f"Dear {mark}", **mail)
    ledger.add_history(tenant, runtime.new_id(), record_id, record_id, [conversation_id], now)
    done = Event(now, f"bought {mark}", {"order": mark})
    assert events.add(tenant, record_id, done, most=20)
    sample = {"id": runtime.new_id(), "day": 1, "reason": "token_signature", "detail": {}, "created_at": now}
    tenant.add(tables["refusal_samples"], page_url=f"{ORIGIN}/account?id={user_id}", **sample)


def traces(runtime: Runtime, text: str) -> set[str]:
    """Return every `table.column` of the database that holds a text, whatever its type, as a dump would show it."""
    found: set[str] = set()
    wanted = text.encode()
    with runtime.database.engine.connect() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(select(table)).mappings():
                found |= {f"{table.name}.{name}" for name, value in row.items() if wanted in _spelled(value)}
    return found


def _spelled(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def platform_rows(runtime: Runtime, platform_id: str) -> dict[str, list[Any]]:
    """Return all rows of a platform."""
    with runtime.database.engine.connect() as connection:
        return {
            table.name: list(connection.execute(select(table).where(table.c.platform_id == platform_id)))
            for table in TENANT_TABLES
        }


def in_files(runtime: Runtime, platform_id: str) -> list[str]:
    """Return the ids of the stored files of a platform."""
    return [kept.id for kept in runtime.files.listed(platform_id)]


def on_disk(runtime: Runtime) -> bytes:
    """Return the bytes of a SQLite database, its write-ahead log included; nothing for another one."""
    if not runtime.database.is_sqlite:
        return b""
    content = io.BytesIO()
    for ending in ("", "-wal"):
        try:
            with open(f"{runtime.database.url.database}{ending}", "rb") as file:
                content.write(file.read())
        except FileNotFoundError:
            continue
    return content.getvalue()
