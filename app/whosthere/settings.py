"""The settings: every problem at once, no secret ever shown (docs/configuration.md)."""

from __future__ import annotations

import base64
import binascii
import os
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import SplitResult, parse_qs, urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError
from pydantic_core import ErrorDetails

from whosthere import instance
from whosthere.core import emails
from whosthere.environment import read, variable

RATE_LIMIT_PER_MINUTE = 300
_SECRET_KEY_BYTES_MIN = 32
_FERNET_KEY_BYTES = 32
# User and password, host, port, database, options; a password may hold anything but @.
_POSTGRES_REST = re.compile(
    r"(?:[^:/]*(?::[^@]*)?@)?(?:\[[^][/?]+\]|[^][:/?]*)(?::[0-9]{0,5})?(?:/[^?]*)?(?:\?(?P<options>.*))?", re.DOTALL
)
_SECRETS = ("database_url", "redis_url", "secret_key", "encryption_keys", "smtp_url")


class SettingsError(Exception):
    """The settings cannot be used.

    Attributes:
        problems: one sentence each, naming the variable and never its secret value.
    """

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


def _text(value: Any) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


def _database_url(value: Any) -> SecretStr:
    url = _text(value)
    scheme, separator, rest = url.partition("://")
    if separator and scheme == "sqlite":
        if not rest.strip("/") or not rest.startswith("/") or ":memory:" in rest:
            raise ValueError("SQLite needs a file here, as in sqlite:////var/lib/whosthere/whosthere.sqlite3")
        if "?" in rest:
            raise ValueError("takes no options behind a ? for SQLite")
        return SecretStr(url)
    if not separator or scheme not in ("postgresql", "postgres", "postgresql+psycopg"):
        raise ValueError("must begin with postgresql:// or sqlite:///")
    _require("psycopg", extra="postgres")
    parts = _POSTGRES_REST.fullmatch(rest)
    if parts is None:
        raise ValueError("must look like postgresql://user:password@db.example.com:5432/whosthere")
    _check_postgres_options(parts["options"] or "")
    return SecretStr(f"postgresql+psycopg://{rest}")


def _check_postgres_options(options: str) -> None:
    from psycopg.pq import Conninfo  # an extra

    known = {option.keyword.decode() for option in Conninfo.get_defaults()}
    if parse_qs(options, keep_blank_values=True).keys() - known:  # a name may be a slipped password
        raise ValueError("has an option behind its ? that PostgreSQL does not know")


def _redis_url(value: Any) -> SecretStr:
    url = _text(value)
    if not url.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("must begin with redis://, rediss:// or unix://")
    _require("redis", extra="redis")
    from redis.connection import parse_url  # an extra

    read_options: Callable[[str], object] = parse_url
    try:
        read_options(url)
    except ValueError:  # its message would show what stands there
        raise ValueError("must look like redis://:password@cache.example.com:6379/0") from None
    return SecretStr(url)


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        raise ValueError("is not a URL") from None  # the original message would show the password


def _smtp_url(value: Any) -> SecretStr:
    parts = _split(_text(value))
    if parts.scheme not in ("smtp", "smtps") or not _is_plain(parts):
        raise ValueError(
            "must look like smtp://user:password@mail.example.com:587 or smtps://…, with every character of user and "
            "password that is neither letter nor digit written as %40 for @, %2F for /, and so on"
        )
    options = parse_qs(parts.query, keep_blank_values=True)
    if options.keys() - {"from"} or not all(emails.is_valid(sender) for sender in options.get("from", ())):
        raise ValueError("takes one option, the sender's address, as in ?from=chat@example.com")
    return SecretStr(_text(value))


def _is_plain(parts: SplitResult) -> bool:
    """Whether a URL has a host, a port if any, and nothing that a password's own `#`, `/` or `?` leave behind."""
    try:
        port = parts.port
    except ValueError:  # its message would show what stands there
        return False
    return bool(parts.hostname) and port != 0 and parts.path in ("", "/") and not parts.fragment


