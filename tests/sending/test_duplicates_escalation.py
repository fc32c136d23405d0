"""A repetition that is more urgent, lives longer, asks for a reply or belongs to something else is none."""

from typing import Any

import pytest

from tests.support.house import ALICE, House
from tests.support.sends import queued, send, texts

SHORT = {"minutes": 2}


async def test_a_more_urgent_repetition_of_what_waits_leaves_when_the_gateway_is_back(house: House) -> None:
    async with house.gateway.offline():
        assert (await send(house, expires_after=SHORT))["status"] == "queued"
        assert (await send(house, urgent=True, expires_after={"hours": 6}))["status"] == "queued"
        await house.async_wait(minutes=5)
    await house.async_wait(minutes=6)
    assert await texts(house.gateway) == ["Water!"]


@pytest.mark.parametrize(
    ("first", "second", "is_repetition"),
    [
        ({}, {"urgent": True}, False),
        ({"urgent": True}, {}, True),
        ({"expires_after": SHORT}, {}, False),
        ({"expires_after": SHORT}, {"expires_after": {"minutes": 4}}, False),
        ({}, {"expires_after": SHORT}, True),
        ({}, {"reply": True}, False),
        ({"reply": True}, {}, True),
        ({}, {"reference": "cellar"}, False),
        ({"reference": "cellar"}, {"reference": "cellar"}, True),
        ({"reference": "cellar"}, {}, True),
        ({"reference": "attic"}, {"reference": "cellar"}, False),
    ],
)
async def test_what_waits_is_repeated_only_by_what_asks_for_no_more(
    house: House, first: dict[str, Any], second: dict[str, Any], is_repetition: bool
) -> None:
    async with house.gateway.offline():
        await send(house, **first)
        again = await send(house, **second)
        assert again["status"] == ("duplicate" if is_repetition else "queued")
        assert queued(house) == (1 if is_repetition else 2)


async def test_a_repetition_some_seconds_later_does_not_live_longer(house: House) -> None:
    async with house.gateway.offline():
        await send(house)
        await house.async_wait(seconds=50)
        assert (await send(house))["status"] == "duplicate"


@pytest.mark.parametrize(
    ("second", "status"),
    [
        ({"urgent": True}, "duplicate"),
        ({"expires_after": {"hours": 6}}, "duplicate"),
        ({"reply": True}, "accepted"),
        ({"reference": "cellar"}, "accepted"),
    ],
)
async def test_what_the_gateway_has_is_neither_hurried_nor_kept_longer_by_a_repetition(
    house: House, second: dict[str, Any], status: str
) -> None:
    await send(house)
    assert (await send(house, **second))["status"] == status


async def test_two_questions_of_one_text_are_asked_both(house: House) -> None:
    fields = {"question": "Water?", "target": [ALICE], "ready_answers": "yes_no"}
    for serial in (1, 2):
        await house.hass.services.async_call("smsmode", "ask", fields, blocking=False)
        await house.gateway.wait_for_requests("sendSMS.do", serial)
    assert await texts(house.gateway) == ["Water?", "Water?"]


async def test_for_another_time_the_same_holds(house: House) -> None:
    at = "2030-01-01 08:00:00"
    first = await send(house, send_at=at)
    assert (await send(house, send_at=at))["duplicate_of"] == first["message_id"]
    assert (await send(house, send_at=at, reference="cellar"))["status"] == "scheduled"
    async with house.gateway.offline():
        await send(house, "Fire!", send_at=at)
        assert (await send(house, "Fire!", send_at=at))["status"] == "duplicate"
        assert (await send(house, "Fire!", send_at=at, urgent=True))["status"] == "queued"
