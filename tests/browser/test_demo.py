"""Demo in English: a leak, an answer, the siren off."""

from playwright.sync_api import expect

from .browser_user import PhonePage
from .conftest import UserFactory


def test_a_leak_is_told_and_an_answer_stops_the_siren(new_user: UserFactory, phone_page: PhonePage) -> None:
    guest = new_user(width=1080)
    guest.opens("/demo-house")
    guest.presses("Leak!")
    phone_page.receives("Water on the kitchen floor")
    guest.house.until("sensor.home_pending", "0")
    phone_page.types("OK")
    phone_page.sends()
    guest.house.until("input_boolean.siren", "off")
    guest.house.act("homeassistant.update_entity", entity_id="sensor.home_balance")
    expect(guest.page.locator("hui-logbook-card")).to_contain_text("Siren")
    guest.takes_both("siren-off", phone_page)
    guest.house.act("input_boolean.turn_off", entity_id="input_boolean.leak")
