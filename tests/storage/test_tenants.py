"""The schema keeps platforms apart, and so does whoever speaks for one."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Table, bindparam, insert

from tests.people import ADA
from tests.rows import TENANT_TABLES
from whosthere.storage.database import Database
from whosthere.storage.errors import Conflict
from whosthere.storage.tables import conversations, metadata, platforms, users
from whosthere.storage.tenancy import Tenant, delete_in, select_in, update_in

GLOBAL = {
    "agent_links",
    "agent_mails",
    "agent_sessions",
    "agents",
    "memberships",
    "personal_tokens",
    "platforms",
    "sign_in_tries",
}


def test_every_table_belongs_to_platforms_or_is_known_to_be_global() -> None:
    assert {table.name for table in metadata.sorted_tables} - {table.name for table in TENANT_TABLES} == GLOBAL


@pytest.mark.parametrize("table", TENANT_TABLES, ids=str)
def test_a_tenant_tables_keys_and_indexes_begin_with_the_platform(table: Table) -> None:
    assert [column.name for column in table.primary_key] == ["platform_id", "id"]
    for index in table.indexes:
        assert next(iter(index.columns)).name == "platform_id", index.name
    for key in table.foreign_key_constraints:
        assert key.column_keys[0] == "platform_id"
        if key.referred_table is not platforms:
            assert [element.target_fullname.partition(".")[2] for element in key.elements] == ["platform_id", "id"]


@pytest.mark.parametrize("table", TENANT_TABLES, ids=str)
def test_no_column_refers_to_another_tenant_table_without_the_platform(table: Table) -> None:
    referring = {name for key in table.foreign_key_constraints for name in key.column_keys}
    assert {"record_id", "conversation_id"} & {column.name for column in table.columns} <= referring


# -- the rules, tried ---------------------------------------------------------------------------------------------


PLATFORM_ROW = {
    "name": "x",
    "verification": "off",
    "anonymous_days": 7,
    "anonymous_history": "keep",
    "origins": [],
    "appearance": {},
    "created_at": 0,
}
ONE, OTHER = "01a00000-0000-7000-8000-000000000001", "01a00000-0000-7000-8000-000000000002"
ID = "01a00000-0000-7000-8000-00000000000a"
CONVERSATION: dict[str, Any] = {
    "state": "open",
    "title": "",
    "assurance": "verified",
    "last_author_kind": "user",
    "last_body": "",
    "last_message_at": 0,
    "tags": [],
    "fields": {},
    "created_at": 0,
    "updated_at": 0,
}


@pytest.fixture
def two(database: Database) -> Database:
    """Two platforms, the first with Ada's record."""
    with database.engine.begin() as connection:
        connection.execute(insert(platforms), [{"id": one, **PLATFORM_ROW} for one in (ONE, OTHER)])
        connection.execute(
            insert(users), {"platform_id": ONE, "id": ID, "user_id": ADA.user_id, "created_at": 0, "last_seen_at": 0}
        )
    return database


def test_a_row_cannot_refer_to_one_of_another_platform(two: Database) -> None:
    for tenant, fits in ((ONE, True), (OTHER, False)):

        def add(connection: Any, tenant: str = tenant) -> None:
            Tenant(connection, tenant).add(conversations, id=tenant, record_id=ID, **CONVERSATION)

        if fits:
            two.transact(add)
        else:
            with pytest.raises(Conflict), two.write() as connection:
                add(connection)


def test_the_same_id_may_stand_in_two_platforms(two: Database) -> None:
    row = {"user_id": "bob", "name": "Bob", "created_at": 0, "last_seen_at": 0}
    two.transact(lambda connection: Tenant(connection, OTHER).add(users, id=ID, **row))
    found = select_in(users, columns=[users.c.user_id]).where(users.c.id == bindparam("id"))
    with two.read() as connection:
        assert Tenant(connection, ONE).run(found, id=ID).scalar_one() == "ada"
        assert Tenant(connection, OTHER).run(found, id=ID).scalar_one() == "bob"


def test_a_tenant_changes_and_deletes_its_own_rows_only(two: Database) -> None:
    everything = delete_in(users)
    renamed = update_in(users).values(name="x")
    assert two.transact(lambda connection: Tenant(connection, OTHER).run(renamed).rowcount) == 0
    assert two.transact(lambda connection: Tenant(connection, OTHER).run(everything).rowcount) == 0
    assert two.transact(lambda connection: Tenant(connection, ONE).run(renamed).rowcount) == 1


def test_a_row_that_names_another_platform_is_stored_in_the_tenants(two: Database) -> None:
    row = {"platform_id": ONE, "created_at": 0, "last_seen_at": 0}
    two.transact(lambda connection: Tenant(connection, OTHER).add(users, id=OTHER, **row))
    with two.read() as connection:
        found = select_in(users, columns=[users.c.platform_id]).where(users.c.id == bindparam("id"))
        assert Tenant(connection, OTHER).run(found, id=OTHER).scalar_one() == OTHER
