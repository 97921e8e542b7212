"""The doctor: why does this page's proof fail? What is pasted here is answered and forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request

from whosthere.core.reasons import Reason, Refused
from whosthere.services import diagnostics, doctor
from whosthere.services.doctor import Explanation
from whosthere.web.admin.gate import Page, blueprint, identity, manages, page, platform
from whosthere.web.admin.pasted import FIELDS, read_config
from whosthere.web.runtime import runtime
from whosthere.web.wire import identifier

PASTED_LENGTH_MAX = 20_000
DAYS = 2
SHOWN_MAX = 20
_NOTHING = Refused(Reason.INVALID_FIELD, "Paste the page’s config, or fill in the fields.", "config")
_UNREADABLE = Refused(
    Reason.INVALID_FIELD,
    "There is no key of a config in it. Paste what stands in window.whosthereConfig, braces included.",
    "config",
)
_TOO_LONG = Refused(Reason.INVALID_FIELD, f"Paste at most {PASTED_LENGTH_MAX:,} characters.", "config")


@blueprint.get("/platforms/<platform_id>/doctor")
def show_doctor(platform_id: str) -> Page:
    """Offer the form, and the boots that failed lately."""
    return _page({})


@blueprint.get("/platforms/<platform_id>/doctor/boots/<sample_id>")
def show_boot(platform_id: str, sample_id: str) -> Page:
    """Say what is known of one boot that failed: why and where, never who."""
    sample = diagnostics.sample_of(runtime(), platform().id, identifier(sample_id))
    refused = [] if sample else [Refused(Reason.NOT_FOUND, "This boot is no longer kept.")]
    return _page({}, refused, sample=sample)


@blueprint.post("/platforms/<platform_id>/doctor")
def diagnose(platform_id: str) -> Page:
    """Say which rule fails first, and how to mend it. Nothing of it is stored, nothing is logged."""
    typed = {name: request.form.get(name, "") for name in ("config", *FIELDS)}
    typed["fullPrivacy"] = "yes" if request.form.get("fullPrivacy") else ""
    config = _config(typed)
    if isinstance(config, Refused):
        return _page(typed, [config])
    explanation = doctor.explain(runtime(), platform().id, config, beside=manages(identity()))
    if isinstance(explanation, Refused):
        return _page(typed, [explanation])
    return _page(typed, explanation=explanation, other=_other_platform(config))


def _page(
    typed: Mapping[str, str],
    problems: list[Refused] | None = None,
    *,
    explanation: Explanation | None = None,
    sample: object = None,
    other: bool = False,
) -> Page:
    recent = diagnostics.refusals_of(runtime(), platform().id, DAYS).samples[:SHOWN_MAX]
    return page(
        "admin/doctor.html",
        problems or [],
        typed=typed,
        explanation=explanation,
        sample=sample,
        other=other,
        recent=recent,
    )


def _config(typed: Mapping[str, str]) -> dict[str, Any] | Refused:
    """Return the config that is asked about: what was pasted, with the fields that were filled in over it."""
    pasted = typed["config"].strip()
    if len(pasted) > PASTED_LENGTH_MAX:
        return _TOO_LONG
    config = read_config(pasted) if pasted else {}
    if pasted and not config:
        return _UNREADABLE
    # As typed: white space around a token is one of the mistakes to be found.
    config |= {name: typed[name] for name in FIELDS if typed[name]}
    if typed["fullPrivacy"]:
        config["fullPrivacy"] = True
    return config or _NOTHING


def _other_platform(config: Mapping[str, object]) -> bool:
    """Whether the config is about another platform: then its tokens are made with another key, too."""
    return config.get("platformId") not in (None, "", platform().id)
