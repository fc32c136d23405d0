"""Demo on one page: a leak, the SMS on the telephone beside it, an answer there, the siren off."""

import pytest
from playwright.sync_api import expect

from .conftest import UserFactory

pytestmark = pytest.mark.both_languages

LEAK = {"en": "Leak!", "fr": "Fuite\u202f!"}
MESSAGE = {"en": "Water on the kitchen floor", "fr": "De l’eau dans la cuisine"}
SIREN = {"en": "Siren", "fr": "Sirène"}
BALANCE = {"en": "sensor.home_balance", "fr": "sensor.maison_solde"}
PENDING = {"en": "sensor.home_pending", "fr": "sensor.maison_accuses_attendus"}


def test_a_leak_is_told_and_an_answer_stops_the_siren(new_user: UserFactory) -> None:
    user = new_user(width=1500, height=1150)
    language = user.words.language
    user.opens("/demo-house")
    phones = user.page.frame_locator("hui-iframe-card iframe")
    user.presses(LEAK[language])
    # The gateway writes a typographic apostrophe as the straight one of its alphabet.
    phones.get_by_text(MESSAGE[language].replace("’", "'")).last.wait_for()
    user.house.until(PENDING[language], "0")
    phones.get_by_role("textbox").fill("OK")
    phones.get_by_role("textbox").press("Enter")
    user.house.until("input_boolean.siren", "off")
    user.house.act("homeassistant.update_entity", entity_id=BALANCE[language])
    expect(user.page.locator("hui-logbook-card")).to_contain_text(SIREN[language])
    user.takes("siren-off")
    user.house.act("input_boolean.turn_off", entity_id="input_boolean.leak")
