"""Requests made from the OpenAPI document: whatever they hold, each answer is one that the document names."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode

from tests.fuzz.surface import (
    BOOT,
    METHODS,
    Surface,
    answers_endlessly,
    credential_of,
    described,
    operations,
    takes_input,
)
from tests.shop import ORIGIN

pytestmark = pytest.mark.slow

OPERATIONS = {f"{method} {path}": operation for method, path, operation in operations(described())}
STREAMS = [label for label, operation in OPERATIONS.items() if answers_endlessly(operation)]
ENDING = [label for label in OPERATIONS if label not in STREAMS]
GUARDED = [label for label in OPERATIONS if credential_of(OPERATIONS[label]) is not None]
NOBODY = "00000000-0000-0000-0000-000000000000"
CREDENTIALS = st.sampled_from(["good"] * 6 + ["none", "other", "broken", "tampered"])
KNOWN = st.sampled_from([True, True, True, False])
FUZZING = settings(max_examples=6, derandomize=True, database=None, suppress_health_check=list(HealthCheck))


def aim(case: Case, surface: Surface, conversation_id: str) -> None:
    """Ask about what there is: of what was made up, nothing exists."""
    if "conversation_id" in (case.path_parameters or {}):
        case.path_parameters = {**case.path_parameters, "conversation_id": conversation_id}
    if "/server/" in case.path and "user_id" in (case.path_parameters or {}):
        case.path_parameters = {**case.path_parameters, "user_id": surface.person_id()}
    if isinstance(case.body, dict) and case.operation.label == BOOT:
        case.body = {**case.body, "platformId": surface.shop.id}


def credential(surface: Surface, label: str, kind: str) -> str | None:
    """A credential that is good for the operation, or one that is not."""
    wanted = credential_of(OPERATIONS[label])
    if kind == "none" or wanted is None:
        return None
    credentials = surface.credentials()
    own = credentials.pop(wanted)
    other = next(iter(credentials.values()))
    changed = own[:-2] + ("A" if own[-2] != "A" else "B") + own[-1]  # the very last character has bits to spare
    return {"good": own, "other": other, "broken": "no credential", "tampered": changed}[kind]


def knock(surfaces: list[Surface], label: str, mode: GenerationMode) -> set[int]:
    """Send requests of one kind to an operation; return which statuses came back to a good credential."""
    known_ones = [surface.conversation_id() for surface in surfaces]
    statuses: set[int] = set()

    @FUZZING
    @given(case=surfaces[0].operation(label).as_strategy(generation_mode=mode), kind=CREDENTIALS, known=KNOWN)
    def send(case: Case, kind: str, known: bool) -> None:
        for surface, conversation_id in zip(surfaces, known_ones, strict=True):
            if known:
                aim(case, surface, conversation_id)
            status = surface.ask(case, credential(surface, label, kind)).status_code
            if kind == "good":
                statuses.add(status)
            assert label not in GUARDED or (status == 401) is (kind != "good")

    send()
    return statuses


def test_the_operations_are_those_of_the_application(surfaces: list[Surface]) -> None:
    for surface in surfaces:
        served = surface.app.test_client().get("/openapi.json").json
        assert {f"{method} {path}" for method, path, _ in operations(served)} == set(OPERATIONS)
    assert len(OPERATIONS) > 15


def test_two_audiences_may_call_different_things_by_one_name() -> None:
    schemas = described()["components"]["schemas"]
    assert schemas["AgentChangeState"]["properties"]["state"]["enum"] == ["open", "resolved", "rejected"]
    assert schemas["AgentMarkRead"]["additionalProperties"] is False
    assert "additionalProperties" not in schemas["WidgetMarkRead"]


@pytest.mark.parametrize("label", ENDING)
def test_a_fitting_request_has_a_documented_answer(surfaces: list[Surface], label: str) -> None:
    assert knock(surfaces, label, GenerationMode.POSITIVE)


@pytest.mark.parametrize("label", [label for label in ENDING if takes_input(OPERATIONS[label])])
def test_an_unfitting_request_has_a_documented_answer(surfaces: list[Surface], label: str) -> None:
    assert knock(surfaces, label, GenerationMode.NEGATIVE)


@pytest.mark.parametrize("label", STREAMS)
@pytest.mark.parametrize("kind", ["good", "none", "other", "broken", "tampered"])
def test_a_stream_is_opened_or_refused_as_documented(surfaces: list[Surface], label: str, kind: str) -> None:
    surface = surfaces[0]
    brought = credential(surface, label, kind)
    headers = {} if brought is None else {"Authorization": f"Bearer {brought}"}
    with surface.app.test_client().get(label.removeprefix("GET "), headers=headers) as response:
        documented = OPERATIONS[label]["responses"][str(response.status_code)]
        assert response.mimetype in documented["content"]
        assert set(documented["headers"]) <= set(response.headers.keys())
        assert response.status_code == (200 if kind == "good" else 401)


@pytest.mark.parametrize("label", OPERATIONS)
def test_another_method_is_refused_and_the_answer_says_which_there_are(surfaces: list[Surface], label: str) -> None:
    client: FlaskClient = surfaces[0].app.test_client()
    path = re.sub(r"\{[^}]+\}", NOBODY, label.partition(" ")[2])
    described_ones = {method for method, other, _ in operations(described()) if other == label.partition(" ")[2]}
    allowed = described_ones | {"OPTIONS"} | ({"HEAD"} if "GET" in described_ones else set())
    for method in set(METHODS) - allowed:
        response = client.open(path, method=method, headers={"Origin": ORIGIN})
        assert response.status_code == 405, method
        assert set(response.headers["Allow"].split(", ")) == allowed
        if method != "HEAD":
            problem: dict[str, Any] = response.json
            assert problem["code"] == "method_not_allowed"
