"""The chat owns its mount point and what is below it, nothing beside it."""

from __future__ import annotations

import pytest

from tests.wsgi.server import environ
from whosthere.embedding.mount import address, below, read_mount, script_root, shifted


@pytest.mark.parametrize(
    ("mount", "read"),
    [
        ("/support", "/support"),
        ("/support/", "/support"),
        ("/a/b/chat", "/a/b/chat"),
        ("/.well-known/chat", "/.well-known/chat"),
        ("/a b", "/a b"),
        ("/Kundengespräch", "/KundengesprÃ¤ch"),
    ],
)
def test_a_mount_is_read_as_wsgi_spells_paths(mount: str, read: str) -> None:
    assert read_mount(mount) == read


@pytest.mark.parametrize(
    "mount",
    [
        "",
        "/",
        "//",
        "support",
        "/support//",
        "//support",
        "/a//b",
        "/./a",
        "/a/..",
        "/a?b",
        "/a#b",
        "/a%20b",
        "/a\n",
        "/a\\b",
    ],
)
def test_what_is_no_path_below_the_host_is_refused_at_start(mount: str) -> None:
    with pytest.raises(ValueError, match="mount must be an absolute path"):
        read_mount(mount)


def test_a_mount_that_is_no_string_is_refused_at_start() -> None:
    with pytest.raises(TypeError, match="mount must be a string, not NoneType"):
        read_mount(None)  # type: ignore[arg-type]  # what this test is about


@pytest.mark.parametrize(
    ("path", "rest"),
    [
        ("/support", ""),
        ("/support/", "/"),
        ("/support/embed.js", "/embed.js"),
        ("/support//embed.js", "//embed.js"),
        ("/supportive", None),
        ("/support.html", None),
        ("/Support", None),
        ("//support", None),
        ("/x/support", None),
        ("/", None),
        ("", None),
    ],
)
def test_the_mount_matches_whole_segments_only(path: str, rest: str | None) -> None:
    assert below("/support", path) == rest


@pytest.mark.parametrize(
    ("script_name", "prefix", "trusted", "root"),
    [
        ("", None, 0, ""),
        ("/club", None, 0, "/club"),
        ("/club/", None, 0, "/club"),
        ("//evil.example", None, 0, "/evil.example"),
        ("", "/apps", 0, ""),
        ("", "/apps", 1, "/apps"),
        ("", "/apps/", 1, "/apps"),
        ("", "//evil.example", 1, "/evil.example"),
        ("/club", "/apps", 1, "/apps/club"),
        ("/apps", "/apps", 1, "/apps"),
        ("/apps/club", "/apps", 1, "/apps/club"),
        ("/appstore", "/apps", 1, "/apps/appstore"),
        ("", "/forged, /apps", 1, "/apps"),
        ("", "/outer, /inner", 2, "/outer"),
        ("", "/forged", 2, ""),
        ("", "", 1, ""),
    ],
)
def test_the_root_is_what_browsers_see(script_name: str, prefix: str | None, trusted: int, root: str) -> None:
    request = environ(SCRIPT_NAME=script_name, **({} if prefix is None else {"HTTP_X_FORWARDED_PREFIX": prefix}))
    assert script_root(request, trusted) == root


def test_an_app_below_the_mount_sees_its_own_root_and_the_host_keeps_its_environ() -> None:
    request = environ("/support/frame", HTTP_X_FORWARDED_PREFIX="/apps", SCRIPT_NAME="/club")
    before = dict(request)
    inner = shifted(request, "/apps/club", "/support", "/frame")
    assert (inner["SCRIPT_NAME"], inner["PATH_INFO"]) == ("/apps/club/support", "/frame")
    assert "HTTP_X_FORWARDED_PREFIX" not in inner
    assert request == before


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("/a/b.js", "/a/b.js"),
        ("/a b", "/a%20b"),
        ("/Ã¤", "/%C3%A4"),
        ('/"><script>', "/%22%3E%3Cscript%3E"),
        ("/%", "/%25"),
    ],
)
def test_an_address_is_percent_encoded(path: str, url: str) -> None:
    assert address(path) == url
