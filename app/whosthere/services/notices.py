"""Who is away is told by mail: visitors of an unseen answer, agents of an unanswered message or a note that calls them.

Only a proven address gets one, and no mail holds a credential (docs/agents.md, "Notices by mail").
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from urllib.parse import urlsplit

from whosthere.core import origins
from whosthere.core.assurance import Assurance
from whosthere.core.notices import (
    AGENT_NOTICES_PER_DAY,
    DAY_MS,
    EXCERPT_LENGTH_MAX,
    VISITOR_NOTICES_PER_DAY,
)
from whosthere.core.preferences import complete
from whosthere.services import mail
from whosthere.services.runtime import Runtime
from whosthere.services.smtp import one_line
from whosthere.storage import agents, colleagues, notices, outbox
from whosthere.storage.colleagues import Member
from whosthere.storage.notices import Call, Unanswered, Unseen
from whosthere.storage.platforms import Platform
from whosthere.storage.tenancy import Tenant

BATCH = 50
_NAME_MAX = 100
MARKER = "whosthere"
"""Names the last part of the fragment by which the page finds out whom a mail was for; it opens nothing."""
_MARK = re.compile(rf"[?&]{MARKER}=[0-9a-f]*$")
_ROUTE = re.compile(r"!?/[\w.~/@:,;!$'()*+%-]*(?:\?[\w.~/@:,;!$'()*+%=&?-]*)?", re.ASCII)


def reference(platform_id: str, record_id: str) -> str:
    """Return what tells one visitor from another, anonymous ones too, and says nothing else about them."""
    return sha256(f"{platform_id}{record_id}".encode()).hexdigest()[:16]


def tell(runtime: Runtime, platform: Platform) -> int:
    """Queue what is due for a platform; returns how many conversations and notes were looked at."""
    now = runtime.clock()
    with runtime.reading(platform.id) as tenant:
        unseen = notices.unseen(tenant, now, BATCH)
        unanswered = notices.unanswered(tenant, now, BATCH)
        calls = notices.calls(tenant, now, BATCH)
    for one in unseen:
        runtime.writing(platform.id, partial(_tell_visitor, runtime, platform=platform, one=one))
    for other in unanswered:
        runtime.writing(platform.id, partial(_tell_team, runtime, platform=platform, one=other))
    for call in calls:
        runtime.writing(platform.id, partial(_tell_called, runtime, platform=platform, call=call))
    return len(unseen) + len(unanswered) + len(calls)


def _tell_called(runtime: Runtime, tenant: Tenant, platform: Platform, call: Call) -> None:
    member = colleagues.find(tenant, call.agent_id)
    if not notices.claim_call(tenant, call) or member is None or not _reachable(tenant, [member]):
        return
    subject = f"{platform.name}: a note calls you"
    link = _inbox(runtime, call.conversation_id)
    body = f"A colleague calls you in a note and waits for you to read it.\n\n{link}"
    _tell_agent(runtime, tenant, "mention", member.email, subject, body, call.conversation_id)


def _tell_visitor(runtime: Runtime, tenant: Tenant, platform: Platform, one: Unseen) -> None:
    if not notices.claim_unseen(tenant, one) or one.unread == 0 or one.place == "spam":
        return
    if not (one.email and one.email_proven) or one.blocked_at is not None or one.deleted_at is not None:
        return
    since = runtime.clock() - DAY_MS
    if outbox.lately(tenant, one.email, "reply", since, VISITOR_NOTICES_PER_DAY) >= VISITOR_NOTICES_PER_DAY:
        return
    answer = notices.answer(tenant, one)
    if answer is None:
        return
    answer_id, author, text = answer
    if outbox.find(tenant, answer_id) is not None:
        return  # told of it already
    # Where somebody who only claimed to be this person says they are is nowhere to send that person.
    page_url = one.page_url if one.begun_as == Assurance.VERIFIED else None
    link = page_link(platform, page_url, reference(platform.id, one.record_id))
    lines = [
        f"Hello {one_line(one.name, _NAME_MAX)}," if one.name else "Hello,",
        f"{one_line(author or 'Somebody', _NAME_MAX)} of {platform.name} has answered you:",
        _quoted(text),
        f"Read it all and answer here:\n{link}" if link else "Read it all and answer in the chat on our website.",
        "You get this mail because you wrote to us. Please do not reply to it: answers reach us in the chat.",
    ]
    body = "\n\n".join(line for line in lines if line) + "\n"
    subject = f"{platform.name} has answered you"
    # By the id of what it quotes, the mail is found when that is taken back.
    about = {"conversation_id": one.conversation_id, "mail_id": answer_id}
    mail.queue(runtime, tenant, "reply", one.email, subject, body, **about)


def _tell_team(runtime: Runtime, tenant: Tenant, platform: Platform, one: Unanswered) -> None:
    waits = one.state == "open" and one.place == "inbox" and one.waiting_since is not None
    if not notices.claim_unanswered(tenant, one) or not waits:
        return
    there = [member for member in _reachable(tenant, colleagues.all_of(tenant)) if member.available]
    own = [member for member in there if member.id == one.assignee_id]
    since = datetime.fromtimestamp((one.waiting_since or 0) / 1000, UTC)
    body = (
        f"A visitor of {platform.name} has been waiting for an answer since {since:%d %B %Y, %H:%M} UTC.\n\n"
        f"{_inbox(runtime, one.conversation_id)}"
    )
    for member in own or there:
        subject = f"{platform.name}: a visitor waits for an answer"
        _tell_agent(runtime, tenant, "waiting", member.email, subject, body, one.conversation_id)


def _tell_agent(
    runtime: Runtime, tenant: Tenant, kind: str, email: str, subject: str, body: str, conversation_id: str
) -> None:
    """Queue a mail, unless the agent got enough of this kind today: then the inbox alone tells them."""
    since = runtime.clock() - DAY_MS
    if outbox.lately(tenant, email, kind, since, AGENT_NOTICES_PER_DAY) < AGENT_NOTICES_PER_DAY:
        mail.queue(runtime, tenant, kind, email, subject, body, conversation_id=conversation_id)


def _reachable(tenant: Tenant, members: Iterable[Member]) -> list[Member]:
    """Return who of a team wants to be told by mail."""
    found = ((member, agents.find(tenant.connection, member.id)) for member in members)
    return [member for member, agent in found if agent and complete(agent.preferences)["emailNotices"]]


def _quoted(text: str) -> str:
    cut = text[:EXCERPT_LENGTH_MAX] + ("…" if len(text) > EXCERPT_LENGTH_MAX else "")
    return "\n".join(f"> {one_line(line, EXCERPT_LENGTH_MAX)}" for line in cut.splitlines())


def _inbox(runtime: Runtime, conversation_id: str) -> str:
    if runtime.public_url is None:
        return "Open the inbox to answer.\n"
    return f"{runtime.public_url}/agent/conversations/{conversation_id}\n"


def page_link(platform: Platform, page_url: str | None, ref: str) -> str | None:
    """Return the way back to the page of a conversation, or to the site; `None` for a site without an address.

    What a visitor said about the page is believed only within the platform's own origins.
    """
    page = _own_page(platform, page_url or "")
    home = next((f"{origin}/" for origin in platform.origins if "*" not in origin), None)
    address = page or home
    route = _route(page_url) if page and page_url else ""
    mark = f"{'?' if route and '?' not in route else '&' if route else ''}{MARKER}={ref}"
    return None if address is None else f"{address}#{route}{mark}"


def _route(url: str) -> str:
    """Return what names the page behind the `#`, as sites do that find their way by it; `""` for any other fragment.

    Anything else may be an answer that somebody else gave to the page, with a credential in it (RFC 6749, §4.2.2).
    """
    fragment = _MARK.sub("", urlsplit(url).fragment)
    return fragment if _ROUTE.fullmatch(fragment) else ""


def _own_page(platform: Platform, url: str) -> str | None:
    """Return the address of a page of the site without its fragment, `None` for any other."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or parts.username is not None:
        return None
    if not url.isascii() or not url.isprintable():
        return None
    shown = f"[{host}]" if ":" in host else host
    origin = f"{parts.scheme}://{shown}" + ("" if port is None else f":{port}")
    allowed = origins.problem(origin) is None and origins.allows(platform.origins, origin)
    if not allowed or any(char in url for char in ' "<>\\^`{|}'):
        return None
    return parts._replace(netloc=origin.partition("://")[2], fragment="").geturl()
