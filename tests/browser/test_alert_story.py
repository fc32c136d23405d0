"""A plan made by clicks, from its button to the all-clear: push, SMS, picture, a link that is pressed, everybody told.

The push is a file of Home Assistant, the camera another one: nobody reads the first, so the SMS follows.
"""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Locator, Page

from .browser_user import BrowserUser
from .conftest import UserFactory, Window
from .forms import Form
from .gateway import Gateway
from .hass_api import OUTSIDE
from .setup_steps import ACCOUNT, NAME, RECIPIENT, account, finish, set_up
from .test_alert_plan import ENTITIES, LEAK, PLAN, TEXTS, press

pytestmark = pytest.mark.both_languages

NUMBER = "33601020304"
OTHER, OTHER_NUMBER = "Lou", "33605060708"
CAMERA, PUSH = "Cellar camera", "file"
BUTTON = {"en": ("I take care of it", "Thank you"), "fr": ("Je m’en occupe", "Merci")}
TOLD = {
    "en": "Camille takes care of it. There is nothing else to do.",
    "fr": "Camille s'en occupe. Il n'y a rien d'autre à faire.",
}


def draw_cellar(file: Path) -> None:
    """Draw what a camera in a cellar sees: water on the floor."""
    image = Image.new("RGB", (1280, 720), "#3a3d40")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 470, 1280, 720), fill="#24506b")
    for left in range(80, 1280, 300):
        draw.rectangle((left, 120, left + 180, 470), fill="#6b5a44")
        draw.line((left, 295, left + 180, 295), fill="#4a3d2d", width=8)
    for top in range(510, 720, 50):
        draw.arc((100, top, 1180, top + 60), 200, 340, fill="#8fb8cf", width=4)
    image.save(file, "JPEG")


@pytest.fixture
def user(new_user: UserFactory, gateway: Gateway) -> Iterator[BrowserUser]:
    """Yield a user whose house is reached from outside, and has a push, a camera, and two people to write to."""
    user = new_user()
    house = user.house
    house.files.mkdir(exist_ok=True)
    camera, push = house.files / f"{CAMERA}.jpg", house.files / "push.txt"
    draw_cellar(camera)
    push.unlink(missing_ok=True)
    with ExitStack() as stack:
        stack.enter_context(house.integration("local_file", {"file_path": str(camera)}))
        path = {"file_path": str(push), "timestamp": False}
        stack.enter_context(house.integration("file", {"next_step_id": "notify"}, path))
        entry = set_up(user, gateway)
        stack.enter_context(house.reached_from_outside(user.page, entry["entry_id"]))
        add_other(user)
        yield user


def add_other(user: BrowserUser) -> None:
    """Add a second recipient."""
    account(user)
    user.presses(user.words.ours(f"{RECIPIENT}.initiate_flow.user"))
    user.presses(ACCOUNT)
    form = Form(user, f"{RECIPIENT}.step.user")
    form.fill(name=OTHER, number=f"+{OTHER_NUMBER}")
    form.submit()
    Form(user, f"{RECIPIENT}.step.check").pick("add")
    finish(user)


def pick(user: BrowserUser, within: Locator, selector: int, name: str) -> None:
    """Pick an entity of a name with one of the pickers of a form."""
    placeholder = user.words("components.entity.entity-picker.placeholder")
    within.get_by_text(placeholder).nth(selector).click()
    user.finds(name)


def step_dialog(user: BrowserUser, form: Form) -> Locator:
    """Open the dialog of a new step."""
    user.presses(user.words("common.add"), form.dialog)
    return user.page.locator("dialog-form")


def add_steps(user: BrowserUser, form: Form) -> None:
    """Add a push that waits for three seconds, and an SMS to both with a link to take care."""
    dialog = step_dialog(user, form)
    pick(user, dialog, 1, PUSH)
    wait = dialog.locator("ha-selector-duration").last.locator("input").nth(2)
    wait.click()
    user.page.keyboard.type("3")
    user.page.keyboard.press("Tab")
    user.takes("push-step")
    user.confirms(user.words("common.add"))
    dialog = step_dialog(user, form)
    pick(user, dialog, 0, NAME)
    dialog.locator("ha-selector-entity").first.get_by_role("button").last.click()
    user.finds(OTHER)
    dialog.locator("ha-selector-boolean ha-switch, ha-selector-boolean wa-switch").nth(1).click()
    user.takes("sms-step")
    user.confirms(user.words("common.add"))


