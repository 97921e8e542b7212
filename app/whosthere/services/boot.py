"""Boot: from the identifiers a page sends to a session. Body → Claim → Verdict → Decision → record → Session."""

from __future__ import annotations

from dataclasses import dataclass, replace

from whosthere.core import origins
from whosthere.core.anonymous import Anonymous, ends_at
from whosthere.core.assurance import Assurance
from whosthere.core.claims import Claim, Notice
from whosthere.core.contact import Contact, missing
from whosthere.core.history import Beside, after_login, after_logout
from whosthere.core.identifiers import read_claim
from whosthere.core.policy import Verification
from whosthere.core.reasons import Reason, Refused
from whosthere.core.resolution import ActAs, resolve, usable_identifiers
from whosthere.core.sessions import Session, open_session
from whosthere.core.verdict import Admitted
from whosthere.core.verification import judge
from whosthere.realtime.hub import record_topic
from whosthere.services import diagnostics, history
from whosthere.services.access import BLOCKED
from whosthere.services.anonymity import Kept, choose, end_all
from whosthere.services.arrival import Booted, BootRequest
from whosthere.services.profiles import settle
from whosthere.services.runtime import Runtime
from whosthere.storage import conversations, keys, platforms, sessions, users
from whosthere.storage.conversations import Conversation
from whosthere.storage.history import Begun
from whosthere.storage.keys import Keyring
from whosthere.storage.platforms import Platform
from whosthere.storage.sessions import AnonymousState
from whosthere.storage.tenancy import Tenant
from whosthere.storage.users import Visit

EMAIL_SHARED = Notice(
    "email_shared",
    "userEmail",
    "Several people share this email address, so it opens none of their histories. Send a userId with it.",
)


class _Writes(Exception):
    """This boot has something to store; it starts again in a write transaction."""


def boot(runtime: Runtime, request: BootRequest) -> Booted | Refused:
    """Let a visitor in, or refuse; a refusal leaves nothing behind but the end of the page's former session.

    A known visitor who brings nothing new only reads. Who brings something starts over: everything is read, decided and
    stored in one transaction, and the loser of a race goes through it once more.
    """
    now = runtime.clock()
    claim = read_claim(request.body)
    try:
        with runtime.reading(request.platform_id) as tenant:
            outcome = _Boot(runtime, tenant, request, claim, now, may_write=False).run()
    except _Writes:
        outcome = runtime.writing(
            request.platform_id,
            lambda tenant: _Boot(runtime, tenant, request, claim, now, may_write=True).run(),
        )
        _wake_previous(runtime, request)
    if isinstance(outcome, Booted) and outcome.is_counted:
        runtime.passed.add(request.platform_id, now)
    return outcome


def _wake_previous(runtime: Runtime, request: BootRequest) -> None:
    """Let the streams of the session that this boot ended notice it at once."""
    token = request.previous_session
    previous = None if token is None else runtime.signer.read_session(token)
    if previous is not None:
        runtime.hub.publish(record_topic(previous.platform_id, previous.record_id))


