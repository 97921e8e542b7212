from __future__ import annotations

import base64
import pickle
import re
import subprocess
import sys
import traceback
from pathlib import Path
from typing import Any

import pytest

from whosthere.settings import RATE_LIMIT_PER_MINUTE, Settings, SettingsError, load_settings

FERNET_KEY = base64.urlsafe_b64encode(bytes(range(32))).decode()
HIDDEN = "hidden-" * 8


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "instance"


def load(folder: Path, **variables: str) -> Settings:
    return load_settings({f"WHOSTHERE_{name}": value for name, value in variables.items()}, instance_path=folder)


def problems(folder: Path, **variables: str) -> str:
    with pytest.raises(SettingsError) as refusal:
        load(folder, **variables)
    return "\n".join(refusal.value.problems)


def test_without_any_variable_everything_is_in_the_instance_folder(folder: Path) -> None:
    settings = load(folder)
    assert settings.database_url.get_secret_value() == f"sqlite:///{folder}/whosthere.sqlite3"
    assert {path.name for path in folder.iterdir()} == {"secret_key", "encryption_keys"}
    assert settings.rate_limit == RATE_LIMIT_PER_MINUTE
    assert settings.trusted_proxies == 0
    assert not settings.metrics


def test_generated_keys_are_the_same_the_next_time(folder: Path) -> None:
    assert load(folder) == load(folder)


def test_what_is_given_is_not_generated(folder: Path) -> None:
    load(folder, SECRET_KEY=HIDDEN, ENCRYPTION_KEYS=FERNET_KEY, DATABASE_URL="sqlite:////tmp/x.sqlite3")
    assert not folder.exists()


def test_the_instance_folder_is_made_for_a_database_too(folder: Path) -> None:
    load(folder, SECRET_KEY=HIDDEN, ENCRYPTION_KEYS=FERNET_KEY)
    assert folder.is_dir()


@pytest.mark.parametrize(
    ("variable", "text", "field", "value"),
    [
        ("RATE_LIMIT", "off", "rate_limit", None),
        ("RATE_LIMIT", "20/minute", "rate_limit", 20),
        ("TRUSTED_PROXIES", "2", "trusted_proxies", 2),
        ("METRICS", "true", "metrics", True),
        ("METRICS", "0", "metrics", False),
        ("METRICS", "", "metrics", False),
        ("PUBLIC_URL", "https://chat.example.com/support/", "public_url", "https://chat.example.com/support"),
    ],
)
def test_a_variable_sets_its_field(folder: Path, variable: str, text: str, field: str, value: Any) -> None:
    assert getattr(load(folder, **{variable: text}), field) == value


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_spelling_of_postgresql_means_psycopg(folder: Path, scheme: str) -> None:
    url = load(folder, DATABASE_URL=f"{scheme}://ada@db/chat").database_url.get_secret_value()
    assert url == "postgresql+psycopg://ada@db/chat"


@pytest.mark.parametrize(
    "rest",
    ["ada:p/a?s#s%40@[::1]:5432/chat?sslmode=require", "/chat?host=/run/postgresql&application_name=a@b", "h:/", ""],
)
def test_whatever_postgresql_understands_is_taken(folder: Path, rest: str) -> None:
    url = load(folder, DATABASE_URL=f"postgresql://{rest}").database_url.get_secret_value()
    assert url == f"postgresql+psycopg://{rest}"


def test_encryption_keys_keep_their_order(folder: Path) -> None:
    newest = base64.urlsafe_b64encode(b"n" * 32).decode()
    keys = load(folder, ENCRYPTION_KEYS=f"{newest}, {FERNET_KEY}").encryption_keys
    assert [key.get_secret_value() for key in keys] == [newest, FERNET_KEY]


