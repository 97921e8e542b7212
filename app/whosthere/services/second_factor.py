"""The second factor: codes of an authenticator app (TOTP, RFC 6238), and recovery codes for when it is lost."""

from __future__ import annotations

import hmac
import json
import secrets
from dataclasses import dataclass, field

import pyotp

from whosthere.core import recovery
from whosthere.core.reasons import Reason, Refused
from whosthere.services import passwords
from whosthere.services.agent_sessions import WRONG_PASSWORD
from whosthere.services.agents import NO_AGENT, Identity
from whosthere.services.digests import digest_of
from whosthere.services.journal import Actor, note_everywhere
from whosthere.services.runtime import Runtime
from whosthere.storage import agents, second_factors
from whosthere.storage.agents import Agent
from whosthere.storage.connection import Connection
from whosthere.storage.vault import VaultError

ISSUER = "Whosthere"
STEP_MS = 30_000
DRIFT_STEPS = 1
"""How far a phone's clock may be off, in steps (RFC 6238 §5.2)."""
HALFWAY_MS = 5 * 60_000
_CODE_DIGITS = 6

WRONG_CODE = Refused(
    Reason.CREDENTIAL_INVALID, "This code does not fit. Wait for the next one, then try again.", "code"
)
_STALE = Refused(Reason.INVALID_FIELD, "This set-up is out of date. Begin again.", "sealed")
_IS_ON = Refused(Reason.ALREADY_EXISTS, "The second factor is on already.")
_IS_OFF = Refused(Reason.NOT_FOUND, "There is no second factor.")


@dataclass(frozen=True, slots=True)
class SetUp:
    """A secret that is not in use yet.

    Attributes:
        secret: in base32, as authenticator apps take it.
        sealed: the same, encrypted for its agent: what the page sends back with the first code.
        uri: what the QR code says.
    """

    secret: str = field(repr=False)
    sealed: str = field(repr=False)
    uri: str = field(repr=False)


def begin(runtime: Runtime, identity: Identity) -> SetUp:
    """Draw a secret; nothing is stored before a code of it was given."""
    return _set_up(runtime, identity, pyotp.random_base32())


def resume(runtime: Runtime, identity: Identity, sealed: str) -> SetUp | Refused:
    """Return the set-up that a page sent back."""
    found = _unsealed(runtime, sealed)
    if found is None or found.get("setUpOf") != identity.agent.id:
        return _STALE
    return _set_up(runtime, identity, str(found["secret"]))


def _set_up(runtime: Runtime, identity: Identity, secret: str) -> SetUp:
    uri = pyotp.TOTP(secret).provisioning_uri(name=identity.agent.email, issuer_name=ISSUER)
    return SetUp(secret, _sealed(runtime, {"setUpOf": identity.agent.id, "secret": secret}), uri)


def turn_on(runtime: Runtime, identity: Identity, sealed: str, code: str) -> list[str] | Refused:
    """Store the secret of a set-up whose code fits; return the recovery codes, which cannot be shown again."""
    found, now = resume(runtime, identity, sealed), runtime.clock()
    if isinstance(found, Refused):
        return found
    step = _step_of(found.secret, code, now)
    if step is None:
        return WRONG_CODE
    encrypted, codes = runtime.vault.encrypt(found.secret.encode()), _new_codes()

    def store(connection: Connection) -> list[str] | Refused:
        if second_factors.find(connection, identity.agent.id, lock=True) is not None:
            return _IS_ON
        second_factors.put(connection, identity.agent.id, encrypted, step, _digests(codes))
        _note(runtime, connection, identity, "agent.second_factor_on")
        return codes

    return runtime.database.transact(store)


def turn_off(runtime: Runtime, identity: Identity, password: str, code: str) -> Refused | None:
    """Remove the second factor of who gives the password and a code."""
    if not passwords.fits(password, identity.agent.password_hash):
        return WRONG_PASSWORD

    def remove(connection: Connection) -> Refused | None:
        if second_factors.find(connection, identity.agent.id, lock=True) is None:
            return _IS_OFF
        if not _use(runtime, connection, identity.agent.id, code):
            return WRONG_CODE
        second_factors.put(connection, identity.agent.id, None, None, ())
        _note(runtime, connection, identity, "agent.second_factor_off")
        return None

    return runtime.database.transact(remove)


def renew_recovery_codes(runtime: Runtime, identity: Identity, code: str) -> list[str] | Refused:
    """Replace the recovery codes of who gives a code; return the new ones, which cannot be shown again."""
    codes = _new_codes()

    def replace(connection: Connection) -> list[str] | Refused:
        if second_factors.find(connection, identity.agent.id, lock=True) is None:
            return _IS_OFF
        if not _use(runtime, connection, identity.agent.id, code):
            return WRONG_CODE
        second_factors.set_recovery_codes(connection, identity.agent.id, _digests(codes))
        _note(runtime, connection, identity, "agent.recovery_codes_renewed")
        return codes

    return runtime.database.transact(replace)


