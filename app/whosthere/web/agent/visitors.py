"""Unwanted visitors: who is blocked, and what a platform does against floods."""

from __future__ import annotations

from flask import Response as Answer
from flask import redirect, url_for
from werkzeug.wrappers import Response

from whosthere.core.abuse import PLATFORM_FACTOR, ProofOfWork, is_wide
from whosthere.core.reasons import Reason, Refused
from whosthere.core.roles import Right
from whosthere.services import blocks, platforms
from whosthere.services.challenge import FLOOD_STARTS
from whosthere.services.options import Invalid, texts
from whosthere.web.agent import models
from whosthere.web.agent.contract import TOKEN, WRITING
from whosthere.web.agent.contract import blueprint as api
from whosthere.web.agent.contract import identity as asking
from whosthere.web.agent.pages import blueprint, identity, page
from whosthere.web.agent.ways import page_of
from whosthere.web.documented import documented
from whosthere.web.edge import read_body
from whosthere.web.forms import read_form
from whosthere.web.problems import STATUS, Problem, allowed
from whosthere.web.runtime import runtime
from whosthere.web.wire import identifier

_CHANGED = Refused(
    Reason.CHANGED_MEANWHILE,
    "Somebody else changed this platform meanwhile. Nothing was saved; what you chose stands below. Save again to have "
    "it your way.",
    "version",
)
_OPTIONS = ("anonymous_starts_per_hour", "proof_of_work")


@blueprint.get("/visitors")
def show_unwanted_visitors() -> Response:
    """Go to the first platform whose unwanted visitors the agent manages."""
    own = [one.platform_id for one in identity().memberships if identity().may(one.platform_id, Right.BLOCK_NETWORKS)]
    if not own:
        raise Problem(Refused(Reason.FORBIDDEN, "Admins and owners do that."))
    return redirect(url_for("agent.show_visitors", platform_id=own[0]))


@blueprint.get("/visitors/<platform_id>")
def show_visitors(platform_id: str) -> str:
    """Show who is blocked, and the limits."""
    return _page(identifier(platform_id))


@blueprint.post("/visitors/<platform_id>/networks")
def block_network(platform_id: str) -> Response | tuple[str, int]:
    """Block a range of addresses."""
    own_id, form = identifier(platform_id), read_form()
    network, reason = form.get("network", "")[:100], form.get("reason", "")[:1000]
    made = blocks.block_network(runtime(), identity(), own_id, network, reason)
    if isinstance(made, Refused):
        return _again(own_id, made, network=network, reason=reason)
    return redirect(url_for("agent.show_visitors", platform_id=own_id), 303)


@blueprint.post("/visitors/<platform_id>/networks/remove")
def unblock_network(platform_id: str) -> Response:
    """Let a range of addresses write again."""
    own_id = identifier(platform_id)
    allowed(blocks.unblock_network(runtime(), identity(), own_id, read_form().get("network", "")[:100]))
    return redirect(url_for("agent.show_visitors", platform_id=own_id), 303)


@blueprint.post("/visitors/<platform_id>/limits")
def change_limits(platform_id: str) -> Response | tuple[str, int]:
    """Change what is done against floods."""
    own_id, form = identifier(platform_id), read_form()
    refused = blocks.gate(identity(), own_id)
    if refused is not None:
        raise Problem(refused)
    values = {name: form[name][:100] for name in _OPTIONS if name in form}
    version = form.get("version", "")
    seen = int(version) if version.isdecimal() and len(version) < 19 else None
    done = platforms.change(runtime(), own_id, values, actor=identity().actor, version=seen)
    if done is platforms.CHANGED:
        return _again(own_id, _CHANGED, **values)
    if isinstance(done, Invalid):
        return _again(own_id, done.problems[0], **values)
    allowed(done)
    return redirect(url_for("agent.show_visitors", platform_id=own_id), 303)


@blueprint.post("/people/<user_id>/block")
def block_person(user_id: str) -> Response:
    """Block a person (`blocked=yes`), or let them write again, and go back to where one was (`next`)."""
    form = read_form()
    allowed(blocks.set_blocked(runtime(), identity(), identifier(user_id), form.get("blocked") == "yes"))
    return redirect(page_of(form.get("next", "")), 303)


@api.put("/users/<user_id>/block")
@documented(
    "Block a person, or let them write again",
    body=models.Block,
    answers={204: None},
    refusals=WRITING,
    credential=TOKEN,
)
def block_user(user_id: str) -> Answer:
    """End the person's sessions and refuse new ones; or let them in again, from their next visit on."""
    body = read_body(models.Block)
    wanted = identifier(user_id)
    known = blocks.blocked_since(runtime(), asking(), wanted)
    if known is blocks.NO_PERSON:
        raise Problem(blocks.NO_PERSON)
    allowed(blocks.set_blocked(runtime(), asking(), wanted, allowed(body).blocked))
    return Answer(status=204)


def _again(platform_id: str, refused: Refused, **given: str) -> tuple[str, int]:
    """Show the page once more, with what was wrong; what no form of it can lead to has a page of its own."""
    if refused.reason in (Reason.NOT_FOUND, Reason.FORBIDDEN):
        raise Problem(refused)
    return _page(platform_id, refused=refused, **given), STATUS[refused.reason]


def _page(platform_id: str, *, refused: Refused | None = None, **given: str) -> str:
    found = allowed(blocks.listed(runtime(), identity(), platform_id))
    return page(
        "agent/visitors.html",
        platform=found.platform,
        platforms=[one for one in identity().memberships if identity().may(one.platform_id, Right.BLOCK_NETWORKS)],
        people=found.people,
        networks=found.platform.abuse.blocked,
        wide=is_wide,
        given={"network": "", "reason": ""} | texts(found.platform) | given,
        choices=[one.value for one in ProofOfWork],
        factor=PLATFORM_FACTOR,
        flood=FLOOD_STARTS,
        refused=refused,
    )
