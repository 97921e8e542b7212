"""Contact details that a visitor leaves in the chat: claimed, never looked up, proof of nothing (docs/http-api.md)."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from whosthere.core.assurance import Assurance
from whosthere.core.identifiers import USER_NAME_LENGTH_MAX, user_email_problem
from whosthere.core.provenance import Record
from whosthere.core.reasons import Reason, Refused
from whosthere.core.sessions import Session


@dataclass(frozen=True, slots=True)
class Contact:
    """A name and an email address; what is `None` was not left."""

    name: str | None = None
    email: str | None = None


def read_contact(name: str | None, email: str | None) -> Contact | Refused:
    """Return what was left, or which part of it cannot be kept."""
    name = (name or "").strip()
    if len(name) > USER_NAME_LENGTH_MAX or any(unicodedata.category(one)[0] == "C" for one in name):
        detail = f"name must be at most {USER_NAME_LENGTH_MAX} printable characters."
        return Refused(Reason.INVALID_FIELD, detail, "name")
    problem = user_email_problem(email)
    if problem is not None:
        return Refused(Reason.INVALID_FIELD, "email is not a valid email address.", "email")
    if not name and not email:
        return Refused(Reason.INVALID_FIELD, "Give a name or an email address.", "name")
    return Contact(name or None, email or None)


def refuse_contact(session: Session, record: Record | None) -> Refused | None:
    """Say why this visitor leaves no contact details, or `None` if they may.

    Under `fullPrivacy` nothing of the kind is kept. And who only claims to be somebody puts nothing on the card of the
    person who has proven it.
    """
    if session.full_privacy:
        return Refused(Reason.FORBIDDEN, "This page asks for full privacy: no contact details are kept.")
    if session.assurance is Assurance.CLAIMED and record is not None and record.proven:
        return Refused(Reason.FORBIDDEN, "Log in to leave contact details.")
    return None


def missing(session: Session, record: Record | None, given: Contact, left: Contact) -> tuple[str, ...]:
    """Return what a visitor may be asked for: `name`, `email`, both or nothing.

    Args:
        given: what the page said, or a verified visitor's record knows.
        left: what was left in the chat before.
    """
    if refuse_contact(session, record) is not None:
        return ()
    known = {"name": given.name or left.name, "email": given.email or left.email}
    return tuple(field for field, value in known.items() if value is None)
