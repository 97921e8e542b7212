"""What a site's backend tells of its users' doings, for agents to see (docs/http-api.md, "Server API")."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from whosthere.core.reasons import Reason, Refused
from whosthere.realtime.hub import platform_topic
from whosthere.services.people import NOT_FOUND
from whosthere.services.runtime import Runtime
from whosthere.storage import events
from whosthere.storage.events import Event

KEPT = 20
NAME_LENGTH_MAX = 100
PROPERTIES_LENGTH_MAX = 1000

_BAD_NAME = Refused(Reason.INVALID_FIELD, f"An event has 1 to {NAME_LENGTH_MAX} printable characters.", "event")
_LONG = Refused(
    Reason.INVALID_FIELD, f"Properties have at most {PROPERTIES_LENGTH_MAX:,} characters of JSON.", "properties"
)
_UNUSUAL = Refused(Reason.INVALID_FIELD, "Properties hold no U+0000 and no number beyond a double.", "properties")
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


def track(
    runtime: Runtime, platform_id: str, record_id: str, name: str, properties: Mapping[str, Any]
) -> Refused | None:
    """Keep that somebody did something just now. The newest 20 stay; they prove nothing and open nothing."""
    if not 1 <= len(name) <= NAME_LENGTH_MAX or not name.isprintable() or name != name.strip():
        return _BAD_NAME
    refused = _problem(properties)
    if refused is not None:
        return refused
    event = Event(runtime.clock(), name, properties)
    if not runtime.writing(platform_id, lambda tenant: events.add(tenant, record_id, event, most=KEPT)):
        return NOT_FOUND
    runtime.hub.publish(platform_topic(platform_id))
    return None


def _problem(properties: Mapping[str, Any]) -> Refused | None:
    try:
        text = json.dumps(properties, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        json.loads(text, parse_int=_double)
    except ValueError:  # 1e999 is JSON, and infinite; so is 1 with 900 zeros for whoever reads it as a double
        return _UNUSUAL
    if len(text) > PROPERTIES_LENGTH_MAX:
        return _LONG
    return _UNUSUAL if _NUL.search(text) else None


def _double(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise ValueError
    return value


def of_person(runtime: Runtime, platform_id: str, record_id: str) -> list[Event]:
    """Return what somebody did lately, newest first."""
    with runtime.reading(platform_id) as tenant:
        return events.of(tenant, record_id)


def spelled(properties: Mapping[str, Any]) -> str:
    """Return properties as JSON for people to read, nothing for none."""
    return json.dumps(properties, ensure_ascii=False) if properties else ""
