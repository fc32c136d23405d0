"""User of a browser."""

import re
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Error, FloatRect, Locator, Page, expect

from .hass_api import House
from .screenshots import side_by_side
from .translations import Words

# Around a part of a page.
MARGIN = 12
A_MOMENT = 200
IS_IN_A_FIELD = """() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    return element?.tagName === 'INPUT';
}"""


class BrowserUser:
    """User who reads, presses and types, and takes a screenshot of each step."""

    def __init__(self, page: Page, house: House, words: Words, folder: Path) -> None:
        self.page = page
        self.house = house
        self.words = words
        self._folder = folder
        self._taken = 0

    def opens(self, path: str) -> None:
        """Open a page of Home Assistant, and wait until the launch screen is gone."""
        try:
            self.page.goto(f"{self.house.url}{path}")
        except Error:
            # A dialog that closes goes back in history, and so calls off where a person goes meanwhile.
            self.page.goto(f"{self.house.url}{path}")
        self.page.locator("#ha-launch-screen").wait_for(state="detached")

    def presses(self, name: str | re.Pattern[str], within: Locator | None = None) -> None:
        """Press the button of a name."""
        place = within or self.page.locator("body")
        place.get_by_role("button", name=name, exact=True).locator("visible=true").first.click()

    def confirms(self, name: str) -> None:
        """Press the button of a name in the dialog that is open: dialogs are last on a page."""
        self.page.get_by_role("button", name=name, exact=True).locator("visible=true").last.click()

    def chooses(self, name: str) -> None:
        """Choose a line of the menu that is open."""
        self.page.get_by_role("menuitem", name=name, exact=True).locator("visible=true").first.click()

    def picks(self, name: str) -> None:
        """Choose the first line of a list that has something in its name."""
        self.page.get_by_role("button", name=name).or_(self.page.get_by_role("option", name=name)).first.click()

    def searches(self, text: str, place: str = "common.search") -> None:
        """Type into the search field of the dialog that is open."""
        self.page.get_by_placeholder(self.words(place)).locator("visible=true").last.fill(text)

    def finds(self, name: str, line: str | None = None) -> None:
        """Type into the search of the picker that is open, and choose the first line that has the name, or `line`."""
        # Letters that are typed before the search has the focus are shortcuts of Home Assistant.
        self.page.wait_for_function(IS_IN_A_FIELD)
        self.page.keyboard.type(name)
        wanted = re.compile(re.escape(line or name), re.IGNORECASE)
        self.page.get_by_role("option", name=wanted).first.click()

    def reads(self, text: str | re.Pattern[str]) -> Locator:
        """Wait until a text can be seen."""
        seen = self.page.get_by_text(text).locator("visible=true").first
        seen.wait_for()
        return seen

    def waits_for_all(self) -> None:
        """Wait until the page is loaded: cards and icons are fetched one after the other."""
        self.page.get_by_role("heading").first.wait_for()
        self.page.wait_for_load_state("networkidle")
        expect(self.page.locator("ha-spinner").locator("visible=true")).to_have_count(0)

    def takes(self, name: str, of: Locator | None = None) -> None:
        """Take a screenshot of the window, or of an element."""
        self._keep(name, picture_of(self.page, of))

    def takes_both(self, name: str, phone_page: PhonePage) -> None:
        """Take a screenshot of the page and of the phone page beside it."""
        self._keep(name, side_by_side([picture_of(self.page), picture_of(phone_page.page)]))

    def takes_page(self, name: str, page: Page) -> None:
        """Take a screenshot of another window."""
        self._keep(name, picture_of(page))

    def _keep(self, name: str, picture: Image.Image) -> None:
        self._taken += 1
        self._folder.mkdir(parents=True, exist_ok=True)
        picture.save(self._folder / f"{self._taken:02}-{name}.png")


def picture_of(page: Page, place: Locator | None = None) -> Image.Image:
    """Return a screenshot of a window, or of an element and its margin."""
    area = None
    if place is not None and (box := _box_at_rest(place)) and (size := page.viewport_size):
        left, top = max(box["x"] - MARGIN, 0), max(box["y"] - MARGIN, 0)
        right = min(box["x"] + box["width"] + MARGIN, size["width"])
        bottom = min(box["y"] + box["height"] + MARGIN, size["height"])
        area = FloatRect(x=left, y=top, width=right - left, height=bottom - top)
    return Image.open(BytesIO(page.screenshot(animations="disabled", clip=area)))


def _box_at_rest(place: Locator) -> FloatRect | None:
    """Return the box of an element once it no longer moves: texts come one after the other."""
    box = None
    while (now := place.bounding_box()) != box:
        box = now
        place.page.wait_for_timeout(A_MOMENT)
    return box


class PhonePage:
    """Phone page of the emulator: shows messages and sends replies."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        page.goto(url)

    def receives(self, text: str) -> None:
        """Wait until an SMS is shown."""
        self.page.get_by_text(text).last.wait_for()

    def types(self, text: str) -> None:
        """Write a reply, not sent yet."""
        self.page.get_by_role("textbox").fill(text)

    def sends(self) -> None:
        """Send what was written."""
        self.page.keyboard.press("Enter")
