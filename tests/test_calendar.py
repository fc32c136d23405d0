"""The calendar of what is to leave later."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.calendar.const import EVENT_SUMMARY
from homeassistant.config_entries import ConfigSubentryData
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.smsmode.config.entry_update import create_subentry
from tests.support.gateway import Gateway
from tests.support.house import ALICE, ALICE_DIGITS, BOB, House, account_entry

CALENDAR = "calendar.home_sms_to_send"


DUPONT = "33698765431"
MARIE = "33698765432"


@pytest.fixture
def entry(gateway: Gateway) -> MockConfigEntry:
    """Return an account that lets people write SMS by adding events."""
    return account_entry(gateway, calendar_events=True)


def add_recipient(house: House, name: str, number: str) -> None:
    data = ConfigSubentryData(data={"number": number}, subentry_type="recipient", title=name, unique_id=number)
    house.hass.config_entries.async_add_subentry(house.entry, create_subentry(data))


def tomorrow(**more: float) -> str:
    return (dt_util.now().replace(second=0, microsecond=0) + timedelta(days=1, **more)).isoformat()


async def events(house: House) -> list[dict[str, Any]]:
    """Give the events of the next three days."""
    response = await house.hass.services.async_call(
        "calendar",
        "get_events",
        {"entity_id": CALENDAR, "duration": {"days": 3}},
        blocking=True,
        return_response=True,
    )
    assert response is not None
    found: list[dict[str, Any]] = response[CALENDAR]["events"]  # type: ignore[index, call-overload, assignment]
    return found


async def create(house: House, **event: Any) -> None:
    data = {"entity_id": CALENDAR, EVENT_SUMMARY: "Take your pills"}
    if "start_date" not in event:
        data |= {"start_date_time": tomorrow(), "end_date_time": tomorrow(minutes=5)}
    await house.hass.services.async_call("calendar", "create_event", data | event, blocking=True)
    await house.async_settle()


async def delete(house: House, socket: WebSocketGenerator, uid: str) -> dict[str, Any]:
    client = await socket(house.hass)
    await client.send_json_auto_id({"type": "calendar/event/delete", "entity_id": CALENDAR, "uid": uid})
    answer: dict[str, Any] = await client.receive_json()
    await house.async_settle()
    return answer


async def uid_of_the_only_event(house: House, socket: WebSocketGenerator) -> str:
    client = await socket(house.hass)
    await client.send_json_auto_id(
        {
            "type": "calendar/event/subscribe",
            "entity_id": CALENDAR,
            "start": tomorrow(hours=-24),
            "end": tomorrow(hours=24),
        }
    )
    await client.receive_json()
    (event,) = (await client.receive_json())["event"]["events"]
    return str(event["uid"])


@pytest.mark.parametrize(
    ("description", "numbers", "named"),
    [
        pytest.param("Alice", [ALICE_DIGITS], "Alice", id="a name"),
        pytest.param("Alice, 06 98 76 54 32", [ALICE_DIGITS, BOB.removeprefix("+")], "Alice, …432", id="a number too"),
        pytest.param("Alice\nAlice;", [ALICE_DIGITS], "Alice", id="twice"),
    ],
)
async def test_an_event_that_is_created_is_an_sms_at_that_time(
    house: House, description: str, numbers: list[str], named: str
) -> None:
    await create(house, description=description)
    (message,) = await house.gateway.messages()
    assert (message.text, message.numbers) == ("Take your pills", numbers)
    assert dt_util.parse_datetime(message.leaves_at) == dt_util.parse_datetime(tomorrow())
    (event,) = await events(house)
    assert (event["summary"], event["description"]) == ("Take your pills", named)
    assert dt_util.parse_datetime(event["start"]) == dt_util.parse_datetime(tomorrow())


@pytest.mark.parametrize("description", ["", " ", "\n,;\n"])
async def test_an_event_that_names_nobody_is_no_sms_to_everybody(house: House, description: str) -> None:
    with pytest.raises(HomeAssistantError, match="who gets the SMS"):
        await create(house, description=description)
    with pytest.raises(HomeAssistantError, match="who gets the SMS"):
        await create(house)
    assert not await house.gateway.messages()


async def test_the_calendar_is_called_what_it_is(house: House) -> None:
    assert house.state(CALENDAR).name == "Home SMS to send"


async def test_no_event_is_an_sms_unless_the_account_allows_it(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway
) -> None:
    house = House(hass, freezer, gateway, account_entry(gateway))
    await house.async_set_up()
    with pytest.raises(HomeAssistantError, match="SMS from calendar events"):
        await create(house, description="Alice")
    assert not await gateway.messages()


@pytest.mark.parametrize(
    ("description", "numbers"),
    [
        pytest.param("DUPONT, Marie", [DUPONT], id="a name with a comma"),
        pytest.param("dupont, marie, Marie", [DUPONT, MARIE], id="and another"),
        pytest.param("Marie, DUPONT, Marie", [MARIE, DUPONT], id="behind another"),
        pytest.param("Marie; Alice", [MARIE, ALICE_DIGITS], id="semicolon"),
        pytest.param("Alice\nDUPONT, Marie", [ALICE_DIGITS, DUPONT], id="lines"),
        pytest.param("Marie Alice, Marie", [MARIE], id="two words are no two names"),
    ],
)
async def test_a_whole_name_goes_before_its_parts(house: House, description: str, numbers: list[str]) -> None:
    for name, number in (("DUPONT, Marie", DUPONT), ("Marie", MARIE)):
        add_recipient(house, name, f"+{number}")
    await house.async_reload()
    if "Marie Alice" in description:
        with pytest.raises(HomeAssistantError, match="no such recipient"):
            await create(house, description=description)
        return
    await create(house, description=description)
    assert [number for message in await house.gateway.messages() for number in message.numbers] == numbers


async def test_an_event_that_names_somebody_unknown_is_refused_whole(house: House) -> None:
    with pytest.raises(HomeAssistantError, match="no such recipient"):
        await create(house, description="Alice, Alise")
    assert not await house.gateway.messages()


async def test_the_state_says_to_whom_and_when_but_not_what(house: House) -> None:
    await create(house, description="Alice")
    state = house.state(CALENDAR)
    assert (state.state, state.attributes["message"], state.attributes["description"]) == ("off", "Alice", "Alice")
    assert "pills" not in str(state.as_dict())
    assert ALICE not in str(state.as_dict())


async def test_what_has_left_is_not_in_the_calendar_any_more(house: House) -> None:
    await create(house, description="Alice")
    await house.async_reload()
    assert len(await events(house)) == 1
    # The second of the start is any, and a schedule has whole minutes.
    await house.async_wait(days=1, minutes=1)
    assert await events(house) == []
    assert "message" not in house.state(CALENDAR).attributes


async def test_an_event_that_is_deleted_is_cancelled_at_the_gateway(
    house: House, hass_ws_client: WebSocketGenerator
) -> None:
    await create(house, description="Alice")
    balance = await house.gateway.balance()
    answer = await delete(house, hass_ws_client, await uid_of_the_only_event(house, hass_ws_client))
    assert answer["success"]
    assert not await house.gateway.messages()
    assert await house.gateway.balance() == balance + 1
    assert await events(house) == []
    assert "message" not in house.state(CALENDAR).attributes


async def test_an_event_that_still_waits_here_is_called_off(house: House, hass_ws_client: WebSocketGenerator) -> None:
    async with house.gateway.offline():
        await create(house, description="Alice")
        (event,) = await events(house)
        assert event["summary"] == "Take your pills"
        uid = await uid_of_the_only_event(house, hass_ws_client)
        assert (await delete(house, hass_ws_client, uid))["success"]
    await house.async_wait(minutes=6)
    assert not await house.gateway.messages()


async def test_an_event_that_may_have_left_already_cannot_be_deleted_yet(
    house: House, hass_ws_client: WebSocketGenerator
) -> None:
    await house.gateway.fail("sendSMS.do", "drop_after")
    await house.gateway.fail("smsList.do", "drop_before", None)
    await create(house, description="Alice")
    uid = await uid_of_the_only_event(house, hass_ws_client)
    answer = await delete(house, hass_ws_client, uid)
    assert answer["error"]["message"].startswith("The message may be at the gateway already")
    await house.gateway.clear_faults()


async def test_an_event_that_the_gateway_does_not_know_any_more_goes_and_says_so(
    house: House, hass_ws_client: WebSocketGenerator
) -> None:
    await create(house, description="Alice")
    uid = await uid_of_the_only_event(house, hass_ws_client)
    await house.account.client.delete_message(message_id=uid)
    answer = await delete(house, hass_ws_client, uid)
    assert answer["error"]["message"].startswith("The gateway does not have this message")
    assert await events(house) == []


async def test_without_the_gateway_nothing_is_deleted(house: House, hass_ws_client: WebSocketGenerator) -> None:
    await create(house, description="Alice")
    uid = await uid_of_the_only_event(house, hass_ws_client)
    async with house.gateway.offline():
        answer = await delete(house, hass_ws_client, uid)
    assert answer["error"]["message"].startswith("The gateway cannot be reached")
    assert len(await events(house)) == 1


async def test_a_batch_is_shown_by_some_of_its_recipients(house: House) -> None:
    rows = [{"target": f"06 12 34 5{n // 10} {n % 10}0", "message": f"Slot {n}"} for n in range(30)]
    await house.async_call("send_batch", messages=rows, send_at=tomorrow())
    (event,) = await events(house)
    assert event["summary"] == event["description"]
    assert event["summary"].count("…") == 21


@pytest.mark.parametrize(
    ("event", "key"),
    [
        pytest.param({"start_date": "2030-01-01", "end_date": "2030-01-02"}, "event_without_time", id="whole day"),
        pytest.param({"description": "Nobody"}, "target_unknown_recipient", id="unknown recipient"),
        pytest.param({"summary": " "}, "text_empty", id="no text"),
        pytest.param(
            {"start_date_time": "2020-01-01T10:00:00+00:00", "end_date_time": "2020-01-01T11:00:00+00:00"},
            "date_past",
            id="past",
        ),
    ],
)
async def test_an_event_that_cannot_be_an_sms_is_refused_with_the_reason(
    house: House, event: dict[str, str], key: str
) -> None:
    with pytest.raises(HomeAssistantError) as caught:
        await create(house, **{"description": "Alice", **event})
    assert caught.value.translation_key == key
    assert not await house.gateway.requests("sendSMS.do")


async def test_an_event_that_repeats_is_refused(
    hass: HomeAssistant, house: House, hass_ws_client: WebSocketGenerator
) -> None:
    client = await hass_ws_client(hass)
    event = {"dtstart": tomorrow(), "dtend": tomorrow(minutes=5), "summary": "Pills", "rrule": "FREQ=DAILY"}
    await client.send_json_auto_id({"type": "calendar/event/create", "entity_id": CALENDAR, "event": event})
    answer = await client.receive_json()
    assert answer["error"]["message"].startswith("A scheduled SMS is sent once")
    assert not await house.gateway.messages()


async def test_without_the_gateway_the_calendar_is_there(house: House) -> None:
    await create(house, description="Alice")
    async with house.gateway.offline():
        await house.async_poll()
        assert house.state(CALENDAR).state == "off"
        assert len(await events(house)) == 1


async def test_around_the_hour_that_autumn_repeats_no_event_is_over_before_it_begins(
    hass: HomeAssistant, house: House
) -> None:
    await hass.config.async_set_time_zone("Europe/Paris")
    house.freezer.move_to("2027-10-31T00:20:00+00:00")
    await house.gateway.set_time(dt_util.utcnow().isoformat())
    for minute in ("00:59", "01:30", "01:59"):
        await house.async_call(
            "send_message", message=minute, target=["Alice"], send_at=f"2027-10-31T{minute}:00+00:00"
        )
    found = [
        (datetime.fromisoformat(event["start"]), datetime.fromisoformat(event["end"])) for event in await events(house)
    ]
    a_minute = timedelta(minutes=1)
    assert [end - start for start, end in found] == [timedelta(0), a_minute, a_minute]


@pytest.mark.parametrize("status_fails", [False, True])
async def test_a_deletion_whose_answer_is_lost_is_settled_by_asking(
    house: House, hass_ws_client: WebSocketGenerator, status_fails: bool
) -> None:
    await house.async_call("send_message", message="later", target=["Alice"], send_at=tomorrow())
    uid = await uid_of_the_only_event(house, hass_ws_client)
    await house.gateway.fail("deleteSMS.do", "drop_after")
    if status_fails:
        await house.gateway.fail("smsStatus.do", "drop_before")
    answer = await delete(house, hass_ws_client, uid)
    assert answer["success"] is not status_fails
    await house.async_wait(seconds=70)
    assert not house.account.schedule_tracker.async_all()


async def test_a_deletion_that_never_reached_the_gateway_leaves_the_event(
    house: House, hass_ws_client: WebSocketGenerator
) -> None:
    await house.async_call("send_message", message="later", target=["Alice"], send_at=tomorrow())
    uid = await uid_of_the_only_event(house, hass_ws_client)
    await house.gateway.fail("deleteSMS.do", "drop_before")
    assert not (await delete(house, hass_ws_client, uid))["success"]
    for _ in range(12):
        await house.async_wait(minutes=1)
    asked = len(await house.gateway.requests("smsStatus.do"))
    await house.async_wait(minutes=5)
    assert asked == len(await house.gateway.requests("smsStatus.do")) == 10
    assert len(house.account.schedule_tracker.async_all()) == 1


async def test_nothing_is_asked_about_a_deletion_after_the_account_is_unloaded(
    house: House, hass_ws_client: WebSocketGenerator
) -> None:
    await house.async_call("send_message", message="later", target=["Alice"], send_at=tomorrow())
    tracker = house.account.schedule_tracker
    uid = await uid_of_the_only_event(house, hass_ws_client)
    await house.gateway.fail("deleteSMS.do", "drop_before")
    assert not (await delete(house, hass_ws_client, uid))["success"]
    await house.hass.config_entries.async_unload(house.entry.entry_id)
    assert not await tracker._async_settle(uid, 10)
    asked = len(await house.gateway.requests("smsStatus.do"))
    await house.async_wait(minutes=5)
    assert asked == len(await house.gateway.requests("smsStatus.do"))
