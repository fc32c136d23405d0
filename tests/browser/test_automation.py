"""An automation that a person makes."""

from .account_steps import set_up
from .gateway import Gateway
from .person import Person
from .settings_rows import Rows

EDITOR = "panel.config.automation.editor"
DIGITS = "33601020304"


def test_an_automation_made_by_hand_answers_a_reply(person: Person, gateway: Gateway) -> None:
    set_up(person, gateway)
    words = person.words
    person.opens("/config/automation/edit/new")
    person.presses(words(f"{EDITOR}.triggers.add"))
    person.searches(words.ours("triggers.reply_received.name"))
    person.takes("triggers")
    person.picks(words.ours("triggers.reply_received.description"))
    person.reads(words.ours("triggers.reply_received.fields.config_entry_id.description"))
    person.takes("trigger")
    person.presses(words(f"{EDITOR}.actions.add"))
    person.searches(words.ours("services.send_message.name"))
    person.takes("actions")
    person.picks(words.ours("services.send_message.description"))
    Rows(person, "services.send_message").fill(message="Noted, thank you")
    person.takes("action")
    person.presses(words("common.save"))
    person.page.get_by_role("textbox", name=words(f"{EDITOR}.alias")).fill("Thank for replies")
    person.takes("name")
    person.confirms(words("common.save"))
    person.page.get_by_role("dialog").first.wait_for(state="hidden")
    person.house.send("Are you there?", reply=True)
    gateway.order("reply", number=DIGITS, text="Yes")
    gateway.takes("Noted, thank you")
