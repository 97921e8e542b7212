"""Expected refusals as values: one stable code for everything the server may answer no to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Stable codes. `docs/codes.md` lists all of them and a test compares the two."""

    # Identity: what the page learns (public) ...
    MISSING_USER_AUTH_TOKEN = "missing_user_auth_token"
    INVALID_USER_AUTH_TOKEN = "invalid_user_auth_token"
    # ... and the exact reason, for the platform's diagnostics only (private).
    TOKEN_FORMAT = "token_format"
    TOKEN_SIGNATURE = "token_signature"
    NO_LIVE_KEY = "no_live_key"
    USER_ID_PATTERN = "user_id_pattern"
    AMBIGUOUS_TOKEN = "ambiguous_token"
    IDENTITY_TOKEN_FORMAT = "identity_token_format"
    IDENTITY_TOKEN_SIGNATURE = "identity_token_signature"
    IDENTITY_TOKEN_EXPIRED = "identity_token_expired"
    IDENTITY_TOKEN_UID = "identity_token_uid"
    IDENTITY_TOKEN_MISMATCH = "identity_token_mismatch"

    # Requests
    INVALID_JSON = "invalid_json"
    INVALID_FIELD = "invalid_field"
    UNKNOWN_FIELD = "unknown_field"
    INVALID_CURSOR = "invalid_cursor"
    PAYLOAD_TOO_LARGE = "payload_too_large"
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    NOT_FOUND = "not_found"
    ORIGIN_NOT_ALLOWED = "origin_not_allowed"
    TOO_MANY_REQUESTS = "too_many_requests"
    BAD_REQUEST = "bad_request"

    # Credentials and sessions
    CREDENTIAL_MISSING = "credential_missing"
    CREDENTIAL_INVALID = "credential_invalid"
    SESSION_EXPIRED = "session_expired"
    SESSION_ENDED = "session_ended"
    FORBIDDEN = "forbidden"
    BLOCKED = "blocked"
    PROOF_OF_WORK_NEEDED = "proof_of_work_needed"
    INSUFFICIENT_SCOPE = "insufficient_scope"
    CONFIRMATION_REQUIRED = "confirmation_required"
    CSRF = "csrf"

    # Conversations
    IDEMPOTENCY_CONFLICT = "idempotency_conflict"
    CONVERSATION_CLOSED = "conversation_closed"
    CONVERSATION_ACTIVE = "conversation_active"
    TRANSITION_NOT_ALLOWED = "transition_not_allowed"
    RATING_NOT_ALLOWED = "rating_not_allowed"
    ATTACHMENT_REFUSED = "attachment_refused"
    SEARCH_TOO_BROAD = "search_too_broad"

    # The desk and the command line
    TOO_MANY_KEYS = "too_many_keys"
    WEAK_SECRET = "weak_secret"
    ALREADY_EXISTS = "already_exists"
    LAST_OWNER = "last_owner"
    CHANGED_MEANWHILE = "changed_meanwhile"
    LIMIT_REACHED = "limit_reached"
    UNDO_NOT_POSSIBLE = "undo_not_possible"

    # Trouble of our own
    STREAMS_UNAVAILABLE = "streams_unavailable"
    TEMPORARILY_UNAVAILABLE = "temporarily_unavailable"
    INTERNAL_ERROR = "internal_error"


@dataclass(frozen=True, slots=True)
class Refused:
    """An expected no.

    Attributes:
        reason: the stable code.
        detail: one sentence for the caller; never holds a token, a secret or somebody else's data.
        field: the JSON path of the offending field, when there is one.
        private: the exact reason of a refused identity; goes to diagnostics, never to the page.
    """

    reason: Reason
    detail: str = ""
    field: str | None = None
    private: Reason | None = None
