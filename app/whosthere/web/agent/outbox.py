"""The outbox: mail about conversations that waits, was sent or failed, for those who see the team."""

from __future__ import annotations

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from whosthere.core.reasons import Reason, Refused
from whosthere.core.roles import Right
from whosthere.services import mail
from whosthere.storage.conversations import FIRST_PAGE
from whosthere.storage.outbox import STATES
from whosthere.web.agent.pages import blueprint, identity, page
from whosthere.web.problems import Problem, allowed
from whosthere.web.runtime import runtime
from whosthere.web.wire import cursor, identifier, read_cursor


@blueprint.get("/outbox")
def show_outboxes() -> Response:
    """Go to the outbox of the first platform whose mail the agent may read."""
    own = [one.platform_id for one in identity().memberships if identity().may(one.platform_id, Right.SEE_TEAM)]
    if not own:
        raise Problem(Refused(Reason.FORBIDDEN, "Admins and owners read the outbox."))
    return redirect(url_for("agent.show_outbox", platform_id=own[0]))


@blueprint.get("/outbox/<platform_id>")
def show_outbox(platform_id: str) -> str:
    """List the mail of a platform, newest first."""
    own_id, state = identifier(platform_id), request.args.get("state", "")
    before = allowed(read_cursor(request.args.get("cursor"), FIRST_PAGE))
    found = allowed(mail.listed(runtime(), identity(), own_id, before, state))
    mails = found[: mail.PAGE_SIZE]
    return page(
        "agent/outbox.html",
        platform=_membership(own_id),
        platforms=[one for one in identity().memberships if identity().may(one.platform_id, Right.SEE_TEAM)],
        mails=mails,
        state=state,
        states=tuple(STATES),
        next=cursor(mails[-1].created_at, mails[-1].id) if len(found) > len(mails) else None,
        sends=runtime().mailer is not None,
    )


@blueprint.get("/outbox/<platform_id>/<mail_id>")
def show_mail(platform_id: str, mail_id: str) -> str:
    """Show one mail as text."""
    own_id = identifier(platform_id)
    found = allowed(mail.find(runtime(), identity(), own_id, identifier(mail_id)))
    return page("agent/mail.html", platform=_membership(own_id), mail=found, sends=runtime().mailer is not None)


@blueprint.post("/outbox/<platform_id>/<mail_id>/again")
def send_mail_again(platform_id: str, mail_id: str) -> Response:
    """Make a mail due that was not sent."""
    own_id, wanted = identifier(platform_id), identifier(mail_id)
    allowed(mail.send_again(runtime(), identity(), own_id, wanted))
    return redirect(url_for("agent.show_mail", platform_id=own_id, mail_id=wanted), 303)


def _membership(platform_id: str) -> object:
    return next(one for one in identity().memberships if one.platform_id == platform_id)
