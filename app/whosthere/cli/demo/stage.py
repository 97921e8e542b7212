"""The demo's installation: a temporary one, with a platform, an agent and some history."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from pathlib import Path

from whosthere.cli.demo import history
from whosthere.cli.failures import accepted
from whosthere.services import agents, platforms
from whosthere.services.agents import Identity
from whosthere.services.journal import Actor
from whosthere.services.runtime import Runtime
from whosthere.settings import Settings, load_settings
from whosthere.storage.agents import Membership
from whosthere.storage.migrate import upgrade
from whosthere.wiring import build_runtime

AGENT_EMAIL = "sam@harbour.example"
AGENT_NAME = "Sam"
_DEMO = Actor("demo")
_THREE_DAYS_MS = 3 * 86_400_000


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything the demo runs on; the secrets are made up for it."""

    settings: Settings
    runtime: Runtime
    platform_id: str
    key_id: str
    secret: str = field(repr=False)
    password: str = field(repr=False)


def build(folder: Path, *, chat_url: str, shop_url: str) -> Stage:
    """Make the installation in `folder`, which nobody else uses."""
    settings = load_settings({}, instance_path=folder, public_url=chat_url)
    runtime = build_runtime(settings)
    upgrade(runtime.database, backup=False)
    past = replace(runtime, clock=lambda: runtime.clock() - _THREE_DAYS_MS)
    looks = {"brand_color": "#0f5c6e", "greeting": "Ahoy! We answer within minutes.", "verification": "report"}
    origins = [shop_url, shop_url.replace("127.0.0.1", "localhost")]
    created = accepted(platforms.create(past, "Harbour Shop", origins, actor=_DEMO, values=looks))
    platform_id = created.platform.id
    password = secrets.token_urlsafe(9)
    agent = accepted(agents.create_agent(past, AGENT_EMAIL, password, platform_id, "admin", name=AGENT_NAME))
    team = Identity(agent, (Membership(platform_id, created.platform.name, "admin"),))
    scene = history.Scene(runtime, platform_id, created.key.secret, shop_url, team)
    history.tell(scene)
    accepted(platforms.change(runtime, platform_id, {"verification": "enforced"}, actor=_DEMO))
    return Stage(settings, runtime, platform_id, created.key.id, created.key.secret, password)
