"""Files: chosen, dropped or pasted, sent with their progress, shown without ever being opened."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Frame, Page, expect

from tests import files
from tests.browser.panel.moves import begin, grace, pick, sends
from tests.browser.stage import Stage, heard, opened, payloads
from tests.people import ADA
from tests.servers import until

pytestmark = pytest.mark.browser

PICTURE = ("cat.png", "image/png", files.png(40, 30))
NOTE = ("notes.md", "", b"# Steps\n")
GIVE = """([how, name, type, text]) => {
  const data = new DataTransfer();
  data.items.add(new File([text], name, { type }));
  const event = how === "paste" ? new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })
    : new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
  document.querySelector(how === "paste" ? "#text" : "#log").dispatchEvent(event);
}"""


def sent(frame: Frame, name: str) -> None:
    frame.wait_for_selector(f".me .files [title='Save {name}']")
    frame.wait_for_selector(".me .meta:has-text('Sent')")


def test_a_conversation_begins_with_a_picture_and_a_text(stage: Stage, page: Page) -> None:
    """Both go with one message; the page hears of each; the picture is drawn and its address is gone again."""
    stage.visit(page, ADA.proven())
    frame = opened(page)
    frame.evaluate("""() => { window.made = []; window.gone = [];
        const { createObjectURL, revokeObjectURL } = URL;
        URL.createObjectURL = (blob) => { const url = createObjectURL(blob); made.push(url); return url; };
        URL.revokeObjectURL = (url) => { gone.push(url); revokeObjectURL(url); }; }""")
    pick(frame, PICTURE, NOTE)
    expect(frame.locator(".chip")).to_have_count(2)
    frame.fill("#text", "Look")
    frame.press("#text", "Enter")
    sent(frame, "cat.png")
    expect(frame.locator(".chip")).to_have_count(0)
    expect(frame.locator(".picture img.there")).to_have_js_property("naturalWidth", 40)
    expect(frame.locator(".file")).to_contain_text("notes.md")
    expect(frame.locator(".file .paper")).to_have_text("MD")
    assert frame.evaluate("made.length === 1 && made.join() === gone.join()")
    assert [one["body"] for one in payloads(page, "messageAdd")] == ["Look", "cat.png", "notes.md"]
    assert [one["type"] for one in payloads(page, "messageAdd")] == ["text", "attachment", "attachment"]
    assert stage.said() == ["Look"]


@pytest.mark.parametrize("how", ["drop", "paste"])
def test_a_file_is_dropped_or_pasted_and_sent_without_words(stage: Stage, page: Page, how: str) -> None:
    stage.visit(page, ADA.proven())
    frame = opened(page)
    frame.evaluate(GIVE, [how, "log.txt", "text/plain", "it rattles"])
    expect(frame.locator(".chip")).to_contain_text("log.txt")
    frame.press("#text", "Enter")
    sent(frame, "log.txt")
    assert payloads(page, "messageAdd") == [{"type": "attachment", "body": "log.txt"}]


REFUSED = {
    "kind": (("film.mov", "video/quicktime", b"x"), "Only images, PDF and plain text"),
    "page": (("page.html", "text/html", b"<script>1</script>"), "Only images, PDF and plain text"),
    "empty": (("empty.txt", "text/plain", b""), "Empty or damaged"),
    "false": (("false.png", "image/png", b"no image"), "Empty or damaged"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_sent_says_why_and_can_be_taken_away(stage: Stage, page: Page, name: str) -> None:
    file, why = REFUSED[name]
    stage.visit(page, ADA.proven())
    frame = opened(page)
    pick(frame, file)
    refuses(frame, file[0], why)


def test_what_is_too_large_is_never_read(stage: Stage, page: Page, tmp_path: Path) -> None:
    large = tmp_path / "large.txt"
    with large.open("wb") as file:
        file.truncate(30_000_000)
    stage.visit(page, ADA.proven())
    frame = opened(page)
    frame.set_input_files("#file", large)
    refuses(frame, large.name, "Too large: at most")


def refuses(frame: Frame, name: str, why: str) -> None:
    """Look whether the panel says why a file is not sent, and lets it be taken away."""
    expect(frame.locator(".chip .wrong")).to_contain_text(why)
    assert frame.locator(".chip .retry").count() == 0
    expect(frame.locator("#composer")).to_have_class("composer empty")
    frame.get_by_role("button", name=f"Remove {name}").click()
    expect(frame.locator("#tray")).to_be_hidden()
    expect(frame.locator("#text")).to_be_focused()


def test_at_most_ten_files_go_with_a_message(stage: Stage, page: Page) -> None:
    stage.visit(page, ADA.proven())
    frame = opened(page)
    pick(frame, *((f"{number}.txt", "text/plain", b"x") for number in range(11)))
    expect(frame.locator(".chip .wrong")).to_have_text("At most 10 files per message")
    frame.press("#text", "Enter")
    expect(frame.locator(".me .file")).to_have_count(10)


def test_an_upload_shows_its_progress_and_can_be_cancelled(stage: Stage, page: Page) -> None:
    """A message that waits for its files goes as soon as they are there, and not before."""
    held: list[Any] = []
    page.route("**/attachments", lambda route: held.append(route))
    stage.visit(page, ADA.proven())
    frame = opened(page)
    pick(frame, PICTURE, NOTE)
    expect(frame.get_by_role("progressbar", name="Uploading cat.png")).to_be_visible()
    frame.get_by_role("button", name="Remove notes.md").click()
    frame.press("#text", "Enter")
    assert stage.conversations() == []
    until(lambda: page.wait_for_timeout(10) or len(held) == 2)
    held[0].continue_()
    sent(frame, "cat.png")
    expect(frame.locator(".me .file")).to_have_count(0)


def test_an_upload_that_failed_is_tried_again(stage: Stage, page: Page) -> None:
    page.route("**/attachments", lambda route: route.abort())
    stage.visit(page, ADA.proven())
    frame = opened(page)
    pick(frame, NOTE)
    expect(frame.locator(".chip .wrong")).to_have_text("Not uploaded")
    page.unroute_all()
    frame.click(".chip .retry")
    expect(frame.locator(".chip .wrong")).to_have_count(0)
    frame.press("#text", "Enter")
    sent(frame, "notes.md")


def test_a_file_of_an_agent_is_told_to_the_page_and_saved_on_request(stage: Stage, page: Page) -> None:
    """With its own name, as bytes: nothing opens it. Whoever reads the log hears its name."""
    frame = begin(stage, page)
    sends(stage, grace(stage), "receipt.txt", "text/plain", b"paid", "Your receipt")
    told = heard(page, "agentMessageReceived")
    assert [(one["name"], one["mediaType"], one["size"]) for one in told["attachments"]] == [
        ("receipt.txt", "text/plain", 4)
    ]
    with page.expect_download() as download:
        frame.get_by_role("button", name="receipt.txt").click()
    assert download.value.suggested_filename == "receipt.txt"
    assert download.value.path().read_bytes() == b"paid"


def test_a_file_that_cannot_be_loaded_says_so(stage: Stage, page: Page) -> None:
    frame = begin(stage, page)
    page.route("**/attachments/*", lambda route: route.abort())
    agent = grace(stage)
    sends(stage, agent, "receipt.txt", "text/plain", b"paid")
    frame.click(".file")
    expect(frame.locator(".file .wrong")).to_contain_text("Couldn’t be loaded.")
    sends(stage, agent, "photo.png", "image/png", files.png())
    expect(frame.locator(".file:has-text('photo.png')")).to_be_visible()  # as a sheet of paper, to be saved later


def test_where_files_are_not_taken_nothing_offers_it(stage: Stage, tabs: Callable[..., Page]) -> None:
    page = tabs()

    def none(route: Any) -> None:
        answer = route.fetch()
        body = answer.json()
        body["attachments"]["maxBytes"] = 0
        route.fulfill(response=answer, json=body)

    page.route("**/boot", none)
    stage.visit(page, ADA.proven())
    frame = opened(page)
    expect(frame.locator("#attach")).to_be_hidden()
    frame.evaluate(GIVE, ["drop", "log.txt", "text/plain", "x"])
    assert frame.locator(".chip").count() == 0


def test_files_that_a_reload_took_are_asked_for_again(stage: Stage, page: Page) -> None:
    stage.visit(page, ADA.proven())
    frame = opened(page)
    pick(frame, NOTE)
    frame.wait_for_selector(".chip small")
    frame.fill("#text", "Look")
    page.reload()
    frame = opened(page)
    expect(frame.locator("#text")).to_have_value("Look")
    expect(frame.locator("#hint")).to_contain_text("Please choose them again")
    pick(frame, NOTE)
    expect(frame.locator("#hint")).to_be_hidden()
    frame.wait_for_selector(".chip small")
    frame.press("#text", "Enter")
    sent(frame, "notes.md")
    page.reload()
    expect(opened(page).locator("#hint")).to_be_hidden()
