"""Where a person's identifiers stand in records of others: as claims, which nobody ever proved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, case, func, or_

from whosthere.core.emails import lookup_key
from whosthere.storage import search
from whosthere.storage.tables import users
from whosthere.storage.tenancy import Tenant, select_in, update_in
from whosthere.storage.users import User, digest, user_from_row


@dataclass(frozen=True, slots=True)
class Named:
    """The identifiers of a person, and the record that is theirs."""

    record_id: str
    user_id: str | None
    email: str | None


def _is_address(column: str) -> object:
    # As near as a database can say it; what is equal by its lookup key is equal for any database.
    return func.lower(users.c[column]) == func.lower(bindparam("of_email"))


_own_user_id = (users.c.user_id_digest == bindparam("of_digest")) & ~users.c.user_id_proven & ~users.c.email_proven
_own_email = (users.c.email_key == bindparam("of_email")) & ~users.c.email_proven
_FOUND = (
    select_in(users)
    .where(
        users.c.deleted_at.is_(None),
        users.c.id != bindparam("but"),
        users.c.id > bindparam("after"),
        or_(
            users.c.claimed_user_id == bindparam("of_user"),
            func.lower(users.c.claimed_email) == func.lower(bindparam("of_email")),
            func.lower(users.c.contact_email) == func.lower(bindparam("of_email")),
            _own_user_id,
            _own_email,
        ),
    )
    .order_by(users.c.id)
    .limit(bindparam("count"))
)
_ends = or_(bindparam("b_own_user_id"), bindparam("b_own_email"))