@dataclass(frozen=True, slots=True)
class _Boot:
    """One attempt, inside one transaction."""

    runtime: Runtime
    tenant: Tenant
    request: BootRequest
    claim: Claim
    now: int
    may_write: bool

    def run(self) -> Booted | Refused:
        keyring = keys.keyring(self.tenant, self.runtime.vault)
        if keyring is None:
            return Refused(Reason.NOT_FOUND, "There is no platform with this platformId.", "platformId")
        if not self._origin_is_allowed(keyring.platform):
            self._count(Reason.ORIGIN_NOT_ALLOWED.value, keyring, refused=True)
            return Refused(Reason.ORIGIN_NOT_ALLOWED, "This origin is not on the platform's list.")
        if keyring.platform.abuse.blocks(self.request.address):
            return BLOCKED
        self._end_previous_session()
        self._notice_page(keyring)
        verdict = judge(self.claim, keyring.keys, keyring.platform.policy, self.now)
        if isinstance(verdict, Refused):
            return self._refuse(verdict, keyring)
        if verdict.assurance is Assurance.ANONYMOUS:
            return self._without_proof(keyring, verdict) or self._admit_anonymous(keyring.platform, verdict)
        return self._admit_identified(keyring, verdict)

    def _without_proof(self, keyring: Keyring, person: Admitted) -> Refused | None:
        """Refuse a client that is no browser and proves nothing, whatever the policy; under `report`, count others."""
        if person.assurance is Assurance.VERIFIED:
            return None
        if not self.request.from_browser:
            private = person.not_enforced or Reason.MISSING_USER_AUTH_TOKEN
            missing = private is Reason.MISSING_USER_AUTH_TOKEN
            public = Reason.MISSING_USER_AUTH_TOKEN if missing else Reason.INVALID_USER_AUTH_TOKEN
            return self._refuse(Refused(public, private=private), keyring)
        if person.not_enforced is not None and keyring.platform.policy.verification is Verification.REPORT:
            self._count(person.not_enforced.value, keyring, refused=False)
        return None

    def _notice_page(self, keyring: Keyring) -> None:
        """Note the site's first sign of life, and what its pages get wrong without being refused (§2)."""
        if keyring.platform.first_boot_at is None:
            self._writing()
            platforms.note_first_boot(self.tenant.connection, keyring.platform.id, self.now)
        if self.request.script_outdated:
            self._count(diagnostics.SCRIPT_OUTDATED, keyring, refused=False)
        if self.claim.invalid:
            problems = (each.code for each in self.claim.warnings if each.field in ("userId", "userEmail"))
            self._count(next(problems, "identifier_invalid"), keyring, refused=False)

    def _origin_is_allowed(self, platform: Platform) -> bool:
        if self.request.origin is None:
            return not self.request.from_browser
        return origins.allows(platform.origins, self.request.origin)

    def _end_previous_session(self) -> None:
        token = self.request.previous_session
        previous = None if token is None else self.runtime.signer.read_session(token)
        if previous is None or previous.platform_id != self.tenant.platform_id:
            return
        if previous.expires_at > self.now:
            self._writing()
            sessions.revoke(self.tenant, previous.id, expires_at=previous.expires_at, now=self.now)

    def _refuse(self, refusal: Refused, keyring: Keyring) -> Refused:
        self._count((refusal.private or refusal.reason).value, keyring, refused=True)
        return refusal

    def _count(self, reason: str, keyring: Keyring, *, refused: bool) -> None:
        self._writing()
        diagnostics.count(self.runtime, self.tenant, reason, self.request, keyring, self.now, refused=refused)

    def _writing(self) -> None:
        if not self.may_write:
            raise _Writes

    # -- anonymous ----------------------------------------------------------------------------------------------

    def _admit_anonymous(self, platform: Platform, person: Admitted) -> Booted | Refused:
        kept = self._kept_anonymous(platform)
        if any(state.blocked for state in kept.states.values()):
            return BLOCKED
        kept = self._reset(kept)
        chosen = kept.tab if person.tab_scoped else kept.browser
        anonymous = chosen or Anonymous(self.runtime.new_anonymous_id(), self.now, person.tab_scoped)
        newest, unread = conversations.newest_with_unread(self.tenant, anonymous.id) if chosen else (None, 0)
        state = kept.states.get(anonymous.id)
        if state is not None and not anonymous.tab_scoped:
            self._note_beside(anonymous, state, after_logout(state.beside, self.now))
        last_active_at = None if state is None else state.last_active_at
        session = open_session(
            person,
            platform_id=platform.id,
            record_id=anonymous.id,
            session_id=self.runtime.new_id(),
            now=self.now,
            ends_at=ends_at(anonymous, platform.policy, last_active_at),
            anonymous=anonymous,
            full_privacy=self.claim.full_privacy,
            generation=0 if state is None else state.generation,
        )
        left = Contact() if state is None else state.contact
        asks = missing(session, None, given=Contact(), left=left)
        booted = self._booted(platform, person, session, None, anonymous, newest, unread, person.warnings)
        return replace(booted, missing=asks)

    def _kept_anonymous(self, platform: Platform) -> Kept:
        tokens = (self.request.body.get("anonymousTabToken"), self.request.body.get("anonymousToken"))
        return choose(self.runtime, self.tenant, platform.policy, tokens, self.now)

    def _reset(self, kept: Kept) -> Kept:
        if self.request.body.get("reset") is not True or not kept.states:
            return kept
        self._writing()
        return end_all(self.tenant, kept, self.now)

    # -- identified ---------------------------------------------------------------------------------------------

    def _admit_identified(self, keyring: Keyring, person: Admitted) -> Booted | Refused:
        platform = keyring.platform
        user_id, email = usable_identifiers(person)
        found = users.facts(self.tenant, user_id=user_id, email=email)
        person, decision = resolve(person, found.facts, platform.policy)
        if isinstance(decision, Refused):
            return self._refuse(decision, keyring)
        refused = self._without_proof(keyring, person)
        if refused is not None:
            return refused
        if isinstance(decision, ActAs) and decision.before.id in found.blocked:
            return BLOCKED
        visit = Visit(self.now, self.request.language, self.request.page_url)
        record = settle(self.runtime, self.tenant, decision, found, visit, writing=self._writing)
        record_id = record.id
        key = next((key for key in keyring.keys if key.id == person.key_id), None)
        if key is not None and keyring.use_is_stale(key.id, self.now):
            self._writing()
            keys.mark_used(self.tenant, key.id, self.now)
        anonymous, offered = self._anonymous_after_login(platform, record_id, person.assurance)
        newest, unread = conversations.newest_with_unread(self.tenant, record_id)
        session = open_session(
            person,
            platform_id=platform.id,
            record_id=record_id,
            session_id=self.runtime.new_id(),
            now=self.now,
            ends_at=None if key is None else key.ends_at,
            full_privacy=self.claim.full_privacy,
            generation=found.generations.get(record_id, 0),
        )
        warnings = person.warnings + ((EMAIL_SHARED,) if decision.email_shared else ())
        verified = person.assurance is Assurance.VERIFIED
        shown_name = record.name if verified else person.name
        given = Contact(shown_name, (record.email if verified else None) or person.email)
        forgotten = isinstance(decision, ActAs) and decision.takes_over
        left = Contact() if forgotten else found.contacts.get(record_id, Contact())
        asks = missing(session, record, given=given, left=left)
        booted = self._booted(platform, person, session, shown_name, anonymous, newest, unread, warnings)
        return replace(booted, missing=asks, history_offer=offered)

    def _anonymous_after_login(
        self, platform: Platform, record_id: str, assurance: Assurance
    ) -> tuple[Anonymous | None, Begun | None]:
        """Keep the browser's anonymous user apart, or end it for good when the page asks for that.

        Returns:
            The anonymous user, and what of it is offered to the person who has logged in.
        """
        everybody = self._reset(self._kept_anonymous(platform))
        kept = everybody.browser
        if kept is None:
            return None, None
        if self.claim.clear_anonymous:
            self._writing()
            sessions.end_anonymous(self.tenant, kept.id, self.now)
            return None, None
        state = everybody.states[kept.id]
        if not state.has_row:
            return kept, None
        beside = after_login(state.beside, record_id, self.now)
        self._note_beside(kept, state, beside)
        return kept, history.offer(self.tenant, platform.policy, assurance, kept.id, beside)

    def _note_beside(self, anonymous: Anonymous, state: AnonymousState, beside: Beside) -> None:
        if state.has_row and beside != state.beside:
            self._writing()
            users.put_beside(self.tenant, anonymous.id, state.beside, beside)

    def _booted(
        self,
        platform: Platform,
        person: Admitted,
        session: Session,
        name: str | None,
        anonymous: Anonymous | None,
        newest: Conversation | None,
        unread: int,
        warnings: tuple[Notice, ...],
    ) -> Booted:
        signer = self.runtime.signer
        return Booted(
            platform=platform,
            session=session,
            session_token=signer.session_token(session),
            person=person,
            name=name,
            anonymous_token=None if anonymous is None else signer.anonymous_token(anonymous, platform.id),
            tab_scoped=anonymous is not None and anonymous.tab_scoped,
            unread_count=unread,
            conversation=newest,
            warnings=warnings,
            attachment_bytes_max=self.runtime.attachment_bytes_max,
        )
