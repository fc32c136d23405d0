"""Messages sent from the pages of Home Assistant."""

import time

import pytest
from playwright.sync_api import expect

from .browser_user import BrowserUser, PhonePage
from .conftest import UserFactory
from .form_fields import Rows

pytestmark = pytest.mark.both_languages
TWO_SECONDS = 2.0
DASHBOARD = "/sms-messages"
TOOLS = "/config/tools/action"


def test_a_message_of_the_dashboard_is_answered_and_the_reply_shows_within_two_seconds(
    new_user: UserFactory, phone_page: PhonePage
) -> None:
    user = new_user(width=1240)
    french = user.words.language == "fr"
    user.opens(DASHBOARD)
    # A conversation with somebody else may have the name in it.
    card = user.page.locator("smsmode-conversation-card", has=user.page.get_by_role("textbox", name="Alice"))
    question, answer = ("Qui nourrit le chat ?", "Moi, ce soir") if french else ("Who feeds the cat?", "I do, tonight")
    card.locator("textarea").fill(question)
    expect(card.locator(".count b")).to_have_text("1 SMS")
    user.takes("preview")
    card.locator("textarea").press("Control+Enter")
    phone_page.receives(question)
    phone_page.types(answer)
    phone_page.sends()
    began = time.monotonic()
    expect(card.locator(".line.in", has_text=answer).last).to_be_visible()
    assert time.monotonic() - began < TWO_SECONDS
    user.house.until("sensor.maison_accuses_attendus" if french else "sensor.home_pending", "0")
    user.takes_both("reply", phone_page)
    user.opens("/logbook")
    user.reads(user.words.ours("common.logbook_replied"))
    user.takes("logbook")


def test_a_message_is_sent_from_the_tools(user: BrowserUser, phone_page: PhonePage) -> None:
    words = user.words
    user.opens(TOOLS)
    user.presses(words("components.service-picker.action"))
    user.searches(words.ours("services.send_message.name"))
    user.takes("actions")
    user.picks(words.ours("services.send_message.description"))
    rows = Rows(user, "services.send_message")
    water = "De l'eau dans la cuisine" if words.language == "fr" else "Water on the kitchen floor"
    rows.fill(message=water)
    rows.add("target", "Alice")
    rows.are_in_one_language()
    user.takes("filled")
    user.presses(words("panel.config.tools.tabs.actions.call_service"))
    user.reads(words("panel.config.tools.tabs.actions.response")).scroll_into_view_if_needed()
    phone_page.receives(water)
    user.takes("sent")
