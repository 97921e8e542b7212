"""One message or one file is taken back: its content is nowhere any more, everything around it stays."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.clock import Clock
from tests.desk import reply
from tests.people import ADA
from tests.rows import Rows
from tests.services.lives import Life, in_files, live, traces
from tests.shop import Shop, open_shop
from tests.web.widget.endpoints import check_problem
from whosthere.core.notices import VISITOR_NOTICE_MS
from whosthere.core.reasons import Reason, Refused
from whosthere.services import mail, notices, redaction
from whosthere.services.journal import Actor, entries
from whosthere.services.runtime import Runtime
from whosthere.storage import platforms
from whosthere.storage.messages import Message
from whosthere.storage.platforms import Platform
from whosthere.storage.tables import outbox

ACTOR = Actor("cli:grace")
MARK = "ada-4711-xyzzy"


@pytest.fixture
def ada(client: FlaskClient, shop: Shop) -> Life:
    """Ada, who sent a picture with a text in her second message."""
    return live(client, shop, ADA, MARK)


def shop_of(runtime: Runtime, platform_id: str) -> Platform:
    """The platform as services take it."""
    with runtime.database.read() as connection:
        found = platforms.find(connection, platform_id)
    assert found is not None
    return found


def log(life: Life) -> list[dict[str, object]]:
    """What the visitor reads."""
    return list(life.visitor.get(f"/conversations/{life.conversation_id}/messages").json["items"])


def test_a_redacted_message_keeps_its_place_and_loses_its_content(runtime: Runtime, shop: Shop, ada: Life) -> None:
    for _ in range(2):
        message = redaction.redact_message(runtime, shop.id, ada.message_id, actor=ACTOR)
        assert isinstance(message, Message)
        assert (message.seq, message.body, message.event) == (2, "", "redacted")
    assert traces(runtime, f"See {MARK}") == set()
    assert traces(runtime, f"{MARK}.png") == set()
    assert in_files(runtime, shop.id) == []
    check_problem(ada.visitor.get(f"/attachments/{ada.attachment_id}"), 404, "not_found")
    assert [(one["seq"], one["body"], one.get("event")) for one in log(ada)][1:3] == [
        (2, "", "redacted"),
        (3, f"More {MARK} 0", None),
    ]
    assert [entry.action for entry in entries(runtime, shop.id)] == ["message.redacted"]


def test_the_first_and_the_last_message_are_taken_out_of_the_lists(runtime: Runtime, shop: Shop, ada: Life) -> None:
    first, *_, last = log(ada)
    for one in (first, last):
        assert isinstance(redaction.redact_message(runtime, shop.id, str(one["id"]), actor=ACTOR), Message)
    assert traces(runtime, f"Hello {MARK}") == set()
    assert traces(runtime, f"Dear {MARK}") == set()
    assert ada.visitor.get("/conversations").json["items"][0]["lastMessage"]["body"] == ""


def test_a_redacted_file_leaves_the_text_of_its_message(runtime: Runtime, shop: Shop, ada: Life) -> None:
    assert redaction.redact_attachment(runtime, shop.id, ada.attachment_id, actor=ACTOR) is None
    assert in_files(runtime, shop.id) == []
    assert traces(runtime, f"{MARK}.png") == set()
    assert (log(ada)[1]["body"], log(ada)[1]["attachments"]) == (f"See {MARK}", [])
    again = redaction.redact_attachment(runtime, shop.id, ada.attachment_id, actor=ACTOR)
    assert isinstance(again, Refused)
    assert again.reason is Reason.NOT_FOUND


def test_a_redaction_forgets_the_mail_that_quotes_and_no_other(runtime: Runtime, shop: Shop, ada: Life) -> None:
    here = {"conversation_id": ada.conversation_id}
    runtime.writing(
        shop.id,
        lambda tenant: mail.queue(runtime, tenant, "mention", "grace@example.com", "A call", "Look", **here),
    )
    redaction.redact_message(runtime, shop.id, ada.message_id, actor=ACTOR)
    assert "outbox.body" in traces(runtime, f"Dear {MARK}"), "it quotes another message"
    redaction.redact_message(runtime, shop.id, str(log(ada)[-1]["id"]), actor=ACTOR)
    assert "outbox.body" not in traces(runtime, f"Dear {MARK}")
    assert traces(runtime, "A call") == {"outbox.subject"}


def test_what_was_taken_back_is_never_mailed_and_another_answer_is_told_of_instead(
    runtime: Runtime, client: FlaskClient, shop: Shop, clock: Clock
) -> None:
    ada, rows = shop.visitor(client, ADA.proven()), Rows(runtime.database, shop.id)
    here = ada.start()["conversation"]["id"]
    kept, slip, late = (
        reply(runtime, shop.id, here, text) for text in ("Hello Ada", "The code is 1234", "5678, sorry")
    )
    for taken, quoted in ((late, slip.body), (slip, kept.body)):
        assert isinstance(redaction.redact_message(runtime, shop.id, taken.id, actor=ACTOR), Message)
        clock.advance(ms=VISITOR_NOTICE_MS)
        notices.tell(runtime, shop_of(runtime, shop.id))
        assert f"> {quoted}" in rows.one(outbox).body
    redaction.redact_message(runtime, shop.id, kept.id, actor=ACTOR)
    notices.tell(runtime, shop_of(runtime, shop.id))
    assert rows.all(outbox) == []


def test_nothing_of_another_platform_is_redacted(runtime: Runtime, ada: Life) -> None:
    other = open_shop(runtime)
    for refused in (
        redaction.redact_message(runtime, other.id, ada.message_id, actor=ACTOR),
        redaction.redact_attachment(runtime, other.id, ada.attachment_id, actor=ACTOR),
    ):
        assert isinstance(refused, Refused)
        assert refused.reason is Reason.NOT_FOUND
    assert log(ada)[1]["body"] == f"See {MARK}"
