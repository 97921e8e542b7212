"""The support team of a platform, and what they hold to prove it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from whosthere.core.reasons import Refused
from whosthere.services import agents, passwords, personal_tokens
from whosthere.services.agents import Identity
from whosthere.services.runtime import Runtime
from whosthere.storage import agents as agent_rows

PASSWORD = "nine ships in the harbour"
API = "/api/v1/agent"


@dataclass(frozen=True, slots=True)
class Colleague:
    """An agent with a personal access token."""

    runtime: Runtime
    id: str
    email: str
    token: str

    @property
    def identity(self) -> Identity:
        """Who the token stands for now."""
        found = personal_tokens.by_token(self.runtime, self.token)
        assert found is not None
        return found

    def serve(self, platform_id: str, role: str = "agent") -> Colleague:
        """Give the agent a role on one more platform."""
        self.runtime.database.transact(lambda connection: agent_rows.join(connection, self.id, platform_id, role))
        return self

    def call(self, client: FlaskClient, method: str, path: str, body: Any = None, **options: Any) -> TestResponse:
        """Call the agent API below its root with the token."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return client.open(f"{API}{path}", method=method, headers=headers, json=body, **options)

    def get(self, client: FlaskClient, path: str) -> Any:
        """Call the agent API, which has to succeed, and return its answer."""
        response = self.call(client, "GET", path)
        assert response.status_code == 200, response.get_data(as_text=True)
        return response.get_json()


def hire(
    runtime: Runtime, platform_id: str, email: str = "grace@example.com", *, name: str = "Grace", role: str = "agent"
) -> Colleague:
    """Create an agent who can sign in with `PASSWORD`, and a token for them."""
    agent = agents.create_agent(runtime, email, PASSWORD, platform_id, role, name=name)
    assert not isinstance(agent, Refused), agent
    made = personal_tokens.create(runtime, email)
    assert not isinstance(made, Refused), made
    return Colleague(runtime, agent.id, email, made.secret)


def hash_quickly(patch: pytest.MonkeyPatch) -> None:
    """Make passwords cost next to nothing: a test that asks nothing about hashing need not wait for it."""
    hasher = cache(lambda: PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    patch.setattr(passwords, "_hasher", hasher)
    patch.setattr(passwords, "_nobody", cache(lambda: hasher().hash("the password of no account")))
