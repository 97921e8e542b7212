"""The demo is up in seconds, shows four ways to visit a shop, and leaves nothing behind."""

from __future__ import annotations

import http.client
import json
import re
import signal
import socket
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.cli.conftest import CommandLine
from tests.cli.serving import start
from tests.people import base64_token
from tests.servers import until
from whosthere.cli.demo import visitors
from whosthere.cli.demo.sockets import listen

UP_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Demo:
    """A running demo."""

    process: Popen[bytes]
    up: dict[str, Any]
    folder: Path

    def page(self, name: str) -> tuple[str, dict[str, str]]:
        """The HTML of one of the shop's pages, and its headers."""
        status, headers, content = ask("GET", self.up["pages"][name])
        assert status == 200
        return content.decode(), headers

    def config(self, name: str) -> dict[str, Any]:
        """What the page tells the chat."""
        found = re.search(r"window\.whosthereConfig = ({.*?});\n", self.page(name)[0])
        assert found is not None
        return dict(json.loads(found[1]))

    def boot(self, config: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """What the embed script of the shop's page would be answered."""
        status, _, content = ask("POST", f"{self.up['chat']}/api/v1/widget/boot", config, Origin=self.up["shop"])
        return status, json.loads(content)


def ask(method: str, url: str, body: Any = None, **headers: str) -> tuple[int, dict[str, str], bytes]:
    parts = urlsplit(url)
    with closing(http.client.HTTPConnection(parts.netloc, timeout=10)) as connection:
        content = None if body is None else json.dumps(body)
        connection.request(method, parts.path or "/", content, {"Content-Type": "application/json", **headers})
        response = connection.getresponse()
        return response.status, dict(response.headers), response.read()


def whereabouts(process: Popen[bytes], folder: Path) -> dict[str, Any]:
    def line() -> str:
        assert process.poll() is None, (folder / "stderr").read_text()
        text = (folder / "stdout").read_text()
        return text if text.endswith("\n") else ""

    return dict(json.loads(until(line, seconds=UP_SECONDS)))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo that several tests may visit."""
    folder = tmp_path_factory.mktemp("demo")
    with start({"TMPDIR": str(folder)}, folder, "demo", "--json", "--port", "0") as process:
        yield Demo(process, whereabouts(process, folder), folder)


@pytest.mark.parametrize("name", ["anonymous", "ada", "bob", "forged"])
def test_every_page_names_the_others_and_loads_the_chat(demo: Demo, name: str) -> None:
    html, headers = demo.page(name)
    for visitor in visitors.VISITORS:
        assert f'href="{visitor.path}"' in html
    assert html.count('aria-current="page"') == 1
    assert f'src="{demo.up["chat"]}/embed.js"' in html
    assert headers["Cache-Control"] == "private, no-store"
    assert "unsafe" not in headers["Content-Security-Policy"]


def test_ada_and_bob_are_verified(demo: Demo) -> None:
    for name in ("ada", "bob"):
        status, answer = demo.boot(demo.config(name))
        assert status == 200
        assert answer["user"]["assurance"] == "verified"
        assert answer["user"]["userId"] == name


def test_nobody_is_anonymous(demo: Demo) -> None:
    config = demo.config("anonymous")
    assert set(config) == {"platformId"}
    status, answer = demo.boot(config)
    assert (status, answer["user"]["assurance"]) == (200, "anonymous")


def test_mallory_is_refused(demo: Demo) -> None:
    forged, honest = demo.config("forged"), demo.config("ada")
    assert {**forged, "userAuthToken": honest["userAuthToken"]} == honest
    status, answer = demo.boot(forged)
    assert (status, answer["message"]) == (401, "invalid user auth token")


@pytest.mark.parametrize("name", ["shop.css", "tokens.css", "expect.css", "shop.js", "anchor.svg"])
def test_what_the_pages_load_is_there(demo: Demo, name: str) -> None:
    assert ask("GET", f"{demo.up['shop']}/static/{name}")[0] == 200


def test_its_history_holds_every_assurance_and_both_states(demo: Demo) -> None:
    [folder] = demo.folder.glob("whosthere-demo-*")
    team = CommandLine({"WHOSTHERE_INSTANCE_PATH": str(folder)})
    token = team.json("agent", "token", demo.up["agent"]["email"])["token"]
    url = f"{demo.up['chat']}/api/v1/agent/conversations"
    status, _, content = ask("GET", url, Authorization=f"Bearer {token}")
    assert status == 200
    cases = json.loads(content)["items"]
    assert {case["user"]["assurance"] for case in cases} == {"verified", "claimed", "anonymous"}
    assert {case["state"] for case in cases} == {"open", "resolved"}


def test_its_people_come_back_to_their_history(demo: Demo) -> None:
    email = "grace@harbour.example"
    config = {"platformId": demo.up["platformId"], "userId": "grace", "userEmail": email}
    token = base64_token(demo.up["key"]["secret"], f"grace\n{email}")
    status, answer = demo.boot({**config, "userAuthToken": token})
    assert (status, answer["conversation"]["state"]) == (200, "resolved")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_with_open_streams_and_removes_every_trace(tmp_path: Path, number: signal.Signals) -> None:
    (tmp_path / "tmp").mkdir()
    with start({"TMPDIR": str(tmp_path / "tmp")}, tmp_path / "out", "demo", "--json", "--port", "0") as process:
        running = Demo(process, whereabouts(process, tmp_path / "out"), tmp_path)
        session = running.boot(running.config("ada"))[1]["session"]["token"]
        with closing(http.client.HTTPConnection(urlsplit(running.up["chat"]).netloc, timeout=10)) as connection:
            headers = {"Authorization": f"Bearer {session}", "Origin": running.up["shop"]}
            connection.request("GET", "/api/v1/widget/stream", headers=headers)
            assert connection.getresponse().readline()
            assert list((tmp_path / "tmp").iterdir())
            process.send_signal(number)
            assert process.wait(20) == 0
    assert list((tmp_path / "tmp").iterdir()) == []
    assert (tmp_path / "out" / "stderr").read_text() == ""


def test_a_port_that_is_taken_is_passed_over() -> None:
    with listen(0) as taken:
        port = taken.getsockname()[1]
        with listen(port) as next_free:
            assert port < next_free.getsockname()[1] <= port + 100
    with pytest.raises((OSError, OverflowError)):
        listen(70_000)


def test_only_this_machine_is_served() -> None:
    with listen(0) as listener:
        assert listener.family is socket.AF_INET
        assert listener.getsockname()[0] == "127.0.0.1"
