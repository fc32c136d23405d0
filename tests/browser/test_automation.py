"""An automation that a person makes."""

import pytest

from .browser_user import Person, Telephone
from .form_fields import Rows

pytestmark = pytest.mark.both_languages
TOLD = {
    "en": ("We come", "Noted, thank you", "Thank those who come"),
    "fr": ("On arrive", "Bien noté, merci", "Remercier qui arrive"),
}
EDITOR = "panel.config.automation.editor"


def test_an_automation_made_by_hand_answers_a_reply(person: Person, telephone: Telephone) -> None:
    words = person.words
    coming, noted, name = TOLD[words.language]
    person.opens("/config/automation/edit/new")
    person.presses(words(f"{EDITOR}.triggers.add"))
    person.searches(words.ours("triggers.reply_received.name"))
    person.picks(words.ours("triggers.reply_received.description"))
    trigger = Rows(person, "triggers.reply_received")
    trigger.add("text_is", coming)
    trigger.are_in_one_language()
    person.takes("trigger")
    person.presses(words(f"{EDITOR}.actions.add"))
    person.searches(words.ours("services.send_message.name"))
    person.picks(words.ours("services.send_message.description"))
    action = Rows(person, "services.send_message")
    action.fill(message=noted)
    action.are_in_one_language()
    person.takes("action")
    person.presses(words("common.save"))
    person.page.get_by_role("textbox", name=words(f"{EDITOR}.alias")).fill(name)
    person.takes("name")
    person.confirms(words("common.save"))
    person.page.get_by_role("dialog").first.wait_for(state="hidden")
    person.house.act("script.write")
    telephone.receives("Dinner is ready. Are you coming?")
    telephone.types(coming)
    telephone.sends()
    telephone.receives(noted)
    person.takes("saved")
