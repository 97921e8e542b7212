"""Platforms are created and changed as a whole or not at all, and the audit log knows by whom."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tests.clock import START_MS
from tests.topics import overheard
from whosthere.core.keys import Scheme
from whosthere.core.policy import AnonymousHistory, Verification
from whosthere.core.reasons import Reason, Refused
from whosthere.realtime.hub import access_topic
from whosthere.services import keys, platforms
from whosthere.services.journal import Actor, entries
from whosthere.services.options import OPTIONS, Invalid, texts
from whosthere.services.platforms import Created
from whosthere.services.runtime import Runtime
from whosthere.storage import keys as key_rows
from whosthere.storage.platforms import Platform

ADA = Actor("cli:ada")
NOBODY = "00000000-0000-0000-0000-000000000000"


def create(runtime: Runtime, name: str = "Harbour Shop", *origins: str) -> Created:
    created = platforms.create(runtime, name, origins or ("https://shop.example.com",), actor=ADA)
    assert isinstance(created, Created)
    return created


def change(runtime: Runtime, platform_id: str, **values: str) -> Platform:
    changed = platforms.change(runtime, platform_id, values, actor=ADA)
    assert isinstance(changed, Platform)
    return changed


def test_a_new_platform_enforces_and_has_one_standard_key_with_32_random_bytes(runtime: Runtime) -> None:
    created = create(runtime)
    assert created.platform.policy.verification is Verification.ENFORCED
    assert created.platform.created_at == START_MS
    assert (created.key.scheme, created.key.name, created.key.weak) == (Scheme.STANDARD, "2027-01", False)
    assert len(created.key.secret) >= 43
    listed = keys.listed(runtime, created.platform.id)
    assert not isinstance(listed, Refused)
    assert [key.id for key in listed] == [created.key.id]


def test_the_secret_of_a_new_platform_is_stored_encrypted(runtime: Runtime) -> None:
    created = create(runtime)
    with runtime.reading(created.platform.id) as tenant:
        keyring = key_rows.keyring(tenant, runtime.vault)
        stored = tenant.connection.exec_driver_sql("SELECT secret FROM keys").scalar_one()
    assert keyring is not None
    assert keyring.keys[0].secret == created.key.secret.encode()
    assert created.key.secret not in stored


def test_what_was_created_is_found_and_listed(runtime: Runtime) -> None:
    first, second = create(runtime, "First"), create(runtime, "Second")
    assert platforms.find(runtime, first.platform.id) == first.platform
    assert {platform.name for platform in platforms.listed(runtime)} == {"First", "Second"}
    unknown = platforms.find(runtime, NOBODY)
    assert isinstance(unknown, Refused)
    assert unknown.reason is Reason.NOT_FOUND
    assert second.key.secret != first.key.secret


def test_a_platform_with_a_problem_is_not_created(runtime: Runtime) -> None:
    refused = platforms.create(runtime, " ", ["https://shop.example.com/path"], actor=ADA)
    assert isinstance(refused, Invalid)
    assert [problem.field for problem in refused.problems] == ["name", "origins"]
    assert platforms.listed(runtime) == []


def test_what_is_set_is_stored(runtime: Runtime) -> None:
    before = create(runtime).platform
    values = {
        "name": "Harbour Store",
        "origins": "https://a.example,https://b.example",
        "verification": "report",
        "user_id_pattern": "[0-9]{6}",
        "email_adoption": "off",
        "anonymous_days": "30",
        "anonymous_idle_days": "2",
        "anonymous_history": "ask",
        "retention_days": "365",
        "anonymous_starts_per_hour": "60",
        "proof_of_work": "on",
        "brand_color": "#0f5c6e",
        "position": "top-left",
        "greeting": "Ahoy! 👋",
        "working_hours": "mon-fri 9:00-17:00 Europe/Berlin",
        "reply_time": "minutes",
    }
    assert set(values) == set(OPTIONS)
    assert texts(change(runtime, before.id, **values)) == values
    stored = platforms.find(runtime, before.id)
    assert isinstance(stored, Platform)
    assert texts(stored) == values


def test_a_change_with_a_problem_changes_nothing(runtime: Runtime) -> None:
    before = create(runtime).platform
    refused = platforms.change(runtime, before.id, {"greeting": "Ahoy", "verification": "maybe"}, actor=ADA)
    assert isinstance(refused, Invalid)
    assert platforms.find(runtime, before.id) == before


def test_every_change_raises_the_version_and_a_change_of_nothing_does_not(runtime: Runtime) -> None:
    before = create(runtime).platform
    after = change(runtime, before.id, anonymous_history="ask")
    assert after.version > before.version
    assert after.policy.anonymous_history is AnonymousHistory.ASK
    assert change(runtime, before.id, anonymous_history="ask").version == after.version


def test_a_change_that_was_made_for_an_older_version_is_refused(runtime: Runtime) -> None:
    seen = platforms.find(runtime, create(runtime).platform.id)
    assert isinstance(seen, Platform)
    change(runtime, seen.id, greeting="Ahoy")
    late = platforms.change(runtime, seen.id, {"greeting": "Moin"}, actor=ADA, version=seen.version)
    assert isinstance(late, Refused)
    assert late.reason is Reason.CHANGED_MEANWHILE
    assert platforms.find(runtime, seen.id) != late


def test_simultaneous_changes_of_different_options_are_all_kept(runtime: Runtime) -> None:
    platform_id = create(runtime).platform.id
    values = [{"greeting": "Ahoy"}, {"anonymous_days": "30"}, {"position": "top-left"}, {"verification": "report"}]
    with ThreadPoolExecutor(len(values)) as pool:
        list(pool.map(lambda value: change(runtime, platform_id, **value), values))
    stored = platforms.find(runtime, platform_id)
    assert isinstance(stored, Platform)
    assert {name: OPTIONS[name].show(stored) for value in values for name in value} == {
        name: text for value in values for name, text in value.items()
    }


def test_an_unknown_platform_is_not_changed(runtime: Runtime) -> None:
    refused = platforms.change(runtime, NOBODY, {"greeting": "Ahoy"}, actor=ADA)
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.NOT_FOUND


def test_the_audit_log_tells_what_was_changed_from_what_to_what(runtime: Runtime) -> None:
    platform_id = create(runtime).platform.id
    change(runtime, platform_id, verification="report", anonymous_days="30")
    newest, *older = entries(runtime, platform_id)
    assert (newest.actor, newest.action, newest.created_at) == ("cli:ada", "platform.changed", START_MS)
    assert newest.detail == {"verification": ["enforced", "report"], "anonymous_days": ["7", "30"]}
    assert {entry.action for entry in older} == {"platform.created", "key.created"}


def test_streams_are_woken_by_a_change_so_that_they_ask_again_who_may_listen(runtime: Runtime) -> None:
    platform_id = create(runtime).platform.id
    runtime, topics = overheard(runtime)
    platforms.change(runtime, platform_id, {"verification": "maybe"}, actor=ADA)
    assert topics == []
    change(runtime, platform_id, verification="report")
    assert topics == [access_topic(platform_id)]
