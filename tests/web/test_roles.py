"""Who gets in where: every route of the application, and everybody who could come."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.people import ADA
from tests.rows import Rows
from tests.services.lives import Life, live
from tests.shop import Shop, open_shop
from tests.team import PASSWORD, hash_quickly, hire
from tests.web.admin.room import enter
from tests.web.agent.desk import csrf_of, sit_down
from tests.web.agent.endpoints import NOBODY
from tests.web.matrix import CALLERS, DOORS, PEOPLE, Outcome, Way, expected
from tests.web.server.endpoints import open_backend
from whosthere.core.keys import Scheme
from whosthere.core.reasons import Refused
from whosthere.services import agent_sessions, canned, personal_tokens, team
from whosthere.services.runtime import Runtime
from whosthere.storage.tables import canned_replies, merge_ledger, outbox, refusal_samples

MARK = "matrix-4711"
ELSEWHERE = "https://elsewhere.example.com"
ENDING = re.compile(r"undo|unblock|end_|remove|revoke|delete|close|erase|erasing|redact")
OWN = ("session_id", "token_id", "api_token_id")
NOTHING_YET = (
    "admin.show_nothing",
    "agent.show_nothing",
    "admin.show_erasing",
    "admin.show_erasing_progress",
    "admin.steer_erasing",
    "agent.renew_recovery_codes",
    "agent.turn_second_factor_off",
)
"""Pages that have nothing to show, to whom they let in, either."""
LAST = ("admin.delete_key", "server_api.erase_user", "agent.entry.sign_out", "widget.end_session")
BODIES: dict[str, dict[str, Any]] = {
    "agent_api.create_token": {"name": "more"},
    "agent_api.undo_merge": {"undone": True},
    "agent_api.create_canned_reply": {"name": "more", "body": "Hello"},
}
"""What has to be said before anybody is refused; everywhere else an empty object does."""
MEMBERS = ("change_role", "make_password_link", "remove_member", "close_account")


@dataclass(frozen=True, slots=True)
class World:
    """A shop in which something is behind every door, and where each thing is."""

    shop: Shop
    life: Life
    ids: dict[str, str]
    members: dict[str, str]
    server_key: str = field(repr=False)

    @property
    def form(self) -> dict[str, str]:
        """What every form says."""
        password = {"password": PASSWORD, "present": PASSWORD}
        return {"platform": self.shop.id, "entry": self.ids["entry_id"], "network": "203.0.113.0/24", **password}

    def body(self, endpoint: str) -> dict[str, Any]:
        """What is said to an endpoint of an API."""
        body = BODIES.get(endpoint, {})
        return body | ({"platformId": self.shop.id} if endpoint == "agent_api.create_canned_reply" else {})

    def address(self, rule: Rule, own: dict[str, str]) -> str:
        """The address of what a rule leads to in this shop, or of something of the caller's own."""
        name = rule.endpoint.rpartition(".")[2]
        if rule.endpoint.startswith("agent_api."):
            own = own | {"token_id": own["api_token_id"]}
        ids = {**self.ids, "agent_id": self.members.get(name, "")}
        if rule.endpoint == "admin.revoke_server_key":
            ids["key_id"] = ids["server_key_id"]
        return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: (ids | own)[found[1]], rule.rule)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Rights are decided before any storage is asked, so that one database is enough."""
    return sqlite_url


@pytest.fixture
def world(runtime: Runtime, client: FlaskClient, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> World:
    """A shop with a team, a visitor who left traces of every kind, and something of everything else."""
    hash_quickly(monkeypatch)
    life = live(client, shop, ADA, MARK)
    rows = Rows(runtime.database, shop.id)
    owner = hire(runtime, shop.id, role="owner")
    made = canned.create(runtime, owner.identity, shop.id, canned.Wording("hello", "Hello"))
    assert not isinstance(made, Refused)
    link = team.invite(runtime, owner.identity, shop.id, "carol@example.com", "agent")
    assert not isinstance(link, Refused)
    backend = open_backend(client, shop)
    ids = {
        "platform_id": shop.id,
        "conversation_id": life.conversation_id,
        "record_id": life.record_id,
        "user_id": life.record_id,
        "attachment_id": life.attachment_id,
        "message_id": life.message_id,
        "reply_id": rows.one(canned_replies).id,
        "entry_id": rows.one(merge_ledger).id,
        "mail_id": rows.one(outbox).id,
        "sample_id": rows.one(refusal_samples).id,
        "link_id": link.link.id,
        "key_id": shop.add_key("one more secret of more than 32 bytes for the matrix", Scheme.HELPSHIFT),
        "server_key_id": open_backend(client, shop).key.id,
        "version": "0",
        "name": "panel.css",
        "_unknown": "no/such/page",
    }
    members = {name: hire(runtime, shop.id, f"{name}@example.com").id for name in MEMBERS}
    return World(shop, life, ids, members, backend.key.secret)


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody with a credential, or without."""

    client: FlaskClient
    headers: dict[str, str] = field(default_factory=dict)
    csrf: str = ""
    own: dict[str, str] = field(default_factory=lambda: dict.fromkeys(OWN, NOBODY))

    def call(self, rule: Rule, method: str, world: World) -> TestResponse:
        """Knock, with a body that says next to nothing."""
        headers = {**self.headers, **({"X-CSRFToken": self.csrf} if self.csrf else {})}
        body: dict[str, Any] = {}
        if method == "GET":
            pass
        elif rule.endpoint.endswith("upload_attachment"):
            headers |= {"Content-Type": "text/plain", "Content-Disposition": "attachment; filename*=UTF-8''a.txt"}
            body = {"data": b"Ahoy"}
        elif rule.rule.startswith("/api/"):
            body = {"json": world.body(rule.endpoint)}
        else:
            body = {"data": {"csrf_token": self.csrf, **world.form}}
        address = world.address(rule, self.own)
        return self.client.open(address, method=method, headers=headers, buffered=False, **body)


