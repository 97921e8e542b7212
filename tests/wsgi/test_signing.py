"""Pages are signed for one platform, with the key that is the newest at that moment."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.clock import Clock
from tests.people import ADA, OTHER_SECRET, SECRET, base64_token
from tests.shop import Shop, open_shop
from tests.wsgi.conftest import Embed
from tests.wsgi.hosts import PAGE, host
from tests.wsgi.server import ask
from whosthere import ChatMiddleware
from whosthere.core.keys import Scheme
from whosthere.services.runtime import Runtime


class TestTheKey:
    """Pages are signed with the newest live `standard` key, as it is at the moment of the request."""

    def sign(self, app: ChatMiddleware) -> object:
        return (ask(app).config or {}).get("userAuthToken")

    def test_a_newer_key_takes_over_at_once(self, embed: Embed, shop: Shop) -> None:
        app = embed(host())
        assert self.sign(app) == ADA.user_auth_token(SECRET)
        key = shop.add_key(OTHER_SECRET)
        assert self.sign(app) == ADA.user_auth_token(OTHER_SECRET)
        shop.delete_key(key)
        assert self.sign(app) == ADA.user_auth_token(SECRET)

    def test_a_key_that_has_ended_signs_nothing(self, embed: Embed, shop: Shop, clock: Clock) -> None:
        app = embed(host())
        shop.add_key(OTHER_SECRET, ends_at=clock() + 1000)
        assert self.sign(app) == ADA.user_auth_token(OTHER_SECRET)
        clock.advance(seconds=1)
        assert self.sign(app) == ADA.user_auth_token(SECRET)

    def test_a_key_of_another_scheme_signs_nothing(
        self, embed: Embed, shop: Shop, caplog: pytest.LogCaptureFixture
    ) -> None:
        shop.delete_key(shop.key_id)
        shop.add_key(OTHER_SECRET, Scheme.HELPSHIFT)
        assert ask(embed(host())).content == PAGE
        assert "has no live standard key" in caplog.text

    def test_a_given_secret_needs_no_key_in_the_database(self, embed: Embed, shop: Shop) -> None:
        shop.delete_key(shop.key_id)
        assert self.sign(embed(host(), secret=OTHER_SECRET)) == ADA.user_auth_token(OTHER_SECRET)

    def test_with_full_privacy_neither_email_nor_name_is_in_the_page(self, embed: Embed, shop: Shop) -> None:
        app = embed(host(), config={"fullPrivacy": True})
        assert ask(app).config == {
            "platformId": shop.id,
            "fullPrivacy": True,
            "userId": ADA.user_id,
            "userAuthToken": base64_token(SECRET, f"{ADA.user_id}\n"),
        }


class TestThePlatform:
    """The host's platform is the one it names, or the only one there is."""

    def test_none_yet(self, embed: Embed, caplog: pytest.LogCaptureFixture) -> None:
        assert ask(embed(host())).content == PAGE
        assert "this installation has no platform yet" in caplog.text

    def test_several(
        self, embed: Embed, shop: Shop, open_another: Callable[[], Shop], caplog: pytest.LogCaptureFixture
    ) -> None:
        another = open_another()
        assert ask(embed(host())).content == PAGE
        assert "name the one of this host with platform_id=" in caplog.text
        assert (ask(embed(host(), platform_id=another.id)).config or {})["platformId"] == another.id

    def test_an_unknown_one(self, embed: Embed, shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
        assert ask(embed(host(), platform_id="nobody's")).content == PAGE
        assert "there is no platform nobody's" in caplog.text

    @pytest.fixture
    def open_another(self, runtime: Runtime) -> Callable[[], Shop]:
        return lambda: open_shop(runtime)
