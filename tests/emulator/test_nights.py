"""Nights of the marketing channel: nobody knows what the gateway does with an SMS at three in the morning."""

import pytest

from tests.support.gateway import Gateway

from .http_client import NUMBER, HttpClient

NIGHT = "2026-07-14T03:00:00+02:00"
SATURDAY_EVENING = "2026-07-18T21:00:00+02:00"
ABROAD = "41791234567"


async def report(call: HttpClient, number: str = NUMBER) -> str:
    """Send an SMS, and return what the gateway reports of it."""
    return await call("compteRendu", smsID=await call.send(numero=number))


@pytest.mark.parametrize(("night", "status"), [("sends", 0), ("holds", 0), ("rejects", 22)])
async def test_an_sms_at_night_is_sent_held_or_rejected(
    call: HttpClient, gateway: Gateway, night: str, status: int
) -> None:
    await gateway.set_time(NIGHT)
    await gateway.set(night=night)
    assert await report(call) == f"{NUMBER} {status}"


@pytest.mark.parametrize(("moment", "hours"), [(NIGHT, 5), (SATURDAY_EVENING, 35)])
async def test_what_is_held_arrives_when_the_day_begins(
    call: HttpClient, gateway: Gateway, moment: str, hours: int
) -> None:
    await gateway.set_time(moment)
    await gateway.set(night="holds", progression=1)
    message_id = await call.send()
    await gateway.advance(hours * 3600 - 10)
    assert await call("compteRendu", smsID=message_id) == f"{NUMBER} 0"
    await gateway.advance(20)
    assert await call("compteRendu", smsID=message_id) == f"{NUMBER} 11"


async def test_by_day_and_abroad_nothing_is_held(call: HttpClient, gateway: Gateway) -> None:
    await gateway.set(night="rejects")
    await gateway.set_time(NIGHT)
    assert await report(call, ABROAD) == f"{ABROAD} 0"
    await gateway.set_time("2026-07-14T12:00:00+02:00")
    assert await report(call) == f"{NUMBER} 0"


async def test_a_night_that_nobody_knows_is_refused(gateway: Gateway) -> None:
    with pytest.raises(AssertionError):
        await gateway.set(night="sleeps")