def come(app: Flask, world: World, who: str) -> Caller:
    """Let somebody come to the shop."""
    runtime, client = world.shop.runtime, app.test_client()
    if who == "nobody":
        return Caller(client)
    if who == "visitor":
        return Caller(client, world.life.visitor.headers)
    if who == "backend":
        return Caller(client, {"Authorization": f"Bearer {world.server_key}"})
    if who in ("reader", "writer"):
        scope = {"reader": "read", "writer": "write"}[who]
        token = personal_tokens.create(runtime, "grace@example.com", scopes=[scope])
        assert not isinstance(token, Refused)
        other = personal_tokens.create(runtime, "grace@example.com")
        assert not isinstance(other, Refused)
        own = {**dict.fromkeys(OWN, NOBODY), "api_token_id": other.token.id}
        return Caller(client, {"Authorization": f"Bearer {token.secret}"}, own=own)
    home = open_shop(runtime) if who == "outsider" else world.shop
    colleague = hire(runtime, home.id, f"{who}@team.example.com", role=PEOPLE[who])
    room = enter(app, colleague, home.id)
    sit_down(app, colleague)  # one more browser, to be signed out from this one
    token = personal_tokens.create(runtime, colleague.email)
    assert not isinstance(token, Refused)
    browsers = agent_sessions.listed(runtime, colleague.identity)
    tokens = [one.id for one in personal_tokens.listed(runtime, colleague.identity.agent)]
    own = dict(zip(OWN, (browsers[0].id, *tokens), strict=True))
    return Caller(room.client, csrf=csrf_of(room.client.get("/agent/confirm")), own=own)


def outcome(response: TestResponse) -> Outcome:
    """What somebody met."""
    if response.status_code == 401:
        return Outcome.NO_CREDENTIAL
    if response.status_code in (302, 303) and "/agent/login" in response.location:
        return Outcome.SIGN_IN
    if response.status_code == 404:
        return Outcome.NOT_THERE
    if response.status_code == 403:
        return Outcome.SCOPE if "insufficient_scope" in response.get_data(as_text=True) else Outcome.FORBIDDEN
    return Outcome.IN


def rules(app: Flask) -> list[tuple[Rule, str]]:
    """Every route with its methods; what ends something that others are about comes last, and leaving after it."""
    found = [
        (rule, method) for rule in app.url_map.iter_rules() for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    ]

    def late(one: tuple[Rule, str]) -> tuple[bool, int, bool, int]:
        endpoint, last = one[0].endpoint, LAST.index(one[0].endpoint) + 1 if one[0].endpoint in LAST else 0
        return one[1] != "GET", last, bool(ENDING.search(endpoint)), -len(one[0].rule)

    return sorted(found, key=late)


def test_every_route_has_a_line_in_the_matrix(app: Flask) -> None:
    assert {rule.endpoint for rule, _ in rules(app)} == set(DOORS)


@pytest.mark.parametrize("who", CALLERS)
def test_everybody_gets_in_where_they_may_and_nowhere_else(app: Flask, world: World, who: str) -> None:
    caller = come(app, world, who)
    rows = Rows(world.shop.runtime.database, world.shop.id)
    wrong: dict[str, str] = {}
    stored: dict[str, int] | None = None
    for rule, method in rules(app):
        door = DOORS[rule.endpoint]
        right = expected(door, who, method)
        refused = right is not Outcome.IN
        if refused and stored is None:
            stored = rows.counts()
        elif not refused and stored is not None:
            assert rows.counts() == stored, f"a refusal before {rule.endpoint} had an effect"
            stored = None
        if not refused and rule.endpoint in NOTHING_YET:
            right = Outcome.NOT_THERE
        response = caller.call(rule, method, world)
        met = outcome(response)
        words = b"" if response.mimetype == "text/event-stream" else response.get_data()
        response.close()
        if met is not right and door.way is not Way.OPEN:
            wrong[f"{method} {rule.endpoint}"] = f"{right} expected, {response.status_code} met"
        if (refused or who == "outsider") and MARK.encode() in words:
            wrong[f"{method} {rule.endpoint}"] = "it tells something that is not theirs"
    assert not wrong, "\n".join(f"{route}: {what}" for route, what in wrong.items())
    assert stored in (None, rows.counts())
