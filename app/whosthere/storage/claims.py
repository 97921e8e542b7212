"""Where a person's identifiers stand in records of others, as claims that nobody ever proved."""

from __future__ import annotations

from sqlalchemy import bindparam, func, or_

from whosthere.core.emails import lookup_key
from whosthere.core.resolution import Record
from whosthere.storage.tables import users
from whosthere.storage.tenancy import Tenant, select_in
from whosthere.storage.users import User, digest, user_from_row

# As near to a lookup key as a database can say it: whoever reads the rows compares the keys themselves.
_address = func.lower(bindparam("of_email"))
_never_proven = ~users.c.user_id_proven & ~users.c.email_proven
_CLAIMING = (
    select_in(users)
    .where(
        users.c.deleted_at.is_(None),
        users.c.id != bindparam("but"),
        users.c.id > bindparam("after"),
        or_(
            users.c.claimed_user_id == bindparam("of_user"),
            func.lower(users.c.claimed_email) == _address,
            func.lower(users.c.contact_email) == _address,
            _never_proven & (users.c.user_id_digest == bindparam("of_digest")),
            _never_proven & (users.c.email_key == bindparam("of_email")),
        ),
    )
    .order_by(users.c.id)
    .limit(bindparam("count"))
)


def claiming(tenant: Tenant, person: Record, after: str, count: int) -> list[User]:
    """Return at most `count` records after an id that may claim to be a person without proof, or may reach them.

    Reads all people of the platform: for what is asked seldom.
    """
    rows = tenant.run(
        _CLAIMING,
        but=person.id,
        after=after,
        of_user=person.user_id,
        of_digest=None if person.user_id is None else digest(person.user_id),
        of_email=None if person.email is None else lookup_key(person.email),
        count=count,
    )
    return [user_from_row(row) for row in rows]
