"""One process of several that share a database: python -m tests.races.worker SETTINGS PLATFORM TALK TOKEN COUNT NOW

It posts COUNT messages of its own and as many that every process posts, boots a person whom all of them boot, and
prints what it was answered as JSON.
"""

from __future__ import annotations

import json
import sys

from tests.people import ADA
from tests.shop import ORIGIN, WIDGET
from whosthere.settings import load_settings
from whosthere.web import create_app


def main() -> None:
    """Do the work of one process, as soon as a line arrives on standard input."""
    environ, platform_id, conversation_id, token, number, now = sys.argv[1:]
    client = create_app(load_settings(json.loads(environ)), clock=lambda: int(now)).test_client()
    headers = {"Origin": ORIGIN, "Authorization": f"Bearer {token}"}
    print("ready", flush=True)
    own = sys.stdin.readline().strip()
    posted = []
    for place in range(int(number)):
        for client_message_id in (f"{own}-{place}", f"shared-{place}"):
            body = {"text": client_message_id, "clientMessageId": client_message_id}
            url = f"{WIDGET}/conversations/{conversation_id}/messages"
            answer = client.post(url, json=body, headers=headers)
            posted.append([answer.status_code, (answer.json or {}).get("seq")])
    body = {"platformId": platform_id, **ADA.proven()}
    booted = client.post(f"{WIDGET}/boot", json=body, headers={"Origin": ORIGIN}).status_code
    print(json.dumps({"posted": posted, "booted": booted}), flush=True)


if __name__ == "__main__":
    main()
