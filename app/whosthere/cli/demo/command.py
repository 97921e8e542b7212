"""`whosthere demo`: everything up in seconds, everything gone with Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import threading
import webbrowser
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import click

from whosthere.cli.demo import stage
from whosthere.cli.demo.shop import Embedding, create_shop
from whosthere.cli.demo.sockets import answering, listen, url_of
from whosthere.cli.demo.stage import AGENT_EMAIL, Stage
from whosthere.cli.demo.visitors import VISITORS
from whosthere.cli.failures import failing_clearly
from whosthere.cli.output import json_option
from whosthere.web.app import create_app

_WORDS = """
This is a demo: the shop and its customers are made up, and everything vanishes when you stop it.

  Shop      {shop}/
            Visit it as nobody, as Ada, as Bob, or with a forged token, and open the chat.

  Inbox     {inbox}
            Sign in as the team: {email}, password {password}

Ctrl-C ends the demo.
"""


@click.command("demo")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="Or the next free one.")
@click.option("--no-open", is_flag=True, help="Do not open the shop in a browser.")
@json_option
def command(port: int, no_open: bool, as_json: bool) -> None:
    """Open a demo shop: Ada and Bob are verified, one page is anonymous, one is forged.

    With --json one line says where everything is, once it is up.
    """
    ended = _ended_by_signal()
    with failing_clearly(), _running(port) as up:
        if as_json:
            click.echo(json.dumps(up))
        else:
            agent = up["agent"]
            click.echo(_WORDS.format(shop=up["shop"], inbox=up["inbox"], **agent))
            if not no_open and _has_display():
                threading.Thread(target=webbrowser.open, args=(up["shop"],), daemon=True).start()
        ended.wait()
    if not as_json:
        click.echo("The demo is over, and everything in it is gone.")


@contextmanager
def _running(port: int) -> Iterator[dict[str, Any]]:
    """Run the chat and the shop on two free ports until the block ends, then remove every trace."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="whosthere-demo-")))
        chat = stack.enter_context(listen(port))
        shop = stack.enter_context(listen(port and chat.getsockname()[1] + 1))
        chat_url, shop_url = url_of(chat), url_of(shop)
        built = stage.build(folder, chat_url=chat_url, shop_url=shop_url)
        stack.callback(built.runtime.database.close)
        website = create_shop(Embedding(chat_url, built.platform_id, built.secret))
        stack.enter_context(answering(create_app(built.settings, runtime=built.runtime), chat))
        stack.enter_context(answering(website, shop))
        stack.callback(built.runtime.hub.close)  # first of all: streams end before their server does
        yield _whereabouts(built, chat_url, shop_url)


def _whereabouts(built: Stage, chat_url: str, shop_url: str) -> dict[str, Any]:
    return {
        "shop": shop_url,
        "pages": {visitor.slug: f"{shop_url}{visitor.path}" for visitor in VISITORS},
        "chat": chat_url,
        "inbox": f"{chat_url}/agent/",
        "agent": {"email": AGENT_EMAIL, "password": built.password},
        "platformId": built.platform_id,
        "key": {"id": built.key_id, "secret": built.secret},
    }


def _ended_by_signal() -> threading.Event:
    """Return an event that Ctrl-C or SIGTERM sets."""
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    return ended


def _has_display() -> bool:
    return sys.platform == "darwin" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
