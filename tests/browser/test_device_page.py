"""What an account shows of itself, after some messages."""

import pytest

from .browser_user import Person

pytestmark = pytest.mark.both_languages


def test_a_device_shows_what_is_known_of_the_account(person: Person) -> None:
    balance = "sensor.maison_solde" if person.words.language == "fr" else "sensor.home_balance"
    person.opens(f"/config/devices/device/{person.house.device_of(balance)}")
    for sensor in ("balance", "spent_this_month", "days_left", "active_alerts"):
        person.reads(person.words.ours(f"entity.sensor.{sensor}.name"))
    person.waits_for_all()
    person.takes("device")
