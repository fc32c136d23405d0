"""What an account shows of itself, after some messages."""

import pytest

from .browser_user import BrowserUser

pytestmark = pytest.mark.both_languages


def test_a_device_shows_what_is_known_of_the_account(user: BrowserUser) -> None:
    balance = "sensor.maison_solde" if user.words.language == "fr" else "sensor.home_balance"
    user.opens(f"/config/devices/device/{user.house.device_of(balance)}")
    for sensor in ("balance", "spent_this_month", "days_left", "active_alerts"):
        user.reads(user.words.ours(f"entity.sensor.{sensor}.name"))
    user.waits_for_all()
    user.takes("device")