def _public_url(value: Any) -> str:
    url = str(value).rstrip("/")
    parts = _split(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must look like https://chat.example.com")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("must be scheme, host, port and path only")
    return url


def _secret_key(value: Any) -> SecretStr:
    if len(_text(value).encode()) < _SECRET_KEY_BYTES_MIN:
        raise ValueError("must have at least 32 bytes; make one with: openssl rand -base64 48")
    return SecretStr(_text(value))


def _encryption_keys(value: Any) -> tuple[SecretStr, ...]:
    parts = value.split(",") if isinstance(value, str) else [_text(part) for part in value]
    keys = [part.strip() for part in parts if part.strip()]
    if not keys:
        raise ValueError("must hold at least one key")
    for position, key in enumerate(keys, 1):
        try:
            size = len(base64.b64decode(key, altchars=b"-_", validate=True))
        except (binascii.Error, ValueError):
            size = 0
        if size != _FERNET_KEY_BYTES:
            raise ValueError(f"key {position} of {len(keys)} is not 32 bytes in url-safe base64")
    return tuple(SecretStr(key) for key in keys)


def _rate_limit(value: Any) -> int | None:
    if value is None or value == "off":
        return None
    match = re.fullmatch(r"([1-9][0-9]{0,8})(?:/minute)?", str(value))
    if not match:
        raise ValueError('must be "off" or a number a minute, as in 300/minute')
    return int(match[1])


def _require(module: str, *, extra: str) -> None:
    if find_spec(module) is None:
        raise ValueError(f"its driver is not installed: pip install 'whosthere[{extra}]'")


class Settings(BaseModel):
    """What an installation may be told; everything has a default (see `load_settings`).

    Attributes:
        database_url: SQLAlchemy URL of SQLite or PostgreSQL (psycopg).
        redis_url: the bus between processes and the store of rate limits, or `None`.
        secret_key: signs sessions.
        encryption_keys: Fernet keys for secrets at rest, newest first.
        instance_path: absolute path of the folder for what was not configured.
        trusted_proxies: how many proxies in front set the forwarded headers.
        rate_limit: boots and posts a minute per client address, or `None` for no limit.
        public_url: where browsers reach this server, without a trailing slash, or `None`.
        smtp_url: outgoing mail, with the sender's address as `?from=`, or `None`.
        attachment_megabytes: how large one attachment may be, in megabytes (10⁶ bytes); 0 for none at all.
        metrics: whether `/metrics` answers.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    database_url: Annotated[SecretStr, BeforeValidator(_database_url)]
    redis_url: Annotated[SecretStr, BeforeValidator(_redis_url)] | None = None
    secret_key: Annotated[SecretStr, BeforeValidator(_secret_key)]
    encryption_keys: Annotated[tuple[SecretStr, ...], BeforeValidator(_encryption_keys)]
    instance_path: Path
    trusted_proxies: Annotated[int, Field(ge=0, le=10)] = 0
    rate_limit: Annotated[int | None, BeforeValidator(_rate_limit)] = RATE_LIMIT_PER_MINUTE
    public_url: Annotated[str, BeforeValidator(_public_url)] | None = None
    smtp_url: Annotated[SecretStr, BeforeValidator(_smtp_url)] | None = None
    attachment_megabytes: Annotated[int, Field(ge=0, le=100)] = 10
    metrics: bool = False

    def masked(self) -> dict[str, str]:
        """Return every setting by its variable's name, as text that shows no secret."""
        texts = {variable(name): _masked(getattr(self, name)) for name in type(self).model_fields}
        limit = "off" if self.rate_limit is None else f"{self.rate_limit}/minute"
        return texts | {variable("rate_limit"): limit}


def load_settings(environ: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """Read the settings; what nobody set is made once in the instance folder.

    Args:
        environ: the environment variables; the process's own by default.
        overrides: fields of `Settings` that win over the variables.

    Raises:
        SettingsError: holds every problem there is, not just the first.
    """
    problems: dict[str, str] = {}
    values = read(os.environ if environ is None else environ, Settings.model_fields, _SECRETS, problems)
    values.update(overrides)
    _complete(values, problems)
    try:
        settings = Settings(**values)
    except ValidationError as error:
        for problem in error.errors():
            name = str(problem["loc"][0])
            problems.setdefault(name, f"{variable(name)} {_reason(problem)}.")
        raise SettingsError(problems.values()) from None
    if problems:
        raise SettingsError(problems.values())
    return settings


def _complete(values: dict[str, Any], problems: dict[str, str]) -> None:
    """Fill in what was not set from the instance folder."""
    folder = values["instance_path"] = Path(values.get("instance_path") or instance.default_path()).absolute()
    makers: dict[str, Callable[[Path], str]] = {
        "secret_key": lambda path: instance.keep_secret(path, _new_secret_key),
        "encryption_keys": lambda path: instance.keep_secret(path, _new_encryption_key),
        "database_url": _new_database,
    }
    for name, make in makers.items():
        if name in values or name in problems:
            continue
        try:
            values[name] = make(folder / name)
        except OSError as error:
            reason = str(error) if isinstance(error, instance.Exposed) else f"{folder}: {error.strerror}"
            problems[name] = f"{variable(name)} is not set, and the instance folder cannot help: {reason}."


def _new_secret_key() -> str:
    return secrets.token_urlsafe(48)


def _new_encryption_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(_FERNET_KEY_BYTES)).decode()


def _new_database(path: Path) -> str:
    instance.make(path.parent)
    return f"sqlite:///{path.with_name('whosthere.sqlite3')}"


def _reason(problem: ErrorDetails) -> str:
    cause = problem.get("ctx", {}).get("error")
    return str(cause or problem["msg"].replace("Input should be", "must be"))


def _masked(value: object) -> str:
    match value:
        case None:
            return "not set"
        case SecretStr():
            return _without_password(value.get_secret_value())
        case tuple():
            return f"{len(value)} set"
        case _:
            return str(value)


def _without_password(secret: str) -> str:
    if "://" not in secret:
        return "set"
    # A password may hold anything but in the URL of mail, which has an address in its options.
    password = "[^@?]*@" if secret.startswith("smtp") else ".*@"
    url = re.sub(rf"(://[^:@/]*:){password}", r"\1***@", secret)
    return re.sub(r"(?i)(password=)[^&]*", r"\1***", url)
