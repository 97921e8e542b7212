"""Mail is queued with what it tells of, sent once, tried again when that fails, and never shows a secret."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.clock import Clock
from tests.postbox import Postbox, postbox
from tests.rows import Rows
from tests.services.talks import Talks
from tests.shop import Shop, open_shop
from tests.team import hash_quickly, hire
from whosthere.core.notices import BACK_OFF_MS, LEASE_MS
from whosthere.core.reasons import Reason, Refused
from whosthere.services import chores, inbox_actions, mail
from whosthere.services.runtime import Runtime
from whosthere.services.smtp import Letter, NotSent, Smtp
from whosthere.storage import agent_mails, outbox
from whosthere.storage.conversations import FIRST_PAGE
from whosthere.storage.tables import outbox as outbox_table

ADA = "ada@example.com"


@pytest.fixture
def box() -> Iterator[Postbox]:
    with postbox() as running:
        yield running


@pytest.fixture
def sending(runtime: Runtime, box: Postbox) -> Runtime:
    """An installation that has a mail server."""
    return replace(runtime, mailer=Smtp(box.url))


@pytest.fixture
def rows(runtime: Runtime, shop: Shop) -> Rows:
    return Rows(runtime.database, shop.id)


def queue(runtime: Runtime, shop: Shop, subject: str = "News", body: str = "Ahoy", to: str = ADA) -> None:
    runtime.writing(shop.id, lambda tenant: mail.queue(runtime, tenant, "reply", to, subject, body))


def test_a_mail_is_sent_once_and_says_that_a_machine_wrote_it(
    sending: Runtime, shop: Shop, box: Postbox, rows: Rows
) -> None:
    queue(sending, shop, "Grüße von Łukasz 語", "Schöne Grüße\n.\n..zwei Punkte\n")
    assert mail.deliver(sending, shop.id) == 1
    assert mail.deliver(sending, shop.id) == 0
    (arrived,) = box.mails
    row = rows.one(outbox_table)
    assert (arrived["Subject"], arrived["To"]) == ("Grüße von Łukasz 語", ADA)
    assert (arrived["From"], arrived["Auto-Submitted"]) == ("chat@shop.example.com", "auto-generated")
    assert arrived["Message-ID"] == f"<{row.id}@shop.example.com>"
    assert arrived.get_content().replace("\r\n", "\n") == "Schöne Grüße\n.\n..zwei Punkte\n"
    assert (row.sent_at, row.due_at, row.tries, row.error) == (sending.clock(), None, 1, None)


def test_of_two_processes_that_see_the_same_mail_one_sends_it(sending: Runtime, shop: Shop) -> None:
    queue(sending, shop)
    with sending.reading(shop.id) as tenant:
        (due,) = outbox.due(tenant, sending.clock(), 10)
    until = sending.clock() + LEASE_MS
    taken = [sending.writing(shop.id, lambda tenant: outbox.claim(tenant, due, until)) for _ in range(2)]
    assert taken == [True, False]


def test_a_mail_whose_sender_died_is_due_again(sending: Runtime, shop: Shop, clock: Clock, box: Postbox) -> None:
    queue(sending, shop)
    with sending.reading(shop.id) as tenant:
        (due,) = outbox.due(tenant, sending.clock(), 10)
    sending.writing(shop.id, lambda tenant: outbox.claim(tenant, due, sending.clock() + LEASE_MS))
    assert mail.deliver(sending, shop.id) == 0
    clock.advance(ms=LEASE_MS)
    assert mail.deliver(sending, shop.id) == 1
    assert len(box.mails) == 1


def test_what_fails_is_tried_less_and_less_often_and_then_given_up(
    sending: Runtime, shop: Shop, clock: Clock, box: Postbox, rows: Rows
) -> None:
    box.answers["DATA"] = "451 the disk is full"
    queue(sending, shop)
    for tries, pause in enumerate(BACK_OFF_MS, 1):
        assert mail.deliver(sending, shop.id) == 0
        row = rows.one(outbox_table)
        assert (row.tries, row.due_at, row.sent_at) == (tries, clock() + pause, None)
        assert row.error == "The mail server answered 451: the disk is full"
        clock.advance(ms=pause)
    mail.deliver(sending, shop.id)
    assert (rows.one(outbox_table).due_at, rows.one(outbox_table).tries) == (None, len(BACK_OFF_MS) + 1)
    clock.advance(ms=10 * max(BACK_OFF_MS))
    assert mail.deliver(sending, shop.id) == 0
    box.answers.clear()
    mail_id = rows.one(outbox_table).id
    assert sending.writing(shop.id, lambda tenant: outbox.send_again(tenant, mail_id, clock()))
    assert mail.deliver(sending, shop.id) == 1


def test_a_recipient_who_does_not_exist_is_given_up_at_once(
    sending: Runtime, shop: Shop, box: Postbox, rows: Rows
) -> None:
    box.answers["RCPT"] = "550 nobody here"
    queue(sending, shop)
    mail.deliver(sending, shop.id)
    assert (rows.one(outbox_table).due_at, rows.one(outbox_table).tries) == (None, 1)
    assert rows.one(outbox_table).error == "The mail server refuses this recipient (550)."


HOSTILE = "x\r\nBcc: mallory@evil.example\u2028y"


def test_no_header_can_be_added(sending: Runtime, shop: Shop, box: Postbox) -> None:
    queue(sending, shop, subject=HOSTILE)
    mail.deliver(sending, shop.id)
    (arrived,) = box.mails
    assert arrived["Bcc"] is None
    assert arrived["Subject"] == "x Bcc: mallory@evil.example y"
    for address in (f"ada@example.com\r\nBcc: {ADA}", "ada", "ada@example.com, bob@example.com", "<ada@example.com>"):
        with pytest.raises(NotSent):
            Smtp(box.url).send(Letter("1", address, "s", "b"))
    assert len(box.mails) == 1


def test_a_password_is_never_sent_without_encryption(box: Postbox) -> None:
    with pytest.raises(NotSent, match="no encryption"):
        Smtp(f"smtp://ada:secret@127.0.0.1:{box.port}").send(Letter("1", ADA, "s", "b"))
    assert not any("AUTH" in command for command in box.commands)


def test_a_server_that_is_not_there_costs_a_line_without_secrets() -> None:
    with pytest.raises(NotSent) as caught:
        Smtp("smtps://ada:secret@127.0.0.1:1").send(Letter("1", ADA, "s", "b"))
    assert "secret" not in caught.value.reason
    assert not caught.value.for_good


def test_a_server_that_cannot_be_reached_is_asked_once_in_a_turn_and_nothing_else_waits_for_it(
    runtime: Runtime, shop: Shop, clock: Clock, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    hash_quickly(monkeypatch)
    calls: list[str] = []

    class Gone(Smtp):
        def send(self, letter: Letter) -> None:
            calls.append(letter.id)
            super().send(letter)

    alone = replace(runtime, mailer=Gone("smtp://127.0.0.1:1"))
    for shop_of_many in (shop, open_shop(runtime)):
        queue(alone, shop_of_many)
        queue(alone, shop_of_many)
    talks = Talks(runtime, open_shop(runtime).id)
    here = talks.start()
    grace = hire(runtime, talks.platform_id)
    inbox_actions.snooze(runtime, grace.identity, here, clock() + 1)
    clock.advance(ms=1)
    chores.do_due(alone)
    assert len(calls) == 1
    assert talks.find(here).place == "inbox"
    assert sorted(row.tries for row in rows.all(outbox_table)) in ([0, 0], [0, 1])


def test_without_a_mail_server_everything_waits(runtime: Runtime, shop: Shop, rows: Rows) -> None:
    queue(runtime, shop)
    runtime.database.transact(lambda connection: mail.queue_secret(runtime, connection, ADA, "Link", "secret link"))
    assert (mail.deliver(runtime, shop.id), mail.deliver_secrets(runtime)) == (0, 0)
    assert rows.one(outbox_table).due_at == runtime.clock()


def test_a_mail_with_a_link_is_encrypted_and_forgotten_once_it_is_sent(sending: Runtime, box: Postbox) -> None:
    sending.database.transact(lambda connection: mail.queue_secret(sending, connection, ADA, "Link", "secret link"))
    with sending.database.read() as connection:
        (waiting,) = agent_mails.due(connection, sending.clock(), 10)
    assert "secret" not in waiting.content
    assert mail.deliver_secrets(sending) == 1
    assert [(one["To"], one.get_content().strip()) for one in box.mails] == [(ADA, "secret link")]
    with sending.database.read() as connection:
        assert agent_mails.due(connection, sending.clock() + 10**10, 10) == []


def test_a_mail_with_a_link_that_fails_waits_and_is_given_up(sending: Runtime, clock: Clock, box: Postbox) -> None:
    box.answers["DATA"] = "451 later"
    sending.database.transact(lambda connection: mail.queue_secret(sending, connection, ADA, "Link", "secret link"))
    for pause in (*BACK_OFF_MS, 0):
        assert mail.deliver_secrets(sending) == 0
        clock.advance(ms=pause)
    with sending.database.read() as connection:
        assert agent_mails.due(connection, clock() + 10**10, 10) == []


def test_only_those_who_see_the_team_read_the_outbox(
    runtime: Runtime, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    hash_quickly(monkeypatch)
    queue(runtime, shop)
    admin = hire(runtime, shop.id, "root@example.com", role="admin").identity
    agent = hire(runtime, shop.id).identity
    found = mail.listed(runtime, admin, shop.id, FIRST_PAGE)
    assert isinstance(found, list)
    assert [one.recipient for one in found] == [ADA]
    counts = [mail.listed(runtime, admin, shop.id, FIRST_PAGE, state) for state in ("waiting", "sent", "failed")]
    assert [isinstance(one, list) and len(one) for one in counts] == [1, 0, 0]
    for refused, reason in (
        (mail.listed(runtime, agent, shop.id, FIRST_PAGE), Reason.FORBIDDEN),
        (mail.find(runtime, admin, runtime.new_id(), found[0].id), Reason.NOT_FOUND),
        (mail.listed(runtime, admin, shop.id, FIRST_PAGE, "else"), Reason.INVALID_FIELD),
    ):
        assert isinstance(refused, Refused)
        assert refused.reason is reason
