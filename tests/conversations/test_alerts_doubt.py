"""An alert goes on although nobody knows whether the message of a step left."""

import pytest

from tests.support.dialogs import ACTIVE, alert, sent
from tests.support.house import ALICE_DIGITS, BOB_DIGITS, House

FIRST, SECOND = ("Water", [ALICE_DIGITS]), ("Water", [BOB_DIGITS])


async def minutes_go_by(house: House, count: int) -> None:
    """Let minutes go by one by one."""
    for _ in range(count):
        await house.async_wait(minutes=1)


def step(house: House) -> tuple[int, str]:
    """Return the step of the only alert, and its state."""
    (shown,) = house.state(ACTIVE).attributes["alerts"]
    return shown["step"], shown["state"]


@pytest.mark.parametrize("accepted", [True, False], ids=["accepted", "not accepted"])
async def test_after_three_minutes_in_doubt_the_next_person_is_alarmed(house: House, accepted: bool) -> None:
    await house.gateway.fail("smsList.do", "code:31", None)
    await house.gateway.fail("sendSMS.do", "drop_after" if accepted else "drop_before")
    await alert(house)
    await minutes_go_by(house, 2)
    assert step(house) == (1, "sending")
    await minutes_go_by(house, 1)
    await house.async_wait(seconds=2)
    assert step(house) == (2, "delivering")
    assert await sent(house) == [FIRST] * accepted + [SECOND]


async def test_a_restart_does_not_make_the_doubt_longer(house: House) -> None:
    await house.gateway.fail("smsList.do", "code:31", None)
    await house.gateway.fail("sendSMS.do", "drop_after")
    await alert(house)
    await minutes_go_by(house, 2)
    await house.async_reload()
    await minutes_go_by(house, 2)
    assert await sent(house) == [FIRST, SECOND]


async def test_a_message_that_is_found_in_time_is_waited_for(house: House) -> None:
    await house.gateway.fail("smsList.do", "code:31", seconds=80)
    await house.gateway.fail("sendSMS.do", "drop_after")
    await alert(house, steps=[{"target": "Alice", "delivery_timeout": {"minutes": 9}}, {"target": BOB_DIGITS}])
    await minutes_go_by(house, 2)
    assert step(house) == (1, "delivering")
    await minutes_go_by(house, 4)
    assert step(house) == (1, "delivering")


async def test_a_doubt_about_the_last_step_ends_the_alert(house: House) -> None:
    await house.gateway.fail("smsList.do", "code:31", None)
    await house.gateway.fail("sendSMS.do", "drop_after")
    changes = house.capture("smsmode_alert_changed")
    await alert(house, steps=[{"target": "Alice"}])
    await minutes_go_by(house, 4)
    assert [change.data["state"] for change in changes] == ["sending", "exhausted"]