def recovery_codes_left(runtime: Runtime, identity: Identity) -> int:
    """Return how many recovery codes were not used yet."""
    with runtime.database.read() as connection:
        found = second_factors.find(connection, identity.agent.id)
    return 0 if found is None else len(found.recovery_codes)


def halfway(runtime: Runtime, agent: Agent) -> str:
    """Return a proof that the password of `agent` was right a moment ago: it opens nothing but the second step."""
    until = runtime.clock() + HALFWAY_MS
    return _sealed(runtime, {"halfwayOf": agent.id, "until": until, "password": digest_of(agent.password_hash).hex()})


def who_is_halfway(runtime: Runtime, proof: str) -> Agent | None:
    """Return the agent of such a proof; `None` when it is over, or the password or the account changed since."""
    found = _unsealed(runtime, proof)
    if found is None or "halfwayOf" not in found or not runtime.clock() < int(str(found["until"])):
        return None
    with runtime.database.read() as connection:
        agent = agents.find(connection, str(found["halfwayOf"]))
    if agent is None or agent.disabled_at is not None or not agent.has_second_factor:
        return None
    return agent if hmac.compare_digest(digest_of(agent.password_hash).hex(), str(found["password"])) else None


def accept(runtime: Runtime, agent: Agent, code: str) -> Refused | None:
    """Use up a code of the app, or a recovery code; neither works twice. Throttling is the edge's work."""

    def use(connection: Connection) -> Refused | None:
        return None if _use(runtime, connection, agent.id, code) else WRONG_CODE

    return runtime.database.transact(use)


def reset(runtime: Runtime, email: str, *, actor: Actor) -> Agent | Refused:
    """Remove the second factor of somebody who lost it; for operators."""

    def remove(connection: Connection) -> Agent | Refused:
        agent = agents.find_by_email(connection, email)
        if agent is None:
            return NO_AGENT
        if not agent.has_second_factor:
            return _IS_OFF
        second_factors.put(connection, agent.id, None, None, ())
        now = runtime.clock()
        note_everywhere(runtime, connection, actor, agent.id, "agent.second_factor_reset", now, agent=agent.id)
        return agent

    return runtime.database.transact(remove)


def _use(runtime: Runtime, connection: Connection, agent_id: str, typed: str) -> bool:
    found = second_factors.find(connection, agent_id, lock=True)
    if found is None:
        return False
    digest = recovery.digest(typed)
    if digest is not None:
        left = [code for code in found.recovery_codes if not hmac.compare_digest(code, digest)]
        if len(left) == len(found.recovery_codes):
            return False
        second_factors.set_recovery_codes(connection, agent_id, left)
        note_everywhere(
            runtime,
            connection,
            Actor(f"agent:{agent_id}"),
            agent_id,
            "agent.recovery_code_used",
            runtime.clock(),
            left=len(left),
        )
        return True
    step = _step_of(runtime.vault.decrypt(found.secret).decode(), typed, runtime.clock())
    return step is not None and second_factors.use_step(connection, agent_id, step)


def _step_of(secret: str, typed: str, now: int) -> int | None:
    """Return the time step whose code was typed, near the present one; `None` when it is none of them."""
    code = typed.replace(" ", "")
    if len(code) != _CODE_DIGITS or not (code.isascii() and code.isdigit()):
        return None
    present, totp = now // STEP_MS, pyotp.TOTP(secret)
    steps = range(present - DRIFT_STEPS, present + DRIFT_STEPS + 1)
    fitting = [step for step in steps if hmac.compare_digest(totp.generate_otp(step), code)]
    return fitting[-1] if fitting else None


def _new_codes() -> list[str]:
    return [recovery.spell(secrets.token_bytes(recovery.BYTES)) for _ in range(recovery.COUNT)]


def _digests(codes: list[str]) -> list[str]:
    return [digest for digest in map(recovery.digest, codes) if digest is not None]


def _sealed(runtime: Runtime, content: dict[str, object]) -> str:
    return runtime.vault.encrypt(json.dumps(content).encode())


def _unsealed(runtime: Runtime, sealed: str) -> dict[str, object] | None:
    if not sealed.isascii() or len(sealed) > 2000:
        return None
    try:
        content = json.loads(runtime.vault.decrypt(sealed))
    except (VaultError, ValueError):  # what somebody else made up, or one of our other secrets
        return None
    return content if isinstance(content, dict) else None


def _note(runtime: Runtime, connection: Connection, identity: Identity, action: str) -> None:
    agent_id = identity.agent.id
    note_everywhere(runtime, connection, identity.actor, agent_id, action, runtime.clock(), agent=agent_id)
