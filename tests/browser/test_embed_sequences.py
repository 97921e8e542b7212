"""Commands at any moment and in any order: nothing of one visitor reaches the next, and nothing is left at the end."""

from __future__ import annotations

import random

import pytest
from playwright.sync_api import Page, Request

from tests.browser.stage import Stage
from tests.people import ADA, BOB

pytestmark = pytest.mark.browser

SEEDS = range(4)
ROUNDS = 6
STEPS = 14
# Counts what a page can leak. A closed or removed thing is taken off again.
COUNT = """
window.kept = { listeners: new Set(), timers: new Set(), channels: new Set(), observers: new Set() };
for (const target of [window, document]) {
  const add = target.addEventListener.bind(target), remove = target.removeEventListener.bind(target);
  target.addEventListener = (name, fn, how) => { kept.listeners.add(name); add(name, fn, how); };
  target.removeEventListener = (name, fn, how) => { kept.listeners.delete(name); remove(name, fn, how); };
}
const { setTimeout: start, clearTimeout: stop } = window;
window.later = (ms) => new Promise((done) => start(done, ms));
window.setTimeout = (fn, ms, ...more) => {
  const id = start(() => { kept.timers.delete(id); fn(...more); }, ms);
  kept.timers.add(id);
  return id;
};
window.clearTimeout = (id) => { kept.timers.delete(id); stop(id); };
window.BroadcastChannel = class extends BroadcastChannel {
  constructor(name) { super(name); kept.channels.add(this); }
  close() { kept.channels.delete(this); super.close(); }
};
window.MutationObserver = class extends MutationObserver {
  observe(...all) { kept.observers.add(this); super.observe(...all); }
  disconnect() { kept.observers.delete(this); super.disconnect(); }
};
"""
# Reads along what the script tells a panel: every frame hears of one visitor only, and of the one the page means.
OVERHEAR = """
window.leaks = [];
window.meant = undefined;
const owners = new WeakMap();
const post = MessagePort.prototype.postMessage;
MessagePort.prototype.postMessage = function (message, ...more) {
  if (message?.type === "state" && message.booted) {
    const { ref, userId } = message.booted.user, fields = Object.keys(message.fields);
    if ((owners.get(this) ?? ref) !== ref) leaks.push("a frame heard of two visitors");
    owners.set(this, ref);
    if (userId !== meant) leaks.push(`the page means ${meant}, the frame heard of ${userId}`);
    if (fields.some((name) => name !== String(meant) && name !== "undefined")) leaks.push(`${meant} got ${fields}`);
  }
  return post.call(this, message, ...more);
};
window.frameNow = () => document.querySelector("#whosthere")?.shadowRoot.querySelector("iframe");
"""
PLAY = """async ({ steps, people, src }) => {
  let config = 0;
  const mean = (who, way) => {
    const before = meant, frame = frameNow();
    window.meant = who || undefined;
    way();
    if (meant !== before && frame?.isConnected) leaks.push(`the frame of ${before} is still there for ${meant}`);
    const about = { [String(meant)]: { type: "checkbox", value: true } };
    Whosthere("setCustomIssueFields", about);
  };
  const acts = {
    login: (who) => mean(who, () => Whosthere("login", people[who])),
    update: (who) => mean(who, () => { window.whosthereConfig = { ...people[who], platformId: people.platformId };
      Whosthere("update"); }),
    logout: () => mean("", () => Whosthere("logout")),
    reset: () => mean("", () => Whosthere("reset")),
    setLanguage: (code) => Whosthere("setLanguage", code),
    wait: (ms) => later(ms),
    body: () => document.documentElement.replaceChild(document.createElement("body"), document.body),
    again: () => new Promise((done) => {
      Whosthere("destroy");
      window.meant = whosthereConfig.userId;
      delete window.Whosthere;
      const script = document.createElement("script");
      script.src = src;
      script.id = "whosthere-embed";
      script.onload = done;
      document.head.append(script);
    }),
  };
  for (const [name, argument] of steps) {
    if (acts[name]) await acts[name](argument);
    else Whosthere(name, argument);
  }
}"""
STEPS_TO_CHOOSE: tuple[tuple[str, object], ...] = (
    ("login", "ada"), ("login", "bob"), ("update", "ada"), ("update", "bob"), ("update", ""), ("logout", None),
    ("reset", None), ("open", None), ("open", None), ("close", None), ("toggle", None), ("hide", None), ("show", None),
    ("setLanguage", "de"), ("identify", {}), ("init", None), ("wait", 0), ("wait", 5), ("wait", 40), ("wait", 150),
    ("body", None), ("again", None),
)  # fmt: skip
PEOPLE = {"ada": ADA.proven(), "bob": BOB.proven(), "": {}}


@pytest.mark.parametrize("seed", SEEDS)
def test_any_order_of_commands_leaks_nothing(stage: Stage, page: Page, seed: int) -> None:
    chance = random.Random(seed)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    stage.visit(page, {}, before=COUNT + OVERHEAR)
    src = f"{stage.chat.url}/embed.js"
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    for _ in range(ROUNDS):
        steps = chance.choices(STEPS_TO_CHOOSE, k=STEPS)
        people = {**PEOPLE, "platformId": stage.shop.id}
        page.evaluate(PLAY, {"steps": [*steps, ("wait", 60)], "people": people, "src": src})
        assert page.evaluate("leaks") == [], steps
        page.evaluate("Whosthere('destroy')")
        page.on("request", note)
        page.evaluate("later(80)")  # what was under way comes to its end
        page.remove_listener("request", note)
        left = page.evaluate("Object.fromEntries(Object.entries(kept).map(([name, all]) => [name, all.size]))")
        assert left == {"listeners": 0, "timers": 0, "channels": 0, "observers": 0}, steps
        assert page.locator("#whosthere").count() == 0, steps
        assert len(page.frames) == 1, steps
        page.evaluate(PLAY, {"steps": [("again", None)], "people": people, "src": src})
    assert [url for url in asked if "/boot" in url or "/conversations" in url] == []
    assert [error for error in errors if "ResizeObserver" not in error] == []


def test_the_watch_of_the_sequences_sees_a_leak(stage: Stage, page: Page) -> None:
    """A frame that stays, and fields of somebody else, are noticed: the test above can fail."""
    stage.visit(page, {}, before=COUNT + OVERHEAR)
    people = {**PEOPLE, "platformId": stage.shop.id}
    steps = [("open", None), ("wait", 300), ("setCustomIssueFields", {"ada": {"type": "checkbox", "value": True}})]
    page.evaluate(PLAY, {"steps": [*steps, ("wait", 300)], "people": people, "src": ""})
    page.wait_for_function("leaks.some((leak) => leak.includes('got ada'))")
    page.wait_for_function("kept.channels.size === 1")