def test_a_secret_may_come_from_a_file(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(f"{HIDDEN}\n")
    settings = load(folder, SECRET_KEY_FILE=str(tmp_path / "secret"))
    assert settings.secret_key.get_secret_value() == HIDDEN


def test_overrides_win_over_variables(folder: Path) -> None:
    settings = load_settings({"WHOSTHERE_RATE_LIMIT": "5/minute"}, instance_path=folder, rate_limit=None)
    assert settings.rate_limit is None


@pytest.mark.parametrize(
    ("variable", "text", "said"),
    [
        ("DATABASE_URL", "mysql://h/db", "must begin with postgresql:// or sqlite:///"),
        ("DATABASE_URL", "nonsense", "must begin with"),
        ("DATABASE_URL", "sqlite://", "needs a file"),
        ("DATABASE_URL", "sqlite:///:memory:", "needs a file"),
        ("DATABASE_URL", "sqlite:////tmp/w.sqlite3?timeout=abc", "takes no options"),
        ("DATABASE_URL", "postgresql://ada@h:port/x", "must look like postgresql://"),
        ("DATABASE_URL", "postgresql://ada@[::1/x", "must look like postgresql://"),
        ("DATABASE_URL", "postgresql://ada@h/x?timeot=5", "an option behind its ?"),
        ("REDIS_URL", "http://h", "must begin with redis://"),
        ("REDIS_URL", "redis://h:port/0", "must look like redis://"),
        ("REDIS_URL", "redis://[::1/0", "must look like redis://"),
        ("SECRET_KEY", "x" * 31, "at least 32 bytes"),
        ("ENCRYPTION_KEYS", f"{FERNET_KEY},short", "key 2 of 2"),
        ("ENCRYPTION_KEYS", " , ", "at least one key"),
        ("TRUSTED_PROXIES", "-1", "greater than or equal to 0"),
        ("TRUSTED_PROXIES", "many", "integer"),
        ("TRUSTED_PROXIES", "11", "less than or equal to 10"),
        ("RATE_LIMIT", "0/minute", "300/minute"),
        ("RATE_LIMIT", "5/second", "300/minute"),
        ("RATE_LIMIT", "5/minute\n", "300/minute"),
        ("PUBLIC_URL", "chat.example.com", "must look like"),
        ("PUBLIC_URL", "https://u:p@chat.example.com", "scheme, host, port and path only"),
        ("PUBLIC_URL", "https://chat.example.com?x=1", "scheme, host, port and path only"),
        ("SMTP_URL", "mail.example.com", "must look like"),
        ("SMTP_URL", "smtp://[", "is not a URL"),
        ("SMTP_URL", "smtp://ada:pa#ss@mail.example.com", "%40 for @"),
        ("SMTP_URL", "smtp://ada:pa/ss@mail.example.com", "%40 for @"),
        ("SMTP_URL", "smtp://mail.example.com:99999", "must look like"),
        ("SMTP_URL", "smtp://mail.example.com?form=chat@example.com", "?from=chat@example.com"),
        ("SMTP_URL", "smtp://mail.example.com?from=chat", "?from=chat@example.com"),
        ("SMTP_URL", "smtp://mail.example.com?from=", "?from=chat@example.com"),
        ("METRICS", "perhaps", "boolean"),
        ("SECRET_KEY_FILE", "/nowhere", "cannot be read: No such file"),
    ],
)
def test_a_problem_names_its_variable_and_says_what_is_wrong(folder: Path, variable: str, text: str, said: str) -> None:
    assert said in (sentence := problems(folder, **{variable: text}))
    assert sentence.startswith(f"WHOSTHERE_{variable} ")
    assert sentence.endswith(".")


def test_all_problems_are_told_together(folder: Path) -> None:
    sentences = problems(folder, DATABASE_URL="x", METRICS="x", SECRET_KEY="x", SECRT="x").splitlines()
    assert len(sentences) == 4


@pytest.mark.parametrize(
    ("wrong", "near"),
    [("DATABSE_URL", "DATABASE_URL"), ("SECRET_KEY_FLE", "SECRET_KEY_FILE"), ("TRUST_PROXIES", "TRUSTED_PROXIES")],
)
def test_an_unknown_variable_is_named_with_the_nearest_known_one(folder: Path, wrong: str, near: str) -> None:
    said = problems(folder, **{wrong: "x"})
    assert said == f"WHOSTHERE_{wrong} is not a setting; did you mean WHOSTHERE_{near}?"


def test_what_kubernetes_adds_is_no_unknown_variable(folder: Path) -> None:
    load(folder, SERVICE_HOST="10.0.0.1", SERVICE_PORT="80", PORT="tcp://10.0.0.1:80", PORT_80_TCP_ADDR="10.0.0.1")
    assert "WHOSTHERE_PORT is not" in problems(folder, PORT="8000")


def test_a_secret_and_its_file_are_not_both_taken(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(HIDDEN)
    assert "are both set" in problems(folder, SECRET_KEY=HIDDEN, SECRET_KEY_FILE=str(tmp_path / "secret"))


def test_a_missing_driver_names_the_extra_to_install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("whosthere.settings.find_spec", lambda _: None)
    said = problems(folder, DATABASE_URL="postgresql://h/db", REDIS_URL="redis://h")
    assert "pip install 'whosthere[postgres]'" in said
    assert "pip install 'whosthere[redis]'" in said


def test_an_exposed_key_file_is_a_problem(folder: Path) -> None:
    load(folder)
    (folder / "secret_key").chmod(0o644)
    assert "chmod 600" in problems(folder)


def test_an_instance_folder_that_cannot_be_made_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    said = problems(tmp_path / "file")
    assert "WHOSTHERE_SECRET_KEY is not set, and the instance folder cannot help" in said


def secretive(folder: Path) -> Settings:
    return load(
        folder,
        DATABASE_URL=f"postgresql://ada:{HIDDEN}@db.example/chat?sslpassword={HIDDEN}",
        REDIS_URL=f"redis://:{HIDDEN}@cache.example/0",
        SECRET_KEY=HIDDEN,
        ENCRYPTION_KEYS=FERNET_KEY,
        SMTP_URL=f"smtp://ada:{HIDDEN}%23%40@mail.example:587?from=chat@shop.example",
    )


@pytest.mark.parametrize("show", [repr, str, Settings.model_dump_json, lambda settings: str(settings.masked())])
def test_no_secret_is_ever_shown(folder: Path, show: Any) -> None:
    shown = show(secretive(folder))
    assert HIDDEN not in shown
    assert FERNET_KEY not in shown


def test_masked_settings_still_say_where_things_are(folder: Path) -> None:
    shown = secretive(folder).masked()
    assert shown["WHOSTHERE_DATABASE_URL"] == "postgresql+psycopg://ada:***@db.example/chat?sslpassword=***"
    assert shown["WHOSTHERE_SMTP_URL"] == "smtp://ada:***@mail.example:587?from=chat@shop.example"
    assert shown["WHOSTHERE_SECRET_KEY"] == "set"
    assert shown["WHOSTHERE_RATE_LIMIT"] == "300/minute"


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("DATABASE_URL", HIDDEN),
        ("DATABASE_URL", f"mysql://ada:{HIDDEN}@db.example/chat"),
        ("REDIS_URL", f"http://:{HIDDEN}@cache.example"),
        ("ENCRYPTION_KEYS", f"{FERNET_KEY},{HIDDEN}"),
        ("SMTP_URL", f"mailto://ada:{HIDDEN}@mail.example"),
        ("SMTP_URL", f"smtp://ada:{HIDDEN}\u2100@mail.example"),
        ("SMTP_URL", f"smtp://ada:{HIDDEN}@[mail.example"),
        ("SMTP_URL", f"smtp://ada:{HIDDEN}#1@mail.example"),
        ("SMTP_URL", f"smtp://ada:{HIDDEN}?from=x@mail.example"),
        ("PUBLIC_URL", f"https://ada:{HIDDEN}@chat.example"),
        ("SECRET_KEY_FILE", HIDDEN),
    ],
)
def test_no_problem_ever_shows_a_secret(folder: Path, variable: str, text: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        load(folder, **{variable: text})
    shown = "".join(traceback.format_exception(refusal.value)) + repr(refusal.value)
    assert HIDDEN not in shown
    assert FERNET_KEY not in shown


def test_settings_cannot_be_changed_afterwards(folder: Path) -> None:
    settings = load(folder)
    with pytest.raises(ValueError, match="frozen"):
        settings.metrics = True  # type: ignore[misc]
    assert pickle.loads(pickle.dumps(settings)) == settings


def test_importing_the_settings_reads_and_writes_nothing(tmp_path: Path) -> None:
    broken = {"WHOSTHERE_SECRET_KEY": "short", "WHOSTHERE_INSTANCE_PATH": str(tmp_path / "instance")}
    subprocess.run([sys.executable, "-c", "import whosthere.settings"], env=broken, cwd=tmp_path, check=True)
    assert not list(tmp_path.iterdir())


def test_every_variable_is_documented_and_nothing_else() -> None:
    page = (Path(__file__).parents[1] / "docs" / "configuration.md").read_text("utf-8")
    documented = set(re.findall(r"^\| `(WHOSTHERE_[A-Z_]+)`", page, re.MULTILINE))
    assert documented == {f"WHOSTHERE_{name.upper()}" for name in Settings.model_fields}
