"""Forms of this integration, found by their labels."""

import re

from playwright.sync_api import Locator, expect

from .browser_user import BrowserUser


class Form:
    """A dialog that asks for something; `step` is its place in the translations, as `config.step.user`."""

    def __init__(self, user: BrowserUser, step: str, **placeholders: str) -> None:
        self.user = user
        self.step = step
        # The dialog itself has only holes for what is shown in it; this is where that comes from.
        self.dialog = user.page.locator("dialog-data-entry-flow").last
        self.contains_words(f"{step}.title", **placeholders)

    def contains_words(self, key: str, **placeholders: str) -> None:
        """Wait until it says something; of a link, the words are seen."""
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", self.user.words.ours(key, **placeholders))
        expect(self.dialog).to_contain_text(text)

    def label(self, field: str) -> str:
        """Return the label of a field; `advanced.base_url` is in a section."""
        section, _, name = field.rpartition(".")
        place = f"{self.step}.sections.{section}" if section else self.step
        return self.user.words.ours(f"{place}.data.{name}")

    def field(self, field: str) -> Locator:
        """Find a field to type into."""
        name = re.compile(rf"^{re.escape(self.label(field))}\*?$")
        return self.dialog.get_by_role("textbox", name=name).or_(self.dialog.get_by_role("spinbutton", name=name))

    def fill(self, **written: str) -> None:
        """Type into fields."""
        for field, text in written.items():
            self.field(field.replace("__", ".")).fill(text)

    def choose(self, field: str, option: str) -> None:
        """Choose from a list; `option` is its place in the translations."""
        self.dialog.get_by_role("button", name=re.compile(rf"^{re.escape(self.label(field))}")).click()
        self.user.page.get_by_role("option", name=self.user.words.ours(option)).or_(
            self.user.page.get_by_role("menuitem", name=self.user.words.ours(option))
        ).locator("visible=true").first.click()

    def unfold(self, section: str) -> None:
        """Open a section that is folded."""
        name = self.user.words.ours(f"{self.step}.sections.{section}.name")
        heading = self.dialog.get_by_role("button", name=name)
        if heading.get_attribute("aria-expanded") != "true":
            heading.click()

    def submit(self) -> None:
        """Press the button that sends it."""
        self._button().click()

    def _button(self) -> Locator:
        names = (self.user.words(f"panel.config.integrations.config_flow.{key}") for key in ("submit", "next"))
        return self.dialog.get_by_role("button", name=re.compile("|".join(f"^{name}$" for name in names)))

    def pick(self, option: str) -> None:
        """Choose a line of a menu."""
        self.dialog.get_by_text(self.user.words.ours(f"{self.step}.menu_options.{option}"), exact=True).click()

    def error(self, key: str, **placeholders: str) -> None:
        """Wait until the form explains what is wrong."""
        flow = self.step.partition(".step.")[0]
        self.contains_words(f"{flow}.error.{key}", **placeholders)

    def is_taken(self, name: str) -> None:
        """Take a screenshot of the form."""
        self.user.takes(name, self.user.page.get_by_role("dialog").locator("visible=true").last)

    def fits(self) -> None:
        """See that nothing has to be moved sideways, and that the button can be reached."""
        page = self.user.page
        assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
        expect(self._button()).to_be_in_viewport(ratio=1)

    def is_in_one_language(self) -> None:
        """See that the form has no word of the other language."""
        assert not self.user.words.foreign(self.dialog.aria_snapshot())
