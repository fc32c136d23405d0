"""Automation made in the editor."""

import pytest

from .browser_user import BrowserUser, PhonePage
from .form_fields import Rows

pytestmark = pytest.mark.both_languages
TOLD = {
    "en": ("We come", "Noted, thank you", "Thank those who come"),
    "fr": ("On arrive", "Bien noté, merci", "Remercier qui arrive"),
}
EDITOR = "panel.config.automation.editor"


def test_an_automation_made_by_hand_answers_a_reply(user: BrowserUser, phone_page: PhonePage) -> None:
    words = user.words
    coming, noted, name = TOLD[words.language]
    user.opens("/config/automation/edit/new")
    user.presses(words(f"{EDITOR}.triggers.add"))
    user.searches(words.ours("triggers.reply_received.name"))
    user.picks(words.ours("triggers.reply_received.description"))
    trigger = Rows(user, "triggers.reply_received")
    trigger.add("text_is", coming)
    trigger.are_in_one_language()
    user.takes("trigger")
    user.presses(words(f"{EDITOR}.actions.add"))
    user.searches(words.ours("services.send_message.name"))
    user.picks(words.ours("services.send_message.description"))
    action = Rows(user, "services.send_message")
    action.fill(message=noted)
    action.add("target", "Alice")
    action.are_in_one_language()
    user.takes("action")
    user.presses(words("common.save"))
    user.page.get_by_role("textbox", name=words(f"{EDITOR}.alias")).fill(name)
    user.takes("name")
    user.confirms(words("common.save"))
    user.page.get_by_role("dialog").first.wait_for(state="hidden")
    user.house.act("script.write")
    phone_page.receives("Dinner is ready. Are you coming?")
    phone_page.types(coming)
    phone_page.sends()
    phone_page.receives(noted)
    user.takes("saved")
