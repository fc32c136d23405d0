"""Messages that people send from the pages of the house."""

import re
import time

from .account_steps import NAME, set_up
from .gateway import Gateway
from .person import Person, Telephone
from .settings_rows import Rows

TWO_SECONDS = 2.0
DASHBOARD = "/demo-house"
TOOLS = "/config/tools/action"


def test_a_message_from_the_dashboard_is_answered_and_the_reply_shows_within_two_seconds(
    person: Person, telephone: Telephone
) -> None:
    person.opens(DASHBOARD)
    person.reads("Send SMS")
    person.takes("dashboard")
    person.presses(re.compile("Send SMS"))
    telephone.receives("Dinner is ready. Are you coming?")
    telephone.types("We are on our way")
    telephone.sends()
    began = time.monotonic()
    person.reads("We are on our way")
    took = time.monotonic() - began
    person.takes("reply")
    assert took < TWO_SECONDS


def test_a_message_is_sent_from_the_tools(person: Person, gateway: Gateway) -> None:
    set_up(person, gateway)
    words = person.words
    person.opens(TOOLS)
    person.presses(words("components.service-picker.action"))
    person.searches(words.ours("services.send_message.name"))
    person.takes("actions")
    person.picks(words.ours("services.send_message.description"))
    rows = Rows(person, "services.send_message")
    rows.fill(message="Water on the kitchen floor")
    rows.tick("target")
    rows.row("target").get_by_role("button", name=words("common.add")).click()
    rows.row("target").get_by_role("textbox").fill(NAME)
    person.takes("filled")
    person.presses(words("panel.config.tools.tabs.actions.call_service"))
    person.takes("sent")
