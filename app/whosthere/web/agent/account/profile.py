"""What agents say about themselves, and how they like the inbox."""

from __future__ import annotations

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from whosthere.core.preferences import DEFAULTS, complete
from whosthere.core.reasons import Refused
from whosthere.services import agents
from whosthere.web.agent.pages import blueprint, identity, page
from whosthere.web.forms import read_form
from whosthere.web.problems import STATUS
from whosthere.web.runtime import runtime


@blueprint.get("/profile")
def show_profile() -> str:
    """Show the form."""
    agent = identity().agent
    return _page(agent.name, agent.available, complete(agent.preferences), done=bool(request.args.get("saved")))


@blueprint.post("/profile")
def save_profile() -> Response | tuple[str, int]:
    """Store it; a box that is not ticked is not sent (HTML §4.10.22.4)."""
    form = read_form()
    name, available = form.get("name", "").strip(), form.get("available") == "yes"
    chosen = {preference: form.get(preference) == "yes" for preference in DEFAULTS}
    outcome = agents.change_profile(runtime(), identity(), name=name, available=available, chosen=chosen)
    if isinstance(outcome, Refused):
        return _page(name, available, chosen, outcome), STATUS[outcome.reason]
    return redirect(url_for("agent.show_profile", saved=1), 303)


def _page(
    name: str, available: bool, chosen: dict[str, bool], refused: Refused | None = None, *, done: bool = False
) -> str:
    return page("agent/account/profile.html", name=name, available=available, chosen=chosen, refused=refused, done=done)
