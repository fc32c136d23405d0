"""Automations made in the editor by clicks: what a leak does, and what an answer does."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator

from .browser_user import A_MOMENT, BrowserUser, PhonePage
from .form_fields import Rows

pytestmark = pytest.mark.both_languages

LEAK, SIREN = "input_boolean.leak", "input_boolean.siren"
# As the demo calls its helpers, and its own automations.
HELPERS = {"en": ("Water on the kitchen floor", "Siren"), "fr": ("Eau dans la cuisine", "Sirène")}
AUTOMATIONS = {"en": ("water_on_the_floor", "somebody_takes_care"), "fr": ("eau_au_sol", "quelquun_sen_occupe")}
# As it arrives: letters that would double the price are replaced.
DINNER = {"en": "Dinner is ready. Are you coming?", "fr": "Le diner est pret. Vous venez ?"}
ALARM = {
    "en": ("Water! Answer OK if you take care.", "Leak alert", "Siren off"),
    "fr": ("De l'eau ! OK si vous vous en occupez.", "Alerte fuite", "Silence"),
}
TOLD = {
    "en": ("We come", "Noted, thank you", "Thank those who come"),
    "fr": ("On arrive", "Bien noté, merci", "Remercier qui arrive"),
}
EDITOR = "panel.config.automation.editor"


class Editor:
    """Editor of a new automation."""

    def __init__(self, user: BrowserUser) -> None:
        self._user = user
        user.opens("/config/automation/edit/new")

    def open_target(self, part: str, entity: str, device: str = "") -> Locator:
        """Look an entity up to add a trigger or an action of it; returns the dialog with what it offers."""
        self._user.presses(self._user.words(f"{EDITOR}.{part}.add"))
        self._user.searches(f"{device} {entity}".strip())
        dialog = self._user.page.locator("add-automation-element-dialog")
        found = dialog.get_by_role("button", name=re.compile(rf"^{entity} ")).first
        # A press while the list is still drawn is lost.
        while not dialog.get_by_role("treeitem", selected=True).count():
            found.click()
            self._user.page.wait_for_timeout(A_MOMENT)
        return dialog

    def add_of(self, part: str, entity: str, name: str, device: str = "") -> None:
        """Add a trigger or an action of an entity."""
        self.open_target(part, entity, device).get_by_role("button", name=name).first.click()

    def add_ours(self, part: str, kind: str) -> Rows:
        """Add a trigger or an action of the integration by its name; returns its fields."""
        words = self._user.words
        self._user.presses(words(f"{EDITOR}.{part}.add"))
        self._user.searches(words.ours(f"{kind}.name"))
        self._user.picks(words.ours(f"{kind}.description"))
        return Rows(self._user, kind)

    def save(self, name: str) -> None:
        """Save the automation under a name."""
        words = self._user.words
        self._user.presses(words("common.save"))
        self._user.page.get_by_role("textbox", name=words(f"{EDITOR}.alias")).fill(name)
        self._user.takes("name")
        self._user.confirms(words("common.save"))
        self._user.page.get_by_role("dialog").first.wait_for(state="hidden")


@pytest.fixture
def without_demo(user: BrowserUser) -> Iterator[None]:
    """Turn the demo's own automations off for the length of a test."""
    own = [f"automation.{name}" for name in AUTOMATIONS[user.words.language]]
    user.house.act("automation.turn_off", entity_id=own)
    yield
    user.house.act("input_boolean.turn_off", entity_id=[LEAK, SIREN])
    user.house.act("automation.turn_on", entity_id=own)


@pytest.mark.usefixtures("without_demo")
def test_a_leak_is_told_and_a_reply_stops_the_siren_by_clicks_alone(user: BrowserUser, phone_page: PhonePage) -> None:
    words, (leak, siren) = user.words, HELPERS[user.words.language]
    message, first, second = ALARM[words.language]
    editor = Editor(user)
    editor.add_of("triggers", leak, words.of("switch", "triggers.turned_on.name"))
    editor.add_of("actions", siren, words.of("input_boolean", "services.turn_on.name"))
    alert = editor.add_ours("actions", "services.alert")
    alert.fill(message=message)
    alert.enable("steps").get_by_role("button", name=words("common.add")).click()
    dialog = user.page.locator("dialog-form")
    user.presses(words("components.entity.entity-picker.placeholder"), dialog)
    user.page.get_by_role("option", name="Alice").click()
    user.takes("step")
    user.confirms(words("common.add"))
    alert.are_in_one_language()
    user.takes("alert")
    editor.save(first)
    editor = Editor(user)
    editor.add_ours("triggers", "triggers.alert_changed").choose("state", "selector.alert_state.options.acknowledged")
    editor.add_of("actions", siren, words.of("input_boolean", "services.turn_off.name"))
    editor.save(second)
    user.house.act("input_boolean.turn_on", entity_id=LEAK)
    phone_page.receives(message)
    user.house.until(SIREN, "on")
    phone_page.types("OK")
    phone_page.sends()
    user.house.until(SIREN, "off")


@pytest.mark.parametrize(
    ("part", "kind", "names"),
    [
        ("triggers", "triggers", ("reply_received", "delivery_reported")),
        ("actions", "services", ("send_message", "send_voice_message", "ask", "preview_message")),
    ],
    ids=["triggers", "actions"],
)
def test_the_editor_offers_under_a_recipient(user: BrowserUser, part: str, kind: str, names: tuple[str, ...]) -> None:
    offered = Editor(user).open_target(part, "Alice")
    for name in names:
        offered.get_by_role("button", name=user.words.ours(f"{kind}.{name}.name")).first.wait_for()
    user.takes(part)


def test_an_automation_made_by_hand_answers_a_reply(user: BrowserUser, phone_page: PhonePage) -> None:
    coming, noted, name = TOLD[user.words.language]
    editor = Editor(user)
    trigger = editor.add_ours("triggers", "triggers.reply_received")
    trigger.add("text_is", coming)
    trigger.are_in_one_language()
    user.takes("trigger")
    action = editor.add_ours("actions", "services.send_message")
    action.fill(message=noted)
    action.add("target", "Alice")
    action.are_in_one_language()
    user.takes("action")
    editor.save(name)
    user.house.act("script.write")
    phone_page.receives(DINNER[user.words.language])
    phone_page.types(coming)
    phone_page.sends()
    phone_page.receives(noted)
    user.takes("saved")