def make_plan(user: BrowserUser) -> None:
    """Make the plan by clicks: what it says, its camera, its steps, and when it is over."""
    account(user)
    user.presses(user.words.ours(f"{PLAN}.initiate_flow.user"))
    user.presses(ACCOUNT)
    form = Form(user, f"{PLAN}.step.user")
    leak, name, message, clear = TEXTS[user.words.language]
    form.fill(name=name, message=message)
    add_steps(user, form)
    pick(user, form.dialog, 0, CAMERA)
    form.unfold("end")
    form.fill(end__all_clear=clear)
    form.dialog.get_by_text(user.words("components.entity.entity-picker.placeholder")).last.click()
    user.finds(leak)
    form.is_taken("form")
    form.submit()
    Form(user, f"{PLAN}.step.over_when").submit()
    form = Form(user, f"{PLAN}.step.check")
    form.is_taken("summary")
    form.dialog.get_by_text(re.compile(name)).last.click()
    finish(user)


def sent(gateway: Gateway, number: str) -> list[str]:
    """Return the texts that a number got."""
    messages = gateway.state()["messages"]
    return [one["text"] for each in messages for one in each["deliveries"] if one["number"] == number]


def wait_for_text(page: Page, gateway: Gateway, number: str, text: str) -> None:
    """Wait until a number got a text, once."""
    for _ in range(300):
        if sum(text in each for each in sent(gateway, number)) == 1:
            return
        page.wait_for_timeout(100)
    raise AssertionError(sent(gateway, number))


def open_link(user: BrowserUser, gateway: Gateway, windows: list[Page]) -> Page:
    """Open the link of the first recipient on telephones; returns the last one."""
    text = next(each for each in sent(gateway, NUMBER) if OUTSIDE in each)
    for window, name in zip(windows, ("light", "dark"), strict=True):
        window.goto(f"{user.house.url}{text.partition(OUTSIDE)[2]}")
        window.wait_for_load_state("networkidle")
        assert window.evaluate("document.images[0].naturalWidth") == 1280
        assert window.evaluate("document.documentElement.scrollWidth") <= 390
        user.takes_page(name, window)
    return windows[-1]


def test_push_is_ignored_the_sms_is_unanswered_the_link_is_pressed_everybody_is_told_and_it_is_over(
    user: BrowserUser, gateway: Gateway, open_window: Window
) -> None:
    make_plan(user)
    language, house = user.words.language, user.house
    button, state = ENTITIES[language]
    _, _, message, clear = TEXTS[language]
    raised = user.words.ours("entity.button.plan_raise.name")
    user.opens(f"/config/devices/device/{house.device_of(button)}")
    user.waits_for_all()
    house.act("input_boolean.turn_on", entity_id=LEAK)
    press(user, raised)
    wait_for_text(user.page, gateway, NUMBER, OUTSIDE)
    assert message in (house.files / "push.txt").read_text()
    house.until(state, "waiting")
    user.takes("waiting")
    page = open_link(user, gateway, [open_window(390, 844, dark=dark, handy=True) for dark in (False, True)])
    press_button, thanks = BUTTON[language]
    page.get_by_role("button", name=press_button).tap()
    page.get_by_role("heading", name=thanks).wait_for()
    user.takes_page("pressed", page)
    house.until(state, "acknowledged")
    wait_for_text(user.page, gateway, OTHER_NUMBER, TOLD[language])
    assert not any(TOLD[language] in text for text in sent(gateway, NUMBER))
    user.takes("taken")
    house.act("input_boolean.turn_off", entity_id=LEAK)
    house.until(state, "resolved")
    for number in (NUMBER, OTHER_NUMBER):
        wait_for_text(user.page, gateway, number, clear)
    assert clear in (house.files / "push.txt").read_text()
    user.takes("over")
