"""The team of a platform, for those who manage it.

What lets somebody in, gives them more, or locks them out takes the password of whoever does it.
"""

from __future__ import annotations

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from whosthere.core.reasons import Reason, Refused
from whosthere.core.roles import Right, Role, reaches
from whosthere.services import team
from whosthere.services.links import NewLink
from whosthere.web import doors
from whosthere.web.agent.account.confirm import confirm_by, is_confirmed
from whosthere.web.agent.account.invited import RESET, WELCOME, mailed_address, sends_mail, shown_address
from whosthere.web.agent.pages import blueprint, identity, page
from whosthere.web.forms import read_form
from whosthere.web.problems import STATUS, Problem
from whosthere.web.runtime import runtime
from whosthere.web.wire import identifier

Answer = str | tuple[str, int] | Response
_TOO_MANY = Refused(
    Reason.TOO_MANY_REQUESTS, f"More than {doors.INVITATIONS.amount} invitations an hour are too many. Try again later."
)


@blueprint.get("/team")
def show_teams() -> Response:
    """Go to the team of the first platform whose team the agent manages."""
    managed = [one.platform_id for one in identity().memberships if identity().may(one.platform_id, Right.MANAGE_TEAM)]
    if not managed:
        raise Problem(Refused(Reason.FORBIDDEN, "Admins and owners manage the team."))
    return redirect(url_for("agent.show_team", platform_id=managed[0]))


@blueprint.get("/team/<platform_id>")
def show_team(platform_id: str) -> str:
    """Show members and invitations."""
    return _page(identifier(platform_id), done=request.args.get("done", ""))


@blueprint.post("/team/<platform_id>/invitations")
def invite(platform_id: str) -> Answer:
    """Invite somebody, and show the link this once."""
    form, own_id = read_form(), identifier(platform_id)
    given = {"email": form.get("email", "").strip()[:300], "role": form.get("role", "")}
    _gate(own_id)
    refused = confirm_by(form)
    if refused is None and not doors.passes(doors.INVITATIONS, "invite", identity().agent.id):
        refused = _TOO_MANY
    made = refused or team.invite(
        runtime(),
        identity(),
        own_id,
        given["email"],
        given["role"],
        mail_to=(lambda secret: mailed_address(WELCOME, secret)) if sends_mail() else None,
    )
    if isinstance(made, Refused):
        _only_expected(made)
        return _page(own_id, given=given, refused=made, asking="invite"), STATUS[made.reason]
    return _page(own_id, link=_shown(WELCOME, made), link_kind="invitation", link_for=given["email"])


@blueprint.post("/team/<platform_id>/invitations/<link_id>/revoke")
def revoke_invitation(platform_id: str, link_id: str) -> Answer:
    """End an invitation."""
    own_id = identifier(platform_id)
    return _done(own_id, team.revoke_invitation(runtime(), identity(), own_id, identifier(link_id)))


@blueprint.post("/team/<platform_id>/members/<agent_id>/role")
def change_role(platform_id: str, agent_id: str) -> Answer:
    """Give a member another role."""
    own_id, form = identifier(platform_id), read_form()
    _gate(own_id)
    refused, role = confirm_by(form), form.get("role", "")
    if refused is None:
        member = identifier(agent_id)
        refused = team.change_role(runtime(), identity(), own_id, member, role, seen=form.get("seen"))
        if refused is None or refused.reason is not Reason.CHANGED_MEANWHILE:
            return _done(own_id, refused)
    given = {"email": "", "role": "", "wanted": role}
    return _page(own_id, given=given, refused=refused, asking=f"role {agent_id}"), STATUS[refused.reason]


@blueprint.post("/team/<platform_id>/members/<agent_id>/remove")
def remove_member(platform_id: str, agent_id: str) -> Answer:
    """End a membership."""
    own_id = identifier(platform_id)
    refused = team.remove(runtime(), identity(), own_id, identifier(agent_id))
    if refused is None and identifier(agent_id) == identity().agent.id:
        return redirect(url_for("agent.show_inbox"), 303)
    return _done(own_id, refused)


@blueprint.post("/team/<platform_id>/members/<agent_id>/close")
def close_account(platform_id: str, agent_id: str) -> Answer:
    """Close a member's account."""
    own_id, form = identifier(platform_id), read_form()
    _gate(own_id)
    refused = confirm_by(form)
    if refused is not None:
        return _page(own_id, refused=refused, asking=f"close {agent_id}"), STATUS[refused.reason]
    return _done(own_id, team.close_account(runtime(), identity(), own_id, identifier(agent_id)))


@blueprint.post("/team/<platform_id>/members/<agent_id>/link")
def make_password_link(platform_id: str, agent_id: str) -> Answer:
    """Make a way to a new password for a member, and show it this once; who asks proves to be themselves first."""
    own_id, form = identifier(platform_id), read_form()
    _gate(own_id)
    refused = confirm_by(form)
    made = refused or team.make_password_link(runtime(), identity(), own_id, identifier(agent_id))
    if isinstance(made, Refused):
        _only_expected(made)
        return _page(own_id, refused=made, asking=f"link {agent_id}"), STATUS[made.reason]
    return _page(own_id, link=_shown(RESET, made), link_kind="password", link_for=made.link.email)


def _gate(platform_id: str) -> None:
    role = team.gate(identity(), platform_id)
    if isinstance(role, Refused):
        raise Problem(role)


def _only_expected(refused: Refused) -> None:
    """Answer with a page of its own what no form on the team's page can lead to."""
    if refused.reason is Reason.NOT_FOUND:
        raise Problem(refused)


def _done(platform_id: str, refused: Refused | None) -> Answer:
    if refused is None:
        return redirect(url_for("agent.show_team", platform_id=platform_id, done="changed"), 303)
    _only_expected(refused)
    _gate(platform_id)
    return _page(platform_id, refused=refused), STATUS[refused.reason]


def _shown(endpoint: str, made: NewLink) -> str:
    return shown_address(endpoint, made.secret)


def _page(platform_id: str, *, given: dict[str, str] | None = None, **about: object) -> str:
    found = team.look(runtime(), identity(), platform_id)
    if isinstance(found, Refused):
        raise Problem(found)
    own = identity().role_on(platform_id) or Role.AGENT
    platforms = [one for one in identity().memberships if identity().may(one.platform_id, Right.MANAGE_TEAM)]
    values: dict[str, object] = {"refused": None, "link": None, "done": "", "asking": "", **about}
    return page(
        "agent/account/team.html",
        team=found,
        platform=next(one for one in platforms if one.platform_id == platform_id),
        platforms=platforms,
        roles=[role.value for role in reversed(Role) if reaches(own, role)],
        within_reach=lambda role: reaches(own, role),
        given={"email": "", "role": Role.AGENT.value, "wanted": "", **(given or {})},
        sends_mail=sends_mail(),
        ask_password=not is_confirmed(),
        **values,
    )
