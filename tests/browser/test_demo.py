"""Demo in English: a leak, an answer, the siren off."""

from playwright.sync_api import expect

from .browser_user import PhonePage
from .conftest import UserFactory


def test_a_leak_is_told_and_an_answer_stops_the_siren(new_user: UserFactory, phone_page: PhonePage) -> None:
    user = new_user(width=1080)
    user.opens("/demo-house")
    user.presses("Leak!")
    phone_page.receives("Water on the kitchen floor")
    user.house.until("sensor.home_pending", "0")
    phone_page.types("OK")
    phone_page.sends()
    user.house.until("input_boolean.siren", "off")
    user.house.act("homeassistant.update_entity", entity_id="sensor.home_balance")
    expect(user.page.locator("hui-logbook-card")).to_contain_text("Siren")
    user.takes_both("siren-off", phone_page)
    user.house.act("input_boolean.turn_off", entity_id="input_boolean.leak")
