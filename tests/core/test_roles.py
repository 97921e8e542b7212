"""Roles: a table of rights, and nobody reaches above themselves."""

from __future__ import annotations

import pytest

from whosthere.core.browsers import in_words
from whosthere.core.preferences import DEFAULTS, complete
from whosthere.core.recovery import BYTES, digest, spell
from whosthere.core.roles import Right, Role, may, reaches


@pytest.mark.parametrize(
    ("right", "owner", "admin", "agent"),
    [
        (Right.SERVE, True, True, True),
        (Right.EDIT_REPLIES, True, True, True),
        (Right.BLOCK_NETWORKS, True, True, False),
        (Right.UNDO_MERGE, True, True, False),
        (Right.REDACT, True, True, False),
        (Right.SEE_TEAM, True, True, False),
        (Right.MANAGE_TEAM, True, True, False),
        (Right.MANAGE_PLATFORM, True, True, False),
        (Right.MANAGE_OWNERS, True, False, False),
    ],
)
def test_each_role_has_its_rights_and_no_others(right: Right, owner: bool, admin: bool, agent: bool) -> None:
    assert [may(role, right) for role in (Role.OWNER, Role.ADMIN, Role.AGENT)] == [owner, admin, agent]


def test_an_unknown_role_has_no_right_at_all() -> None:
    for role in ("", "Owner", "root", "owner "):
        assert not any(may(role, right) for right in Right)
        assert not any(reaches(role, other) or reaches(other, role) for other in Role)


def test_who_manages_a_team_gives_and_takes_roles_up_to_their_own() -> None:
    reached = {role: [other.value for other in Role if reaches(role, other)] for role in Role}
    assert reached == {Role.OWNER: ["owner", "admin", "agent"], Role.ADMIN: ["admin", "agent"], Role.AGENT: []}


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0", "Edge on Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36", "Chrome on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/8.8.0", "A browser"),
        ("", "A browser"),
    ],
)
def test_a_browser_is_called_what_people_call_it(user_agent: str, words: str) -> None:
    assert in_words(user_agent) == words


def test_a_recovery_code_is_found_however_it_is_typed() -> None:
    code = spell(bytes(range(BYTES)))
    assert code == "aaaq-eayE-auda-oCAJ".lower()
    stored = digest(code)
    assert stored is not None
    for typed in (code.upper(), code.replace("-", ""), f" {code} ", code.replace("-", " ")):
        assert digest(typed) == stored
    for other in ("", code[:-1], code + "a", "123456", code.replace("a", "1"), "a" * 5000, "ä" * 16):
        assert digest(other) is None


def test_preferences_are_complete_whatever_is_stored() -> None:
    assert complete({}) == dict(DEFAULTS)
    assert complete({"sound": True, "singleKeys": "no", "unknown": True}) == {**DEFAULTS, "sound": True}
