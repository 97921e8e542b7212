"""Several processes over one database: the same promises as between threads."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.conftest import ENCRYPTION_KEY
from tests.races.crowd import dense
from tests.rows import Rows
from tests.shop import Shop
from whosthere.services.runtime import Runtime
from whosthere.settings import Settings
from whosthere.storage.tables import messages

ROOT = Path(__file__).parents[2]
PROCESSES, POSTS = 3, 12


@pytest.mark.slow
def test_processes_number_messages_densely_and_store_each_once(
    settings: Settings, runtime: Runtime, client: FlaskClient, shop: Shop
) -> None:
    visitor = shop.visitor(client)
    here = str(visitor.start()["conversation"]["id"])
    environ = {
        "WHOSTHERE_DATABASE_URL": settings.database_url.get_secret_value(),
        "WHOSTHERE_SECRET_KEY": settings.secret_key.get_secret_value(),
        "WHOSTHERE_ENCRYPTION_KEYS": ENCRYPTION_KEY,
        "WHOSTHERE_INSTANCE_PATH": str(settings.instance_path),
        "WHOSTHERE_RATE_LIMIT": "off",
    }
    command = [sys.executable, "-m", "tests.races.worker", json.dumps(environ), shop.id, here]
    command += [visitor.answer["session"]["token"], str(POSTS), str(runtime.clock())]
    workers = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(PROCESSES)
    ]
    try:
        for worker in workers:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "ready\n"
        for number, worker in enumerate(workers):
            assert worker.stdin is not None
            worker.stdin.write(f"{number}\n")
            worker.stdin.flush()
        answers = [json.loads(worker.communicate(timeout=60)[0]) for worker in workers]
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    posted = Counter(status for answer in answers for status, _ in answer["posted"])
    assert posted == {201: POSTS * PROCESSES + POSTS, 200: POSTS * (PROCESSES - 1)}
    assert [answer["booted"] for answer in answers] == [200] * PROCESSES
    found = Rows(runtime.database, shop.id).all(messages)
    assert dense([row.seq for row in found])
    assert len({row.client_message_id for row in found}) == len(found) == 1 + POSTS * PROCESSES + POSTS
    assert Rows(runtime.database, shop.id).counts("users") == {"users": 2}
