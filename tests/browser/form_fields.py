"""Fields of an action or a trigger, as the pages of Home Assistant show them."""

from playwright.sync_api import Locator

from .browser_user import BrowserUser


class Rows:
    """Rows with a name, an explanation, and something to fill; `of` is their place in the translations."""

    def __init__(self, user: BrowserUser, of: str) -> None:
        self._person = user
        self._of = of

    def row(self, field: str) -> Locator:
        """Return the row of a field."""
        name = self._person.words.ours(f"{self._of}.fields.{field}.description")
        return self._person.page.locator("ha-settings-row").filter(has_text=name)

    def enable(self, field: str) -> Locator:
        """Enable a field if it is optional; return its row."""
        row = self.row(field)
        row.wait_for()
        for box in row.get_by_role("checkbox").all()[:1]:
            # What is seen and pressed covers the box itself.
            box.check(force=True)
        return row

    def fill(self, **written: str) -> None:
        """Type into fields."""
        for field, text in written.items():
            self.enable(field).get_by_role("textbox").fill(text)

    def add(self, field: str, text: str) -> None:
        """Enable an optional field, and add a line to it."""
        row = self.enable(field)
        row.get_by_role("button", name=self._person.words("common.add")).click()
        row.get_by_role("textbox").fill(text)

    def choose(self, field: str, option: str) -> None:
        """Enable an optional field, and choose from its list; `option` is its place in the translations."""
        row = self.row(field)
        row.get_by_role("checkbox").first.check(force=True)
        row.get_by_role("button").last.click()
        self._person.page.get_by_role("option", name=self._person.words.ours(option)).click()

    def are_in_one_language(self) -> None:
        """Check that no row has a word of the other language."""
        for row in self._person.page.locator("ha-settings-row").all():
            assert not self._person.words.foreign(row.aria_snapshot())
