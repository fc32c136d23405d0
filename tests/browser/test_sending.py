"""Messages that people send from the pages of the house."""

import time

import pytest
from playwright.sync_api import expect

from .browser_user import Person, Telephone
from .conftest import Invitation
from .form_fields import Rows

pytestmark = pytest.mark.both_languages
TWO_SECONDS = 2.0
DASHBOARD = "/sms-messages"
TOOLS = "/config/tools/action"


def test_a_message_of_the_dashboard_is_answered_and_the_reply_shows_within_two_seconds(
    invite: Invitation, telephone: Telephone
) -> None:
    person = invite(width=1240)
    french = person.words.language == "fr"
    person.opens(DASHBOARD)
    message = person.page.get_by_role("textbox", name="Message")
    question, answer = ("Qui nourrit le chat ?", "Moi, ce soir") if french else ("Who feeds the cat?", "I do, tonight")
    message.fill(question)
    person.page.get_by_role("switch").click(force=True)
    message.press("Enter")
    person.reads("2 segments")
    person.takes("preview")
    person.presses("Envoyer" if french else "Send")
    telephone.receives(question)
    telephone.types(answer)
    telephone.sends()
    began = time.monotonic()
    person.reads(answer)
    assert time.monotonic() - began < TWO_SECONDS
    person.house.until("sensor.maison_accuses_attendus" if french else "sensor.home_pending", "0")
    expect(person.page.locator("hui-logbook-card")).to_contain_text("Alice")
    person.takes_both("reply", telephone)
    person.opens("/logbook")
    person.reads(person.words.ours("common.logbook_replied"))
    person.takes("logbook")


def test_a_message_is_sent_from_the_tools(person: Person, telephone: Telephone) -> None:
    words = person.words
    person.opens(TOOLS)
    person.presses(words("components.service-picker.action"))
    person.searches(words.ours("services.send_message.name"))
    person.takes("actions")
    person.picks(words.ours("services.send_message.description"))
    rows = Rows(person, "services.send_message")
    water = "De l'eau dans la cuisine" if words.language == "fr" else "Water on the kitchen floor"
    rows.fill(message=water)
    rows.add("target", "Alice")
    rows.are_in_one_language()
    person.takes("filled")
    person.presses(words("panel.config.tools.tabs.actions.call_service"))
    person.reads(words("panel.config.tools.tabs.actions.response")).scroll_into_view_if_needed()
    telephone.receives(water)
    person.takes("sent")
