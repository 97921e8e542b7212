"""A platform that is ready for business, and what its pages and its visitors do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.people import SECRET
from whosthere.core.keys import Key, Scheme
from whosthere.core.policy import Policy
from whosthere.services.runtime import Runtime
from whosthere.storage import keys, platforms
from whosthere.storage.platforms import Platform
from whosthere.storage.tenancy import Tenant

ORIGIN = "https://shop.example.com"
WIDGET = "/api/v1/widget"


@dataclass(frozen=True, slots=True)
class Shop:
    """One platform of a running installation.

    Attributes:
        key_id: its first key, of the scheme `standard` with the secret `people.SECRET` unless told otherwise.
    """

    runtime: Runtime
    id: str
    key_id: str

    def add_key(self, secret: str, scheme: Scheme = Scheme.STANDARD, ends_at: int | None = None) -> str:
        """Store one more key and return its id."""
        return _add_key(self.runtime, self.id, secret, scheme, ends_at)

    def delete_key(self, key_id: str) -> None:
        """Delete a key, so that it proves nobody any more."""
        self.runtime.writing(self.id, lambda tenant: keys.delete(tenant, key_id, self.runtime.clock()))

    def boot(self, client: FlaskClient, config: dict[str, Any] | None = None, **more: Any) -> TestResponse:
        """What the embed script sends from a page with this `config`; `more` are further fields of the body."""
        body = {"platformId": self.id, **(config or {}), **more}
        return client.post(f"{WIDGET}/boot", json=body, headers={"Origin": ORIGIN})

    def visitor(self, client: FlaskClient, config: dict[str, Any] | None = None, **more: Any) -> Visitor:
        """Boot, which has to succeed, and return who is there now."""
        response = self.boot(client, config, **more)
        assert response.status_code == 200, response.get_data(as_text=True)
        return Visitor(client, response.get_json())


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody with a session."""

    client: FlaskClient
    answer: dict[str, Any]

    @property
    def headers(self) -> dict[str, str]:
        """What every later request of this visitor carries."""
        return {"Authorization": f"Bearer {self.answer['session']['token']}", "Origin": ORIGIN}

    def get(self, path: str, **options: Any) -> TestResponse:
        """Call the widget API below its root, as in `get("/conversations")`."""
        return self.client.get(f"{WIDGET}{path}", headers=self.headers, **options)

    def send(self, method: str, path: str, body: dict[str, Any] | None = None) -> TestResponse:
        """Call the widget API with a JSON body."""
        return self.client.open(f"{WIDGET}{path}", method=method, headers=self.headers, json=body)

    def start(self, text: str = "Hello?", client_message_id: str = "first") -> dict[str, Any]:
        """Start a conversation, which has to succeed, and return `{conversation, message}`."""
        response = self.send("POST", "/conversations", {"text": text, "clientMessageId": client_message_id})
        assert response.status_code == 201, response.get_data(as_text=True)
        return dict(response.get_json())


def open_shop(
    runtime: Runtime,
    *,
    secret: str = SECRET,
    scheme: Scheme = Scheme.STANDARD,
    origins: tuple[str, ...] = (ORIGIN,),
    **policy: Any,
) -> Shop:
    """Store a platform with one key; `policy` are fields of `core.policy.Policy`."""
    platform_id = runtime.new_id()
    platform = Platform(
        id=platform_id,
        name="Shop",
        policy=Policy(platform_id, **policy),
        origins=origins,
        appearance={},
        created_at=runtime.clock(),
        version=0,
        first_boot_at=runtime.clock(),
    )
    runtime.database.transact(lambda connection: platforms.add(connection, platform))
    return Shop(runtime, platform_id, _add_key(runtime, platform_id, secret, scheme))


def _add_key(runtime: Runtime, platform_id: str, secret: str, scheme: Scheme, ends_at: int | None = None) -> str:
    key = Key(runtime.new_id(), scheme.value, scheme, secret.encode(), ends_at)

    def add(tenant: Tenant) -> None:
        keys.add(tenant, key, weak=len(key.secret) < 32, now=runtime.clock(), vault=runtime.vault)

    runtime.writing(platform_id, add)
    return key.id
