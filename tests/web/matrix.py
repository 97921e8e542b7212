"""The door of every route: what it takes to get in. A route without a line here fails `test_roles.py`.

The lines name endpoints, `blueprint.function`; a blueprint's name is said once a line, its functions follow it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from whosthere.core.roles import Right, may


class Way(StrEnum):
    """Which kind of credential a door asks for."""

    OPEN = "open"  # none: whoever comes learns nothing of anybody
    VISITOR = "visitor"  # a widget session
    BACKEND = "backend"  # a server API key
    API = "api"  # the cookie of a signed-in browser, or a personal access token
    PAGE = "page"  # the cookie only
    BROWSER = "browser"  # an API call for browsers only: no token makes another token


class Outcome(StrEnum):
    """What somebody meets at a door."""

    IN = "in"  # whatever the route then says about what was sent
    SIGN_IN = "sign in"  # sent to the sign-in page
    NO_CREDENTIAL = "401"
    FORBIDDEN = "403"
    SCOPE = "403 insufficient_scope"
    NOT_THERE = "404"


@dataclass(frozen=True, slots=True)
class Door:
    """What a route asks of who comes.

    Attributes:
        right: what an agent must be allowed to do on a platform.
        shared: whether it leads to something of one platform, which to everybody else does not exist; otherwise each
            agent finds their own there, or what there is of their own platforms.
    """

    way: Way
    right: Right = Right.SERVE
    shared: bool = True


PEOPLE = {
    "owner": "owner",
    "admin": "admin",
    "agent": "agent",
    "outsider": "owner",
    "reader": "owner",
    "writer": "owner",
}
"""Who comes, by role; the outsider owns another platform, reader and writer are tokens of the owner."""
CALLERS = (*PEOPLE, "nobody", "backend", "visitor")

_SERVE = Door(Way.API)
_LISTS = Door(Way.API, shared=False)
_TEAM = Door(Way.PAGE, Right.MANAGE_TEAM)
_UNWANTED = Door(Way.PAGE, Right.BLOCK_NETWORKS)
_DESK = Door(Way.PAGE, Right.MANAGE_PLATFORM)
_LINES: tuple[tuple[Door, str], ...] = (
    (Door(Way.OPEN), "embed: script frame asset | ops: healthz readyz openapi | reference: api | widget: boot"),
    (Door(Way.OPEN), "agent.entry: login sign_in ask_code check_code sign_out show_forgotten mail_link show_reset"),
    (Door(Way.OPEN), "agent.entry: set_password show_welcome accept_invitation"),
    (
        Door(Way.VISITOR),
        "widget: upload_attachment show_attachment leave_contact list_conversations start_conversation"
        " show_conversation list_messages post_message rate mark_read change_state type_message answer_offer"
        " end_session stream",
    ),
    (
        Door(Way.BACKEND),
        "server_api: identify_user look_up_users show_user end_sessions track_event export_user fetch_attachment"
        " list_ledger undo_merge erase_user",
    ),
    (
        _SERVE,
        "agent_api: show_conversation list_messages reply write_note change_state mark_read type_message"
        " upload_attachment show_attachment assign set_tags snooze mark_spam tell_presence fill_canned_replies"
        " create_canned_reply change_canned_reply delete_canned_reply list_ledger block_user",
    ),
    (
        _LISTS,
        "agent_api: list_conversations count_views list_agents list_canned_replies list_mentions"
        " list_users find show_me change_me list_tokens revoke_token stream",
    ),
    (Door(Way.BROWSER, shared=False), "agent_api: create_token"),
    (Door(Way.API, Right.UNDO_MERGE), "agent_api: undo_merge"),
    (
        Door(Way.PAGE),
        "agent: show_attachment show_conversation assign reply snooze change_spam change_state change_tags"
        " thread_fragment block_person create_reply change_reply",
    ),
    (
        Door(Way.PAGE, shared=False),
        "agent: show_inbox list_fragment show_nothing ask_password check_password show_mentions show_profile"
        " save_profile show_replies show_search show_security change_password renew_recovery_codes"
        " begin_second_factor turn_second_factor_on turn_second_factor_off show_sessions end_session"
        " end_other_sessions show_tokens create_token revoke_token",
    ),
    (Door(Way.PAGE, Right.UNDO_MERGE), "agent: undo"),
    (Door(Way.PAGE, Right.REDACT), "agent: ask_redaction redact"),
    (Door(Way.PAGE, Right.SEE_TEAM), "agent: show_team show_outbox show_mail send_mail_again"),
    (Door(Way.PAGE, Right.SEE_TEAM, shared=False), "agent: show_teams show_outboxes"),
    (_TEAM, "agent: invite revoke_invitation change_role make_password_link remove_member close_account"),
    (_UNWANTED, "agent: show_visitors block_network unblock_network"),
    (Door(Way.PAGE, Right.BLOCK_NETWORKS, shared=False), "agent: show_unwanted_visitors"),
    (Door(Way.PAGE, Right.MANAGE_PLATFORM), "agent: change_limits"),
    (
        Door(Way.PAGE, Right.MANAGE_PLATFORM, shared=False),
        "admin: show_platforms new_platform create_platform show_nothing",
    ),
    (_DESK, "admin: show_platform show_setup show_progress allow_origin show_verification change_verification"),
    (_DESK, "admin: show_keys show_key create_key end_key delete_key create_server_key revoke_server_key"),
    (_DESK, "admin: show_appearance preview_appearance change_appearance show_doctor diagnose show_boot"),
    (_DESK, "admin: show_people look_up show_person export_person end_sessions erase_person unseal_person unseal_all"),
    (_DESK, "admin: show_erasing steer_erasing show_erasing_progress show_log export_log export_refusals"),
    (_DESK, "admin: show_reports export_reports show_exporting show_exporting_progress steer_exporting"),
)


def _read() -> dict[str, Door]:
    doors: dict[str, Door] = {}
    for door, line in _LINES:
        for part in line.split("|"):
            blueprint, _, names = part.partition(":")
            for name in names.split():
                endpoint = f"{blueprint.strip()}.{name}"
                assert endpoint not in doors, f"{endpoint} has two lines"
                doors[endpoint] = door
    return doors


DOORS = _read()


def expected(door: Door, caller: str, method: str) -> Outcome:
    """What a caller has to meet at a door."""
    if door.way is Way.OPEN or door.way == caller:
        return Outcome.IN
    if door.way in (Way.VISITOR, Way.BACKEND):
        return Outcome.NO_CREDENTIAL
    token = caller in ("reader", "writer")
    if caller not in PEOPLE or (token and door.way is Way.PAGE):
        return Outcome.SIGN_IN if door.way is Way.PAGE else Outcome.NO_CREDENTIAL
    if token and (caller == "reader") != (method == "GET"):
        return Outcome.SCOPE
    if token and door.way is Way.BROWSER:
        return Outcome.FORBIDDEN
    if caller == "outsider" and door.shared:
        return Outcome.NOT_THERE
    return Outcome.IN if may(PEOPLE[caller], door.right) else Outcome.FORBIDDEN
