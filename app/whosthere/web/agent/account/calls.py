"""The part of the agent API that is about the agent: profile and personal access tokens."""

from __future__ import annotations

from typing import Annotated, Literal

from flask import Response, jsonify
from pydantic import AfterValidator, Field, WithJsonSchema
from typing_extensions import TypedDict

from whosthere.core.preferences import complete
from whosthere.core.reasons import Reason, Refused
from whosthere.core.roles import Role, Scope
from whosthere.services import agents, personal_tokens
from whosthere.services.agents import Identity
from whosthere.services.personal_tokens import DAY_MS, DAYS_DEFAULT, DAYS_MAX
from whosthere.storage.agents import Agent
from whosthere.storage.personal_tokens import PersonalToken
from whosthere.web.agent.contract import ONE, SIGNED_IN, TOKEN, WRITING, blueprint, identity
from whosthere.web.agent.present import initials
from whosthere.web.documented import documented
from whosthere.web.edge import ExactBody, read_body
from whosthere.web.fields import Plain
from whosthere.web.problems import Problem, allowed
from whosthere.web.runtime import runtime
from whosthere.web.shapes import Id, Instant
from whosthere.web.wire import identifier, instant

_BROWSERS_ONLY = Refused(Reason.FORBIDDEN, "A token makes no tokens: sign in with a browser.")
_CONFIRM = Refused(Reason.CONFIRMATION_REQUIRED, "Give your password again first, at /agent/confirm.")
_CHANGING = tuple(reason for reason in WRITING if reason is not Reason.NOT_FOUND)


def _one_line(value: str) -> str:
    if not value.isprintable() or value != value.strip():
        raise ValueError("is one line of printable characters, without white space around it")
    return value


_PRINTABLE = {"description": "One line of printable characters, without white space around it."}
OneLine = Annotated[Plain, AfterValidator(_one_line), Field(json_schema_extra=_PRINTABLE)]


def _both() -> list[Literal["read", "write"]]:
    return ["read", "write"]


class Choices(ExactBody):
    """Preferences to change."""

    single_keys: bool | None = None
    sound: bool | None = None
    notifications: bool | None = None
    notification_text: bool | None = None
    email_notices: bool | None = None


class ChangeMe(ExactBody):
    """What to change of one's own profile; what is left out stays."""

    name: Annotated[OneLine, Field(min_length=1, max_length=agents.NAME_LENGTH_MAX)] | None = None
    available: bool | None = None
    preferences: Choices | None = None


class CreateToken(ExactBody):
    """A new personal access token."""

    name: Annotated[OneLine, Field(min_length=1, max_length=personal_tokens.NAME_LENGTH_MAX)]
    scopes: Annotated[list[Literal["read", "write"]], Field(min_length=1, max_length=2)] = Field(default_factory=_both)
    days: Annotated[int, Field(ge=1, le=DAYS_MAX)] = DAYS_DEFAULT


RoleName = Annotated[str, WithJsonSchema({"type": "string", "enum": [role.value for role in Role]})]
ScopeName = Annotated[str, WithJsonSchema({"type": "string", "enum": [scope.value for scope in Scope]})]


class PreferencesAnswer(TypedDict):
    singleKeys: bool
    sound: bool
    notifications: bool
    notificationText: bool
    emailNotices: bool


class MembershipAnswer(TypedDict):
    platformId: Id
    platformName: str
    role: RoleName


class MeAnswer(TypedDict):
    id: Id
    email: str
    name: str
    initials: str
    available: bool
    preferences: PreferencesAnswer
    secondFactor: bool
    memberships: list[MembershipAnswer]


class TokenAnswer(TypedDict):
    id: Id
    name: str
    scopes: list[ScopeName]
    createdAt: Instant
    lastUsedAt: Instant | None
    expiresAt: Instant | None


class TokensAnswer(TypedDict):
    items: list[TokenAnswer]


class NewTokenAnswer(TokenAnswer):
    token: str


@blueprint.get("/me")
@documented("Look at yourself", answers={200: MeAnswer}, refusals=SIGNED_IN, credential=TOKEN)
def show_me() -> Response:
    """Return the agent who asks."""
    return jsonify(_me(identity(), identity().agent))


@blueprint.put("/me")
@documented("Change your profile", body=ChangeMe, answers={200: MeAnswer}, refusals=_CHANGING, credential=TOKEN)
def change_me() -> Response:
    """Change what is named; the rest stays."""
    body = allowed(read_body(ChangeMe))
    chosen = {} if body.preferences is None else body.preferences.model_dump(by_alias=True, exclude_none=True)
    changed = agents.change_profile(runtime(), identity(), name=body.name, available=body.available, chosen=chosen)
    return jsonify(_me(identity(), allowed(changed)))


@blueprint.get("/tokens")
@documented("List your personal access tokens", answers={200: TokensAnswer}, refusals=SIGNED_IN, credential=TOKEN)
def list_tokens() -> Response:
    """Return those that are not revoked, newest first; never their secrets."""
    found = personal_tokens.listed(runtime(), identity().agent)
    return jsonify({"items": [_token(token) for token in found]})


@blueprint.post("/tokens")
@documented(
    "Make a personal access token (in a signed-in browser, whose password was given a short while ago)",
    body=CreateToken,
    answers={201: NewTokenAnswer},
    refusals=(
        *_CHANGING,
        Reason.FORBIDDEN,
        Reason.CONFIRMATION_REQUIRED,
        Reason.TOO_MANY_KEYS,
        Reason.TOO_MANY_REQUESTS,
    ),
    credential=TOKEN,
)
def create_token() -> tuple[Response, int]:
    """Make one, and show its secret this once."""
    body, now = allowed(read_body(CreateToken)), runtime().clock()
    if identity().session_id is None:
        raise Problem(_BROWSERS_ONLY)
    if not identity().confirmed(now):
        raise Problem(_CONFIRM)
    email, ends_at = identity().agent.email, now + body.days * DAY_MS
    made = allowed(personal_tokens.create(runtime(), email, name=body.name, scopes=body.scopes, expires_at=ends_at))
    return jsonify({**_token(made.token), "token": made.secret}), 201


@blueprint.delete("/tokens/<token_id>")
@documented(
    "Revoke one of your personal access tokens",
    answers={204: None},
    refusals=(*ONE, Reason.CSRF),
    credential=TOKEN,
)
def revoke_token(token_id: str) -> Response:
    """End it, from the next request on."""
    refused = personal_tokens.revoke(runtime(), identity().agent, identifier(token_id))
    if refused is not None:
        raise Problem(refused)
    return Response(status=204)


def _me(who: Identity, agent: Agent) -> MeAnswer:
    chosen = complete(agent.preferences)
    return {
        "id": agent.id,
        "email": agent.email,
        "name": agent.name,
        "initials": initials(agent.name),
        "available": agent.available,
        "preferences": {
            "singleKeys": chosen["singleKeys"],
            "sound": chosen["sound"],
            "notifications": chosen["notifications"],
            "notificationText": chosen["notificationText"],
            "emailNotices": chosen["emailNotices"],
        },
        "secondFactor": agent.has_second_factor,
        "memberships": [
            {"platformId": own.platform_id, "platformName": own.platform_name, "role": own.role}
            for own in who.memberships
        ],
    }


def _token(token: PersonalToken) -> TokenAnswer:
    return {
        "id": token.id,
        "name": token.name,
        "scopes": list(token.scopes),
        "createdAt": instant(token.created_at),
        "lastUsedAt": None if token.last_used_at is None else instant(token.last_used_at),
        "expiresAt": None if token.expires_at is None else instant(token.expires_at),
    }
