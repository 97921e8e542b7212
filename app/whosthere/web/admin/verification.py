"""Verification: who is let in, what would have been refused, and the rules around it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from whosthere.core import origins, patterns
from whosthere.core.policy import Verification
from whosthere.core.reasons import Reason, Refused
from whosthere.services import diagnostics, platforms, sealing
from whosthere.services.diagnostics import Refusals
from whosthere.services.options import Invalid, texts
from whosthere.storage.platforms import Platform
from whosthere.web.admin import words
from whosthere.web.admin.gate import Page, blueprint, identity, page, platform, unconfirmed
from whosthere.web.confirmation import confirm_by
from whosthere.web.runtime import runtime

DAYS = 7
PAGES_MAX = 5
FINDINGS_MAX = 3
_NOTHING_MORE = ("", "signature_unknown")
"""What the doctor finds where it can tell no more than the reason does."""
FIELDS = (
    "verification",
    "origins",
    "user_id_pattern",
    "email_adoption",
    "anonymous_days",
    "anonymous_idle_days",
    "anonymous_history",
)
_UNREADABLE = Refused(Reason.INVALID_FIELD, "The form is incomplete. Reload the page.", "")


@blueprint.get("/platforms/<platform_id>/verification")
def show_verification(platform_id: str) -> Page:
    """Show the policy, and what it does."""
    return _page(texts(platform()), saved=request.args.get("saved") == "yes")


@blueprint.post("/platforms/<platform_id>/verification")
def change_verification(platform_id: str) -> Response | Page:
    """Change the policy, unless somebody else was faster; or try a pattern or an origin without changing anything."""
    typed = _typed()
    if "try" in request.form:
        return _page(typed, tried=_try(typed))
    outcome = save(typed)
    if isinstance(outcome, Platform):
        return redirect(url_for("admin.show_verification", platform_id=outcome.id, saved="yes"), 303)
    return _page(typed, list(outcome.problems) if isinstance(outcome, Invalid) else [outcome])


@blueprint.post("/platforms/<platform_id>/verification/unseal")
def unseal_all(platform_id: str) -> Response | Page:
    """Let claimed visitors act as everybody who was verified once."""
    refused = confirm_by(identity(), request.form)
    if refused is not None:
        return _page(texts(platform()), [Refused(refused.reason, refused.detail, "unseal_password")])
    outcome = sealing.unseal_all(runtime(), platform().id, actor=identity().actor)
    if isinstance(outcome, Refused):
        return _page(texts(platform()), [outcome])
    return redirect(url_for("admin.show_verification", platform_id=platform().id, unsealed="yes"), 303)


def save(values: Mapping[str, str]) -> Platform | Invalid | Refused:
    """Store what a form says, if it was filled in for the settings as they still are."""
    version = request.form.get("version", "")
    if not version.isdecimal() or len(version) > 18:
        return _UNREADABLE
    return platforms.change(runtime(), platform().id, values, actor=identity().actor, version=int(version))


def _typed() -> dict[str, str]:
    stored = texts(platform())
    typed = {name: request.form.get(name, stored[name]) for name in FIELDS}
    return {**typed, "email_adoption": request.form.get("email_adoption", "off")}


def _try(typed: Mapping[str, str]) -> dict[str, str]:
    """Return what the pattern says to a userId and the list to an origin, in words by field."""
    user_id, origin = request.form.get("try_user_id", ""), request.form.get("try_origin", "")
    pattern = request.form.get("user_id_pattern", "").strip()  # as it is saved
    said: dict[str, str] = {}
    if user_id:
        wrong = patterns.problem(pattern) if pattern else None
        fits = wrong is None and patterns.matches(pattern or None, user_id)
        said["user_id"] = wrong or ("It matches: accepted." if fits else "It does not match: refused.")
    if origin:
        listed = [one.removesuffix("/") for one in typed["origins"].replace(",", " ").split()]
        fine = origins.allows(listed, origin)
        said["origin"] = "It is allowed." if fine else origins.problem(origin) or "It is not on the list: refused."
    return said


def _page(
    typed: Mapping[str, str],
    problems: Sequence[Refused] = (),
    *,
    tried: Mapping[str, str] | None = None,
    saved: bool = False,
) -> Page:
    refusals = diagnostics.refusals_of(runtime(), platform().id, DAYS)
    effect, visits = _effect(refusals)
    enforced = platform().policy.verification is Verification.ENFORCED
    conflict = any(problem.reason is Reason.CHANGED_MEANWHILE for problem in problems)
    return page(
        "admin/verification.html",
        problems,
        typed=typed,
        tried=tried or {},
        trying=tried is not None,
        try_user_id=request.form.get("try_user_id", ""),
        try_origin=request.form.get("try_origin", ""),
        saved=saved,
        stored=texts(platform()) if conflict else None,
        # Who saves again after reading what the other one did has seen the newer version.
        version=platform().version,
        days=DAYS,
        by_reason=_by_reason(refusals),
        effect=effect,
        visits=visits,
        choices=list(Verification),
        sealed=0 if enforced else sealing.number(runtime(), platform().id),
        sealed_counted=sealing.COUNTED_MAX,
        unsealed=request.args.get("unsealed") == "yes",
        ask_password=bool(unconfirmed()),
    )


def _by_reason(refusals: Refusals) -> list[dict[str, object]]:
    """Return each reason with how often it came up, and the pages where it mostly did."""
    counts: Counter[str] = Counter()
    for total in refusals.totals:
        counts[total.reason] += total.count
    found: list[dict[str, object]] = []
    for reason, count in counts.most_common():
        samples = [sample for sample in refusals.samples if sample.reason == reason]
        where = Counter(words.page_path(sample) for sample in samples).most_common(PAGES_MAX)
        exactly = Counter(told.title for told in map(words.trouble_of, samples) if told.code not in _NOTHING_MORE)
        pages, examples = [path for path, _ in where], [title for title, _ in exactly.most_common(FINDINGS_MAX)]
        found.append({"reason": reason, "count": count, "pages": pages, "examples": examples})
    return found


def _effect(refusals: Refusals) -> tuple[int, int]:
    """Return how many visits with identifiers the enforced policy refuses, and of how many, as far as one can tell."""
    about_proofs = (one for one in refusals.totals if one.reason not in diagnostics.NOT_ABOUT_PROOFS)
    counted = (one for one in about_proofs if not words.is_anonymous(one.reason))
    refused = sum(total.count for total in counted)
    return refused, refused + refusals.verified
