"""Mail travels encrypted: a server is known by its certificate before it hears a password."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests import certificates
from tests.postbox import Postbox, postbox
from whosthere.services.smtp import Letter, NotSent, Smtp

ADA = "ada@example.com"
LETTER = Letter("1", ADA, "News", "Ahoy")
PASSWORD = "s/e:c@r?e#t"
LOGIN = ("chat@shop.example.com", PASSWORD)

pytestmark = pytest.mark.parametrize("scheme", ["smtps", "smtp"])


@contextmanager
def box_of(
    scheme: str, folder: Path, monkeypatch: pytest.MonkeyPatch, *, host: str = "127.0.0.1", trusted: bool = True
) -> Iterator[Postbox]:
    """A mail server with a certificate for `host`, which this machine trusts or not."""
    made = certificates.make(folder, host)
    other = certificates.make(folder, "other.example.com")
    monkeypatch.setenv("SSL_CERT_FILE", str(made.path if trusted else other.path))
    with postbox(scheme, made.serving(), LOGIN) as box:
        yield box


def mailer(box: Postbox, password: str = "s%2Fe%3Ac%40r%3Fe%23t") -> Smtp:
    return Smtp(f"{box.scheme}://chat%40shop.example.com:{password}@127.0.0.1:{box.port}")


def verbs(box: Postbox) -> list[str]:
    """The commands that the server heard, without what was said in them."""
    return [command.split()[0].upper() for command in box.commands]


def test_mail_is_taken_from_whoever_logs_in(scheme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with box_of(scheme, tmp_path, monkeypatch) as box:
        mailer(box).send(LETTER)
    assert [one["To"] for one in box.mails] == [ADA]
    assert box.mails[0]["From"] == LOGIN[0]
    before = verbs(box)[: verbs(box).index("MAIL")]
    assert before == (["EHLO", "STARTTLS"] if scheme == "smtp" else []) + ["EHLO", "AUTH"]


@pytest.mark.parametrize(
    ("host", "trusted", "why"),
    [
        ("127.0.0.1", False, "not trusted: self-signed certificate"),
        ("mail.example.com", True, "not trusted: IP address mismatch"),
    ],
)
def test_a_wrong_certificate_is_refused_before_anything_is_said(
    scheme: str, host: str, trusted: bool, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        box_of(scheme, tmp_path, monkeypatch, host=host, trusted=trusted) as box,
        pytest.raises(NotSent, match=why) as caught,
    ):
        mailer(box).send(LETTER)
    assert caught.value.unreachable
    assert not caught.value.for_good
    assert [command.split()[0].upper() for command in box.commands] == (
        [] if scheme == "smtps" else ["EHLO", "STARTTLS"]
    )
    assert not box.mails


def test_a_wrong_password_costs_one_line_that_does_not_hold_it(
    scheme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = "wrong-secret"
    with box_of(scheme, tmp_path, monkeypatch) as box, pytest.raises(NotSent) as caught:
        mailer(box, wrong).send(LETTER)
    assert caught.value.reason == "The mail server refuses our credentials (535)."
    assert caught.value.unreachable  # or each mail that waits would try the password again
    assert wrong not in "".join(traceback.format_exception(caught.value))
    assert not box.mails


def test_a_server_that_expects_another_kind_of_encryption_is_said_to(
    scheme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with postbox(login=LOGIN) as box:  # it offers none
        box.scheme, wanted = scheme, "TLS as it should" if scheme == "smtps" else "no encryption"
        sender = mailer(box)
        box.scheme = "smtp"
        with pytest.raises(NotSent, match=wanted) as caught:
            sender.send(LETTER)
    assert caught.value.unreachable
    assert not any("AUTH" in command for command in box.commands)
