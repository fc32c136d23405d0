"""What waits is seen, hurried, called off and dropped; what is urgent goes first; the clock and the disk may fail."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.smsmode.const import DOMAIN
from tests.gateway import Gateway
from tests.house import ALICE, BOB, House

# Of a patience that is over; frozen time never gets past zero.
OVER = -1


async def send(house: House, message: str = "Water!", **data: Any) -> dict[str, Any]:
    """Send to Alice, and give what the response says of the message."""
    response = await house.async_call("send_message", **({"message": message, "target": ["Alice"]} | data))
    sent: dict[str, Any] = response["messages"][0]
    return sent


async def texts(gateway: Gateway) -> list[str]:
    """Give the texts that the gateway has accepted."""
    return [message.text for message in await gateway.messages()]


def queued(house: House) -> int:
    """Give what the sensor shows."""
    return int(house.state("sensor.home_queued").state)


def issue(house: House, problem: str) -> ir.IssueEntry | None:
    """Give the repair issue of the account, if it is shown."""
    return ir.async_get(house.hass).async_get_issue(DOMAIN, f"{problem}_{house.entry.entry_id}")


@contextmanager
def full_disk(house: House) -> Iterator[None]:
    """Have the disk take nothing for the length of the block."""
    connection = house.account.storage._database._connection
    connection.execute("CREATE TEMP TRIGGER full BEFORE INSERT ON record BEGIN SELECT RAISE(FAIL, 'disk is full'); END")
    yield
    connection.execute("DROP TRIGGER full")


async def test_messages_that_wait_for_long_are_a_repair_issue_that_goes_away_by_itself(house: House) -> None:
    async with house.gateway.offline():
        for text in ("one", "two"):
            assert (await send(house, text))["status"] == "queued"
        await house.async_wait(minutes=3)
        assert (queued(house), issue(house, "messages_waiting")) == (2, None)
        await house.async_wait(minutes=4)
        shown = issue(house, "messages_waiting")
        assert shown
        assert shown.translation_placeholders == {"account": "Home", "count": "2"}
    await house.async_wait(minutes=7)
    assert (queued(house), issue(house, "messages_waiting")) == (0, None)
    assert await texts(house.gateway) == ["one", "two"]


async def test_a_reload_takes_the_issue_of_what_waits_back_until_it_waits_again(house: House) -> None:
    async with house.gateway.offline():
        await send(house)
        await house.async_wait(minutes=7)
        assert issue(house, "messages_waiting")
        await house.hass.config_entries.async_unload(house.entry.entry_id)
        assert not issue(house, "messages_waiting")


async def test_what_waits_is_called_off_by_its_queue_id(house: House) -> None:
    async with house.gateway.offline():
        first, second = await send(house, "one"), await send(house, "two")
        assert await house.async_call("delete_message", queue_id=first["queue_id"]) == {"cancelled": True}
        assert queued(house) == 1
    await house.async_wait(minutes=1)
    assert await texts(house.gateway) == ["two"]
    assert house.account.storage.budget.spent_today.total() == 1
    with pytest.raises(ServiceValidationError) as err:
        await house.async_call("delete_message", queue_id=second["queue_id"])
    assert err.value.translation_key == "queue_id_unknown"


async def test_what_was_called_off_may_be_sent_again_at_once(house: House) -> None:
    async with house.gateway.offline():
        first = await send(house)
        await house.async_call("delete_message", queue_id=first["queue_id"])
    assert (await send(house))["status"] == "accepted"


async def test_the_latest_message_to_a_number_is_called_off_before_any_is_deleted_at_the_gateway(house: House) -> None:
    await send(house, "sent")
    async with house.gateway.offline():
        await send(house, "one")
        await send(house, "two")
        assert await house.async_call("delete_message", number="06 12 34 56 78") == {"cancelled": True}
    await house.async_wait(minutes=1)
    assert await texts(house.gateway) == ["sent", "one"]
    assert (await house.async_call("delete_message", number=ALICE))["description"]
    assert await texts(house.gateway) == ["sent"]


@pytest.mark.parametrize("action", ["send_message", "send_voice_message", "send_batch"])
async def test_a_message_to_several_is_called_off_for_one_of_them(house: House, action: str) -> None:
    fields: dict[str, Any] = {"message": "x", "target": [ALICE, BOB]}
    if action == "send_batch":
        fields = {"messages": [{"target": number, "message": "x"} for number in (ALICE, BOB)]}
    async with house.gateway.offline():
        await house.async_call(action, **fields)
        assert await house.async_call("delete_message", number=ALICE) == {"cancelled": True}
    await house.async_wait(minutes=1)
    (message,) = await house.gateway.messages()
    assert message.numbers == [BOB.removeprefix("+")]


@pytest.mark.parametrize("target", [["Alice"], [ALICE, BOB]], ids=["to her alone", "to others as well"])
async def test_what_may_have_left_is_not_called_off_but_is_not_sent_again_either(
    house: House, target: list[str]
) -> None:
    await house.gateway.fail("sendSMS.do", "drop_before")
    await send(house, target=target)
    assert await house.async_call("delete_message", number=ALICE) == {"cancelled": False}
    for _ in range(4):
        await house.async_wait(seconds=40)
    # To others as well: they still get it.
    assert await texts(house.gateway) == ([] if target == ["Alice"] else ["Water!"])
    assert queued(house) == 0


async def test_the_queue_is_tried_at_once(house: House) -> None:
    async with house.gateway.offline():
        await send(house)
        for _ in range(6):
            await house.async_wait(minutes=6)
    assert await house.async_call("flush") == {"count": 1}
    assert await texts(house.gateway) == ["Water!"]


async def test_the_queue_is_dropped_what_waits_and_what_is_doubtful(house: House) -> None:
    await house.gateway.fail("sendSMS.do", "drop_before")
    await send(house, "doubtful")
    async with house.gateway.offline():
        await send(house, "waiting")
        assert await house.async_call("flush", mode="drop") == {"count": 2}
    for _ in range(5):
        await house.async_wait(minutes=1)
    assert await texts(house.gateway) == []
    # The doubtful one may have been paid.
    assert house.account.storage.budget.spent_today.total() == 1


async def test_the_queue_is_for_administrators(
    hass: HomeAssistant, house: House, hass_read_only_user: MockUser
) -> None:
    with pytest.raises(Unauthorized):
        await hass.services.async_call(
            DOMAIN, "flush", {}, blocking=True, context=Context(user_id=hass_read_only_user.id)
        )


async def test_what_is_urgent_leaves_before_what_waited_longer(house: House) -> None:
    async with house.gateway.offline():
        for number in range(12):
            await send(house, f"news {number}")
        await send(house, "Fire!", urgent=True)
    await house.async_call("flush")
    sent = await texts(house.gateway)
    assert "Fire!" in sent[:8]
    assert len(sent) == 13


async def test_an_automation_gone_mad_does_not_silence_the_fire_alarm(hass: HomeAssistant, house: House) -> None:
    hass.config_entries.async_update_entry(house.entry, options={"daily_limit": 3, "urgent_daily_limit": 2})
    await house.async_settle()
    limits = house.capture("smsmode_limit_reached")
    for number in range(10):
        if number < 3:
            await send(house, f"mad {number}")
            continue
        with pytest.raises(HomeAssistantError) as err:
            await send(house, f"mad {number}")
        assert err.value.translation_key == "daily_limit_reached"
    await house.async_notify(message="Fire!", target=["Alice"], data={"urgent": True})
    await send(house, "Fire, still!", urgent=True)
    with pytest.raises(HomeAssistantError) as err:
        await send(house, "Fire, again!", urgent=True)
    assert err.value.translation_key == "urgent_daily_limit_reached"
    assert (await texts(house.gateway))[3:] == ["Fire!", "Fire, still!"]
    # Said once, however many messages were stopped.
    assert [event.data for event in limits] == [
        {"config_entry_id": house.entry.entry_id, "limit": "daily_limit_reached", "segments": 3},
        {"config_entry_id": house.entry.entry_id, "limit": "urgent_daily_limit_reached", "segments": 2},
    ]
    assert issue(house, "daily_limit_reached")
    assert issue(house, "urgent_daily_limit_reached")


async def test_a_limit_that_was_reached_is_said_again_only_when_there_was_room_again(
    hass: HomeAssistant, house: House
) -> None:
    hass.config_entries.async_update_entry(house.entry, options={"recipient_hourly_limit": 1})
    await house.async_settle()
    limits = house.capture("smsmode_limit_reached")
    for hour in range(2):
        await send(house, f"{hour} first")
        for number in range(3):
            with pytest.raises(HomeAssistantError):
                await send(house, f"{hour} {number}")
        assert issue(house, "recipient_limit_reached")
        await house.async_wait(minutes=61)
        assert not issue(house, "recipient_limit_reached")
    assert len(limits) == 2


async def test_a_limit_of_the_day_is_over_at_midnight_and_with_a_reload(hass: HomeAssistant, house: House) -> None:
    hass.config_entries.async_update_entry(house.entry, options={"daily_limit": 1})
    await house.async_settle()
    for day in range(2):
        await send(house, f"{day}")
        with pytest.raises(HomeAssistantError):
            await send(house, f"{day} more")
        assert issue(house, "daily_limit_reached")
        if day == 0:
            midnight = dt_util.start_of_local_day(dt_util.now() + timedelta(days=1))
            await house.async_wait(seconds=(midnight - dt_util.now()).total_seconds() + 1)
        else:
            await house.async_reload()
        assert not issue(house, "daily_limit_reached")


async def test_what_is_urgent_has_room_where_there_is_none(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("custom_components.smsmode.outbox.MAX_ITEMS", 2)
    monkeypatch.setattr("custom_components.smsmode.outbox.MAX_URGENT", 1)
    async with house.gateway.offline():
        await send(house, "one")
        await send(house, "two")
        with pytest.raises(HomeAssistantError):
            await send(house, "three")
        await send(house, "Fire!", urgent=True)
        with pytest.raises(HomeAssistantError):
            await send(house, "Fire, again!", urgent=True)
    await house.async_call("flush")
    assert len(await texts(house.gateway)) == 3


async def test_the_same_text_to_the_same_person_within_a_minute_is_sent_once(house: House) -> None:
    first = await send(house)
    again = await send(house)
    assert (again["status"], again["duplicate_of"], again["message_id"]) == (
        "duplicate",
        first["message_id"],
        first["message_id"],
    )
    await house.async_notify(message="Water!", target=[ALICE])
    assert len(await texts(house.gateway)) == 1
    assert (await send(house, repeat=True))["status"] == "accepted"
    await house.async_wait(seconds=61)
    assert (await send(house))["status"] == "accepted"
    assert len(await texts(house.gateway)) == 3


@pytest.mark.parametrize(
    "other",
    [{"message": "Water?"}, {"target": [BOB]}, {"send_at": "2030-01-01 08:00:00"}, {"title": "Home"}],
    ids=["text", "person", "time", "title"],
)
async def test_what_differs_is_no_repetition(house: House, other: dict[str, Any]) -> None:
    await send(house)
    assert (await send(house, **other))["status"] == ("scheduled" if "send_at" in other else "accepted")


async def test_a_voice_message_is_no_repetition_of_an_sms(house: House) -> None:
    await send(house)
    response = await house.async_call("send_voice_message", message="Water!", target=["Alice"])
    assert response["messages"][0]["status"] == "accepted"


async def test_of_several_only_those_who_have_it_not_yet_are_written_to(house: House) -> None:
    first = await send(house)
    response = await house.async_call("send_message", message="Water!", target=["Alice", BOB])
    sent, repeated = response["messages"]
    assert (sent["status"], sent["recipients"]) == ("accepted", [BOB])
    assert (repeated["status"], repeated["recipients"]) == ("duplicate", [ALICE])
    assert repeated["duplicate_of"] == first["message_id"]
    assert house.account.storage.budget.spent_today.total() == 2


async def test_each_line_of_a_batch_is_meant(house: House) -> None:
    await send(house)
    line = {"target": "Alice", "message": "Water!"}
    for _ in range(2):
        assert (await house.async_call("send_batch", messages=[line, line]))["status"] == "accepted"
    assert [len(message.deliveries) for message in await house.gateway.messages()] == [1, 2, 2]


async def test_the_repetition_of_what_waits_names_it_in_the_queue(house: House) -> None:
    async with house.gateway.offline():
        first = await send(house)
        again = await send(house)
        assert (again["status"], again["duplicate_of"]) == ("duplicate", first["queue_id"])
        assert queued(house) == 1


async def test_a_repetition_of_what_was_refused_is_sent(house: House) -> None:
    await house.gateway.fail("sendSMS.do", "code:35")
    with pytest.raises(HomeAssistantError):
        await send(house)
    assert (await send(house))["status"] == "accepted"


async def two_at_once(house: House) -> list[Any]:
    """Send the same twice, the second while the first is on its way out; give those who wait for what comes of it."""
    await house.gateway.fail("sendSMS.do", "hang_before")
    first = asyncio.create_task(send(house))
    await house.gateway.asked("sendSMS.do")
    second = asyncio.create_task(send(house))
    await asyncio.sleep(0)
    assert not second.done()
    return [first, second]


async def test_a_repetition_waits_for_what_is_on_its_way_out(house: House) -> None:
    callers = await two_at_once(house)
    await house.gateway.release()
    first, second = await asyncio.gather(*callers)
    assert (first["status"], second["status"]) == ("accepted", "duplicate")
    assert second["duplicate_of"] == first["message_id"]
    assert len(await texts(house.gateway)) == 1


async def test_what_repeats_a_message_that_is_then_refused_is_refused_itself(house: House) -> None:
    callers = await two_at_once(house)
    await house.gateway.set(balance=0)
    await house.gateway.release()
    errors = await asyncio.gather(*callers, return_exceptions=True)
    assert [getattr(error, "translation_key", None) for error in errors] == ["no_credit_balance"] * 2


async def test_a_repetition_does_not_wait_for_ever(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("custom_components.smsmode.messenger.PATIENCE", OVER)
    first, second = await two_at_once(house)
    (waiting,) = house.account.storage.outbox.items
    await house.gateway.release()
    assert (await second)["duplicate_of"] == waiting
    assert (await first)["status"] == "queued"


async def test_a_caller_who_does_not_mind_the_queue_does_not_wait_for_a_gateway_that_stalls(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.smsmode.messenger.PATIENCE", OVER)
    await house.gateway.fail("sendSMS.do", "hang_before")
    message = {"message": "Water!", "target": ["Alice"]}
    await house.hass.services.async_call(DOMAIN, "send_message", message, blocking=True)
    await house.gateway.asked("sendSMS.do")
    await house.gateway.release()
    await house.async_settle()
    assert await texts(house.gateway) == ["Water!"]
    assert queued(house) == 0


async def test_a_refusal_that_its_caller_did_not_wait_for_is_told_to_the_house(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports = house.capture("smsmode_delivery_report")
    await house.gateway.fail("sendSMS.do", "hang_before")
    caller = asyncio.create_task(
        house.hass.services.async_call(DOMAIN, "send_message", {"message": "x", "target": ["Alice"]}, blocking=True)
    )
    await house.gateway.asked("sendSMS.do")
    caller.cancel()
    await house.gateway.set(balance=0)
    await house.gateway.release()
    await house.async_settle()
    assert [event.data["status"] for event in reports] == ["insufficient_credit"]
    assert issue(house, "message_given_up")


@pytest.mark.parametrize("days", [-4_000, 4_000], ids=["back", "forward"])
async def test_a_clock_that_is_set_neither_expires_nor_delays_what_waits(
    house: House, monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    """A small computer without a battery starts in the past, and learns the time from the network."""
    steady = [0.0]
    monkeypatch.setattr("custom_components.smsmode.postman.monotonic", lambda: steady[0])
    await house.async_reload()
    async with house.gateway.offline():
        await send(house)
        steady[0] += 10
        await house.async_wait(seconds=10)
        assert queued(house) == 1
    # The clock is set; one second goes by.
    house.freezer.tick(timedelta(days=days))
    steady[0] += 310
    house.freezer.tick(timedelta(seconds=310))
    house.account.postman._async_ring(dt_util.utcnow())
    await house.async_settle()
    for _ in range(3):
        steady[0] += 310
        await house.async_wait(seconds=310)
    assert await texts(house.gateway) == ["Water!"]


async def test_a_full_disk_keeps_no_alert_from_leaving(house: House) -> None:
    with full_disk(house):
        assert (await send(house))["status"] == "accepted"
        assert issue(house, "state_unwritable")
    await house.async_wait(minutes=2)
    assert not issue(house, "state_unwritable")
    await house.async_reload()
    assert list(house.account.storage.ledger.messages) == [(await house.gateway.messages())[0].id]


async def test_what_waits_on_a_full_disk_leaves_when_there_is_room_again_and_once(house: House) -> None:
    with full_disk(house):
        async with house.gateway.offline():
            assert (await send(house))["status"] == "queued"
        # Its first attempt is over; the disk cannot be told of another.
        await house.async_wait(minutes=1)
        assert await texts(house.gateway) == []
    for _ in range(3):
        await house.async_wait(minutes=2)
    assert await texts(house.gateway) == ["Water!"]
    assert queued(house) == 0


async def test_a_message_that_comes_when_the_account_is_just_closed_is_refused_aloud(house: House) -> None:
    await house.account.storage.async_close()
    with pytest.raises(HomeAssistantError) as err:
        await send(house)
    assert err.value.translation_key == "account_stopping"
    assert await texts(house.gateway) == []


async def test_a_house_that_starts_without_internet_keeps_what_is_sent_and_sends_it_when_it_can(
    hass: HomeAssistant, house: House
) -> None:
    await hass.config_entries.async_unload(house.entry.entry_id)
    async with house.gateway.offline():
        await house.async_set_up()
        assert house.entry.state is ConfigEntryState.LOADED
        assert (await send(house))["status"] == "queued"
    await house.async_wait(seconds=30)
    assert await texts(house.gateway) == ["Water!"]
