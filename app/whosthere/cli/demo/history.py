"""What happened in the demo shop before it was opened, so that its team finds an inbox and not a desert."""

from __future__ import annotations

from dataclasses import dataclass, replace

from whosthere.cli.failures import accepted
from whosthere.core.conversation import State
from whosthere.core.signing import user_auth_token
from whosthere.services import inbox
from whosthere.services.access import Credential
from whosthere.services.agents import Identity
from whosthere.services.arrival import BootRequest
from whosthere.services.boot import boot
from whosthere.services.conversations import Opening, start
from whosthere.services.messages import Text, post
from whosthere.services.runtime import Runtime

_MINUTE_MS = 60_000
_HOUR = 60
_DAY = 24 * _HOUR

TEAM = "team"


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who has been there: `name` and `user_id` are `None` for an anonymous one."""

    user_id: str | None = None
    name: str | None = None
    verified: bool = False

    def config(self, secret: str) -> dict[str, object]:
        """What their page told the chat."""
        if self.user_id is None:
            return {}
        email = f"{self.user_id}@harbour.example"
        claimed: dict[str, object] = {"userId": self.user_id, "userEmail": email, "userName": self.name}
        if not self.verified:
            return claimed
        return {**claimed, "userAuthToken": user_auth_token(secret, user_id=self.user_id, user_email=email)}


@dataclass(frozen=True, slots=True)
class Talk:
    """One conversation: minutes ago, who (the guest or the team), what; and whether it was resolved in the end."""

    guest: Guest
    lines: tuple[tuple[int, str, str], ...]
    page: str
    resolved: bool = False


_GRACE = Guest("grace", "Grace Hopper", verified=True)
_LINUS = Guest("linus", "Linus")
_MARGARET = Guest("margaret", "Margaret Hamilton", verified=True)
_SOMEBODY = Guest()

TALKS = (
    Talk(
        _GRACE,
        (
            (2 * _DAY + 95, "guest", "My storm lantern arrived today, but the glass has a crack from top to bottom."),
            (2 * _DAY + 88, TEAM, "Oh no, sorry about that, Grace. A new glass leaves the pier this afternoon."),
            (2 * _DAY + 84, "guest", "That was quick. Shall I send the broken one back?"),
            (2 * _DAY + 80, TEAM, "No need, keep it away from bare feet. Fair winds!"),
        ),
        "/orders",
        resolved=True,
    ),
    Talk(
        _LINUS,
        (
            (_DAY + 40, "guest", "Do you ship rope to Finland, and what does it cost?"),
            (_DAY + 22, TEAM, "We do: € 9 up to 10 kg, five days by ferry."),
            (_DAY + 15, "guest", "Good. Please send my next order to another address then, I will write it here."),
        ),
        "/",
    ),
    Talk(
        _SOMEBODY,
        ((47, "guest", "Is the shop on the pier open this Sunday?"),),
        "/#visit",
    ),
    Talk(
        _MARGARET,
        (
            (
                26,
                "guest",
                "I ordered two jumpers, the confirmation lists three. Can you change that in time?",
            ),
            (19, TEAM, "Of course, let me look. Which order is it?"),
            (9, "guest", "10-451, from this morning."),
        ),
        "/orders",
    ),
)


@dataclass(frozen=True, slots=True)
class Scene:
    """Where it happened."""

    runtime: Runtime
    platform_id: str
    secret: str
    shop_url: str
    team: Identity

    def at(self, minutes_ago: int) -> Runtime:
        """The installation as it was then."""
        then = self.runtime.clock() - minutes_ago * _MINUTE_MS
        return replace(self.runtime, clock=lambda: then)


def tell(scene: Scene) -> None:
    """Let every talk happen again, oldest first; the platform must not enforce verification meanwhile."""
    for number, talk in enumerate(TALKS):
        _let_happen(scene, talk, number)


def _let_happen(scene: Scene, talk: Talk, number: int) -> None:
    (first_minute, _, first_line), *rest = talk.lines
    anonymous_token, credential = _enter(scene, talk, first_minute, None)
    started = accepted(start(scene.at(first_minute), credential, Opening(first_line, f"demo-{number}")))
    conversation = started.conversation
    for minute, who, line in rest:
        if who == TEAM:
            _reply(scene, conversation.id, minute, line)
            continue
        anonymous_token, credential = _enter(scene, talk, minute, anonymous_token)
        accepted(post(scene.at(minute), credential, conversation.id, Text(line, f"demo-{number}-{minute}")))
    if talk.resolved:
        _resolve(scene, conversation.id, talk.lines[-1][0] - 1)


def _enter(scene: Scene, talk: Talk, minute: int, anonymous_token: str | None) -> tuple[str | None, Credential]:
    body = {"anonymousToken": anonymous_token, **talk.guest.config(scene.secret)}
    request = BootRequest(
        platform_id=scene.platform_id,
        body=body,
        origin=scene.shop_url,
        from_browser=True,
        page_url=f"{scene.shop_url}{talk.page}",
        language="en",
    )
    booted = accepted(boot(scene.at(minute), request))
    return booted.anonymous_token, Credential(booted.session, scene.shop_url)


def _reply(scene: Scene, conversation_id: str, minute: int, line: str) -> None:
    text = Text(line, f"demo-{minute}")
    accepted(inbox.reply(scene.at(minute), scene.team, conversation_id, text))


def _resolve(scene: Scene, conversation_id: str, minute: int) -> None:
    accepted(inbox.set_state(scene.at(minute), scene.team, conversation_id, State.RESOLVED))
