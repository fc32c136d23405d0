"""Clock of the emulator: moved by the caller; statuses advance by themselves or on command."""

from datetime import timedelta

import pytest
from freezegun.api import FrozenDateTimeFactory

from tests.support.gateway import Gateway

from .callback_server import CallbackServer
from .http_client import NUMBER, HttpClient


async def statuses(gateway: Gateway) -> list[int]:
    return [message.status for message in await gateway.messages()]


async def test_on_command_nothing_happens_by_itself(call: HttpClient, gateway: Gateway) -> None:
    await call.send()
    await gateway.advance(86400)
    assert await statuses(gateway) == [0]


async def test_step_by_step(call: HttpClient, gateway: Gateway) -> None:
    await call.send()
    await call("sendVoiceMessage", message="x", numero=NUMBER)
    assert await statuses(gateway) == [0, 0]
    await gateway.advance(steps=1)
    assert await statuses(gateway) == [13, 13]
    await gateway.advance(steps=1)
    assert await statuses(gateway) == [11, 16]
    await gateway.advance(steps=5)
    assert await statuses(gateway) == [11, 16]


async def test_with_a_progression_they_advance_with_the_time(call: HttpClient, gateway: Gateway) -> None:
    await gateway.set(progression=5)
    await call.send()
    await call("sendVoiceMessage", message="x", numero=NUMBER)
    await gateway.advance(5)
    assert await statuses(gateway) == [13, 13]
    await gateway.advance(5)
    assert await statuses(gateway) == [11, 13]
    await gateway.advance(10)
    assert await statuses(gateway) == [11, 16]


async def test_each_advance_calls_back(call: HttpClient, gateway: Gateway, callback_server: CallbackServer) -> None:
    await gateway.set(progression=5)
    await call.send(notification_url=callback_server.url)
    await gateway.advance(60)
    assert callback_server.values("statut") == ["13", "11"]
    first, second = callback_server.values("date_reception")
    assert first < second


async def test_what_was_reported_is_not_overtaken(call: HttpClient, gateway: Gateway) -> None:
    await gateway.set(progression=5)
    await gateway.report(await call.send(), NUMBER, 34)
    await gateway.advance(60)
    assert await statuses(gateway) == [34]


async def test_a_phone_that_is_off_gets_it_when_switched_on(call: HttpClient, gateway: Gateway) -> None:
    await gateway.set(progression=5)
    await gateway.phone(NUMBER, on=False)
    await call.send()
    await gateway.advance(3600)
    assert await statuses(gateway) == [13]
    await gateway.phone(NUMBER, on=True)
    assert await statuses(gateway) == [11]


async def test_a_scheduled_message_leaves_at_its_minute_in_paris(call: HttpClient, gateway: Gateway) -> None:
    await gateway.set_time("2026-07-14T09:59:30+02:00")
    message_id = await call.send(date_envoi="14072026-10:00")
    assert await call("smsStatus", smsID=message_id) == "10 | Programmé"
    await gateway.advance(29)
    assert await statuses(gateway) == [10]
    await gateway.advance(2)
    assert await call("smsStatus", smsID=message_id) == "0 | Envoyé"


async def test_this_minute_is_not_the_past(call: HttpClient, gateway: Gateway) -> None:
    await gateway.set_time("2026-07-14T10:00:30+02:00")
    assert await call("smsStatus", smsID=await call.send(date_envoi="14072026-10:00")) == "0 | Envoyé"
    assert (await call("sendSMS", message="x", numero=NUMBER, date_envoi="14072026-09:59")).startswith("35 | ")


async def test_a_deleted_scheduled_message_never_leaves(
    call: HttpClient, gateway: Gateway, callback_server: CallbackServer
) -> None:
    await gateway.set(progression=5)
    await gateway.set_time("2026-07-14T10:00:00+02:00")
    message_id = await call.send(date_envoi="14072026-10:05", notification_url=callback_server.url)
    await call("deleteSMS", smsID=message_id)
    await gateway.advance(3600)
    assert callback_server.queries == []
    assert await statuses(gateway) == []


@pytest.mark.parametrize("moment", ["2026-01-14T10:00:00+01:00", "2026-07-14T10:00:00+02:00"], ids=["winter", "summer"])
async def test_ten_in_paris_is_ten_in_the_lists(call: HttpClient, gateway: Gateway, moment: str) -> None:
    await gateway.set_time(moment)
    await call.send()
    assert " 10:00 | " in await call("smsList")


async def test_a_frozen_clock_is_obeyed(call: HttpClient, gateway: Gateway, freezer: FrozenDateTimeFactory) -> None:
    freezer.move_to("2026-07-14T08:00:00+00:00")
    await gateway.set(progression=5)
    await call.send()
    assert " | 14/07/2026 10:00 | " in await call("smsList")
    freezer.tick(timedelta(seconds=5))
    assert await statuses(gateway) == [13]


async def date_header(call: HttpClient) -> str | None:
    async with call.session.get(call.url("credit"), params={"accessToken": call.gateway.token}) as response:
        return response.headers.get("Date")


async def test_answers_have_the_date_of_the_gateways_clock(
    call: HttpClient, gateway: Gateway, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to("2026-07-14T08:00:00+00:00")
    assert await date_header(call) == "Tue, 14 Jul 2026 08:00:00 GMT"
    await gateway.advance(-20 * 60)
    assert await date_header(call) == "Tue, 14 Jul 2026 07:40:00 GMT"


async def test_answers_can_have_no_date(call: HttpClient, gateway: Gateway) -> None:
    await gateway.set(date_header=False)
    assert await date_header(call) is None


async def test_a_reset_begins_again(call: HttpClient, gateway: Gateway) -> None:
    await gateway.set(balance=3, callbacks="never", progression=5)
    await gateway.advance(3600)
    await call.send(classe_msg="4")
    await gateway.fail("*", "html", times=None)
    await gateway.reset()
    state = await gateway.state()
    assert (state["balance"], state["messages"], state["progression"]) == (100, [], None)
    assert await call("credit") == "100.0"
    assert len(await gateway.requests()) == 1
