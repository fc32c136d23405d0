"""The panel *Messages* as people use it, and what its texts are called."""

import re
from functools import cache
from pathlib import Path

from playwright.sync_api import ConsoleMessage, Error, Locator, expect

from .browser_user import BrowserUser

STRINGS = Path(__file__).resolve().parents[2] / "custom_components/smsmode/frontend"
# What Home Assistant itself says, on any page of it.
NOT_OURS = re.compile(r"Lit is in dev mode|Failed to load resource|WebSocket|preload|Permissions policy|brands")


@cache
def panel_strings(language: str) -> dict[str, str]:
    """Return the texts of the panel that have nothing to fill in."""
    text = (STRINGS / f"strings.{language}.js").read_text(encoding="utf-8")
    return dict(re.findall(r'^  (\w+): "((?:[^"\\]|\\.)*)",$', text, re.MULTILINE))


class PanelPage:
    """The panel in the window of a user; whatever is written to the console meanwhile is a fault."""

    def __init__(self, user: BrowserUser) -> None:
        self.user = user
        self.page = user.page
        self.words = panel_strings(user.words.language)
        self.noise: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", self._fail)
        self.root = self.page.locator("smsmode-panel")

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not NOT_OURS.search(message.text):
            self.noise.append(message.text)

    def _fail(self, error: Error) -> None:
        self.noise.append(str(error))

    def opens(self, path: str = "") -> None:
        """Open the panel by its address."""
        self.user.opens(f"/smsmode{path}")
        self.root.locator(".panel").wait_for()

    def chooses(self, name: str) -> None:
        """Open the conversation with somebody."""
        self.root.locator(".thread", has_text=name).click()
        expect(self.root.locator(".head h2")).to_have_text(name)

    @property
    def field(self) -> Locator:
        """The field to write in."""
        return self.root.locator("textarea")

    def line(self, text: str) -> Locator:
        """Return the latest message of a text, with what stands below it."""
        return self.root.locator(".line", has_text=text).last

    def has_status(self, text: str, word: str) -> None:
        """Wait until a message has a status."""
        expect(self.line(text).locator(".under")).to_contain_text(self.words[word])

    def presses(self, within: Locator, word: str) -> None:
        """Press a button."""
        within.get_by_role("button", name=self.words[word]).click()

    def is_sure(self, within: Locator, first: str, question: str) -> None:
        """Press a button that asks before it acts, twice."""
        within.get_by_role("button", name=self.words[first]).click()
        within.get_by_role("button", name=self.words[question]).click()

    def is_quiet(self) -> None:
        """Check that nothing was written to the console."""
        assert self.noise == []
