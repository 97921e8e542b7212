"""One process of several that share a database: `python -m tests.races.worker`, told by lines of JSON what to do.

`{"environ": …, "now": epoch milliseconds}` makes the application, in place of the one before. A list of requests
`{method, path, body, headers}` is sent to it at the same moment, each by a thread of its own; their answers
`[status, JSON]` come back as one line.
"""

from __future__ import annotations

import json
import sys
from functools import partial
from typing import Any

from flask import Flask

from tests.races.crowd import together
from whosthere.services.runtime import Runtime
from whosthere.settings import load_settings
from whosthere.web import create_app


def main() -> None:
    """Do what the lines on standard input say until they end."""
    app: Flask | None = None
    said: Any
    for line in sys.stdin:
        order = json.loads(line)
        if order is None:
            _close(app)
            app, said = None, "closed"
        elif isinstance(order, dict):
            app = create_app(load_settings(order["environ"]), clock=partial(int, order["now"]))
            said = "ready"
        else:
            said = together(*[partial(_ask, app, request) for request in order])
        print(json.dumps(said), flush=True)


def _close(app: Flask | None) -> None:
    if app is not None:
        runtime: Runtime = app.extensions["whosthere.runtime"]
        runtime.hub.close()
        runtime.database.close()


def _ask(app: Flask | None, request: dict[str, Any]) -> tuple[int, Any]:
    assert app is not None
    answer = app.test_client().open(
        request["path"], method=request["method"], json=request["body"], headers=request["headers"]
    )
    return answer.status_code, answer.json


if __name__ == "__main__":
    main()
