"""An alarm that cannot leave as an SMS is told in another way, once, and in Home Assistant in any case."""

import contextlib
from datetime import timedelta
from typing import Any

import pytest
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import CoreState, HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.translation import async_load_integrations
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_mock_service

from custom_components.smsmode.sending.composer import MessageSendOptions
from tests.support.dialogs import ALERT, LEAK, alert, report
from tests.support.dialogs import sent as sent_words
from tests.support.gateway import Gateway
from tests.support.house import ALICE, BOB, House, account_entry
from tests.support.sends import issue, send, texts

FALLBACK = "notify.mobile_app_alice"
NO_CREDIT = "SMS to Alice could not be sent: there are not enough credits."
UNREACHABLE = "SMS to Alice could not be sent: the gateway cannot be reached."


@pytest.fixture
def entry(gateway: Gateway) -> MockConfigEntry:
    """Return an account with a fall-back."""
    return account_entry(gateway, fallback=FALLBACK)


@pytest.fixture
def told(hass: HomeAssistant) -> list[ServiceCall]:
    """Collect the calls of the fall-back."""
    calls: list[ServiceCall] = async_mock_service(hass, "notify", "mobile_app_alice")
    return calls


def messages(calls: list[ServiceCall]) -> list[str]:
    return [call.data["message"] for call in calls]


def notices(house: House) -> list[str]:
    """Return the persistent notifications."""
    return [notice["message"] for notice in house.hass.data.get("persistent_notification", {}).values()]


async def send_urgently(house: House, message: str = "Water!", **data: Any) -> None:
    """Send to Alice what the account refuses."""
    with pytest.raises(HomeAssistantError):
        await send(house, message, urgent=True, **data)
    await house.async_settle()


async def wait(house: House, minutes: int) -> None:
    for _ in range(minutes):
        await house.async_wait(minutes=1)


async def test_an_urgent_message_that_is_refused_is_told_with_the_reason(
    house: House, told: list[ServiceCall], caplog: pytest.LogCaptureFixture
) -> None:
    await house.gateway.set(balance=0)
    await send_urgently(house)
    assert messages(told) == [f"Water!\n{NO_CREDIT}"]
    assert notices(house) == ["To: Alice. Reason: there are not enough credits.\n\n```\nWater!\n```"]
    assert "Water!" not in caplog.text.replace("message: Water!", "")


async def test_what_is_not_urgent_or_cannot_be_sent_at_all_is_told_to_the_caller_alone(
    house: House, told: list[ServiceCall]
) -> None:
    await send_urgently(house, target=["Nobody"])
    await house.gateway.set(balance=0)
    with pytest.raises(HomeAssistantError):
        await send(house)
    await house.async_settle()
    assert (told, notices(house)) == ([], [])


async def test_an_urgent_message_that_waits_for_three_minutes_is_told_once_and_still_sent(
    house: House, told: list[ServiceCall]
) -> None:
    async with house.gateway.offline():
        await send(house, "Dinner")
        await send(house, urgent=True)
        await wait(house, 2)
        assert told == []
        await wait(house, 1)
        assert messages(told) == [f"Water!\n{UNREACHABLE}"]
        await wait(house, 3)
        await house.async_reload()
        await wait(house, 3)
    await wait(house, 6)
    assert len(told) == len(notices(house)) == 1
    assert sorted(await texts(house.gateway)) == ["Dinner", "Water!"]


async def test_one_that_expires_within_three_minutes_is_told_then(house: House, told: list[ServiceCall]) -> None:
    async with house.gateway.offline():
        await send(house, urgent=True, expires_after={"minutes": 1})
        await wait(house, 5)
    assert messages(told) == [f"Water!\n{UNREACHABLE}"]


async def test_one_that_waited_over_a_restart_is_told_when_home_assistant_has_started(
    house: House, told: list[ServiceCall]
) -> None:
    async with house.gateway.offline():
        await send(house, urgent=True)
        await house.hass.config_entries.async_unload(house.entry.entry_id)
        house.freezer.tick(timedelta(minutes=10))
        house.hass.set_state(CoreState.starting)
        await house.async_set_up()
        await wait(house, 1)
        assert told == []
        await has_started(house)
        assert len(told) == 1


async def has_started(house: House) -> None:
    house.hass.set_state(CoreState.running)
    house.hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await house.async_settle()


async def test_one_that_expired_while_the_house_was_off_wakes_nobody(house: House, told: list[ServiceCall]) -> None:
    async with house.gateway.offline():
        await send(house, urgent=True)
        await house.hass.config_entries.async_unload(house.entry.entry_id)
        house.freezer.tick(timedelta(hours=3))
        await house.async_set_up()
        await wait(house, 1)
    await house.gateway.set_time(dt_util.utcnow().isoformat())
    await wait(house, 10)
    assert (told, len(house.account.store.state.outbox)) == ([], 0)


async def test_a_notice_shows_a_long_text_whole(house: House) -> None:
    await house.gateway.set(balance=0)
    text = "The cellar is full of water, and the pump has not started. Call the plumber, please.\nThen call me."
    with pytest.raises(HomeAssistantError):
        await send(house, message=text, urgent=True)
    (notice,) = notices(house)
    shown = notice.split("```")[1].strip()
    assert shown.split() == text.split()
    assert shown.splitlines()[-1] == "Then call me."
    assert all(len(line) <= 40 for line in shown.splitlines())


async def test_a_refusal_while_home_assistant_starts_is_told_when_it_has_started(
    house: House, told: list[ServiceCall]
) -> None:
    house.hass.set_state(CoreState.starting)
    await house.async_reload()
    await house.gateway.set(balance=0)
    await send_urgently(house)
    assert (told, len(notices(house))) == ([], 1)
    await has_started(house)
    assert messages(told) == [f"Water!\n{NO_CREDIT}"]


async def test_one_that_waits_and_is_refused_then_is_told(house: House, told: list[ServiceCall]) -> None:
    async with house.gateway.offline():
        await send(house, urgent=True)
        await house.gateway.emulator.start(port=house.gateway.emulator.port)
        await house.gateway.set(balance=0)
        await wait(house, 2)
        await house.gateway.emulator.stop()
    assert messages(told) == [f"Water!\n{NO_CREDIT}"]


async def test_a_scheduled_message_waits_from_its_time_on(house: House, told: list[ServiceCall]) -> None:
    async with house.gateway.offline():
        await send(house, urgent=True, send_at=dt_util.utcnow() + timedelta(minutes=10))
        await wait(house, 12)
        assert told == []
        await wait(house, 1)
        assert len(told) == 1


async def test_a_message_in_doubt_is_told_as_one(house: House, told: list[ServiceCall]) -> None:
    await house.gateway.fail("sendSMS.do", "drop_after", act=False)
    await house.gateway.fail("smsList.do", "http:500", times=None)
    await send(house, urgent=True)
    await wait(house, 4)
    reason = "the gateway has not answered clearly, and it may have left"
    assert messages(told) == [f"Water!\nSMS to Alice could not be sent: {reason}."]


async def test_an_alert_is_told_once_however_many_steps_wait(house: House, told: list[ServiceCall]) -> None:
    async with house.gateway.offline():
        await alert(house)
        await wait(house, 70)
    assert messages(told) == [f"{LEAK}\n{UNREACHABLE}"]


async def test_an_alert_of_an_account_without_credit_is_told(house: House, told: list[ServiceCall]) -> None:
    await house.gateway.set(balance=0)
    with contextlib.suppress(HomeAssistantError):
        await house.hass.services.async_call("smsmode", "alert", ALERT, blocking=True)
    await house.async_settle()
    assert messages(told) == [f"{LEAK}\n{NO_CREDIT}"]


async def test_an_alert_that_nobody_can_be_reached_with_is_told(house: House, told: list[ServiceCall]) -> None:
    await house.gateway.fail("sendSMS.do", "code:35", times=2)
    with pytest.raises(HomeAssistantError):
        await alert(house)
    await house.async_settle()
    assert messages(told) == [f"{LEAK}\nSMS to …432 could not be sent: nobody can be reached."]


async def test_an_alert_that_is_refused_in_the_middle_is_told_once(house: House, told: list[ServiceCall]) -> None:
    await alert(house)
    await house.gateway.set(balance=0)
    await report(house, 3998)
    await wait(house, 5)
    assert messages(told) == [f"{LEAK}\nSMS to …432 could not be sent: there are not enough credits."]


async def test_an_alert_that_goes_on_with_others_is_not_told(house: House, told: list[ServiceCall]) -> None:
    await house.gateway.fail("sendSMS.do", "code:35")
    await alert(house)
    await report(house, 11, BOB.removeprefix("+"))
    assert len(await sent_words(house)) == 1
    assert (told, notices(house)) == ([], [])


async def test_the_news_that_an_alert_is_over_is_no_alarm(house: House, told: list[ServiceCall]) -> None:
    await alert(house)
    await house.gateway.set(balance=0)
    await house.async_call("acknowledge", alert_id="cellar")
    assert (told, notices(house)) == ([], [])


async def test_a_call_and_a_batch_are_told_with_their_texts(house: House, told: list[ServiceCall]) -> None:
    await house.gateway.set(balance=0)
    rows = [{"target": number, "message": f"Water {number[-1]}"} for number in (ALICE, BOB)]
    for action, data in (
        ("send_voice_message", {"message": "Water!", "target": ["Alice"], "urgent": True}),
        ("send_batch", {"messages": rows, "urgent": True}),
    ):
        with pytest.raises(HomeAssistantError):
            await house.async_call(action, **data)
    await house.async_settle()
    assert messages(told) == [
        f"Water!\n{NO_CREDIT}",
        "Water 8\nWater 2\nSMS to Alice, …432 could not be sent: there are not enough credits.",
    ]


async def test_who_is_refused_among_others_is_told(house: House, told: list[ServiceCall]) -> None:
    # The gateway of the tests has no groups.
    response = await house.async_call("send_message", message="Water!", target=["Alice", "Family"], urgent=True)
    assert [failed["reason"] for failed in response["failed"]] == ["gateway_parameter"]
    assert messages(told) == ["Water!\nSMS to Family could not be sent: the gateway refused it."]


async def test_of_many_people_some_are_named(house: House, told: list[ServiceCall]) -> None:
    await house.gateway.set(balance=0)
    await send_urgently(house, target=[f"+3361234567{digit}" for digit in range(8)])
    assert messages(told)[0].endswith(
        "SMS to …670, …671, …672, …673, …674 … could not be sent: there are not enough credits."
    )


@pytest.mark.parametrize(
    ("fault", "reason"), [("code:32", "the gateway refuses the API key"), ("code:35", "the gateway refused it")]
)
async def test_the_reason_is_said(house: House, told: list[ServiceCall], fault: str, reason: str) -> None:
    await house.gateway.fail("sendSMS.do", fault)
    await send_urgently(house)
    assert messages(told) == [f"Water!\nSMS to Alice could not be sent: {reason}."]


async def test_an_account_that_is_being_unloaded_is_told(house: House, told: list[ServiceCall]) -> None:
    house.account.dispatcher.async_stop()
    await send_urgently(house)
    assert messages(told) == ["Water!\nSMS to Alice could not be sent: the account is being reloaded."]


async def test_what_a_reload_refuses_is_not_told_for_it_is_sent_afterwards(
    hass: HomeAssistant, house: House, told: list[ServiceCall]
) -> None:
    house.account.dispatcher.async_stop()
    order = MessageSendOptions(message="Water!", targets=("Alice",), urgent=True)
    house.entry.mock_state(hass, ConfigEntryState.UNLOAD_IN_PROGRESS)
    with pytest.raises(HomeAssistantError) as refused:
        await house.account.messages.async_send_message(order)
    house.entry.mock_state(hass, ConfigEntryState.LOADED)
    assert refused.value.translation_key == "account_stopping"
    assert messages(told) == []


async def test_it_speaks_the_language_of_the_house(house: House, told: list[ServiceCall]) -> None:
    house.hass.config.language = "fr"
    await async_load_integrations(house.hass, {"smsmode"})
    await house.gateway.set(balance=0)
    await send_urgently(house)
    assert messages(told) == ["Water!\nLe SMS à Alice n’a pas pu partir\u00a0: il n’y a pas assez de crédits."]


async def test_a_notify_entity_is_told(house: House, told: list[ServiceCall]) -> None:
    house.hass.states.async_set(FALLBACK, "unknown")
    entity_calls = async_mock_service(house.hass, "notify", "send_message")
    await house.gateway.set(balance=0)
    await send_urgently(house)
    assert [dict(call.data) for call in entity_calls] == [{"message": f"Water!\n{NO_CREDIT}", "entity_id": FALLBACK}]
    assert told == []


async def test_a_fall_back_that_does_not_work_is_told_and_the_alarm_goes_on(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    async with house.gateway.offline():
        await send(house, urgent=True)
        await wait(house, 4)
    found = issue(house, "fallback_failed")
    assert found is not None
    assert found.translation_placeholders == {"account": "Home", "fallback": FALLBACK}
    assert "The fall-back of Home failed" in caplog.text
    await wait(house, 6)
    assert await texts(house.gateway) == ["Water!"]
    told = async_mock_service(house.hass, "notify", "mobile_app_alice")
    await house.gateway.set(balance=0)
    await send_urgently(house, "Fire!")
    assert (len(told), issue(house, "fallback_failed")) == (1, None)


async def test_an_entity_that_is_unavailable_is_told_to_have_failed(house: House) -> None:
    house.hass.states.async_set(FALLBACK, "unavailable")
    calls = async_mock_service(house.hass, "notify", "send_message")
    await house.gateway.set(balance=0)
    await send_urgently(house)
    assert calls == []
    assert issue(house, "fallback_failed")


@pytest.mark.parametrize("own", ["notify.alice", "notify.home"])
async def test_the_account_is_no_fall_back_of_its_own(house: House, own: str) -> None:
    house.hass.config_entries.async_update_entry(house.entry, options={"fallback": own})
    await house.async_settle()
    await house.gateway.set(balance=0)
    before = len(await house.gateway.requests("sendSMS.do"))
    await send_urgently(house)
    assert len(await house.gateway.requests("sendSMS.do")) == before + 1
    assert issue(house, "fallback_failed")


async def test_without_a_fall_back_there_is_the_notice(house: House, told: list[ServiceCall]) -> None:
    house.hass.config_entries.async_update_entry(house.entry, options={})
    await house.async_settle()
    await house.gateway.set(balance=0)
    for number in range(25):
        await send_urgently(house, f"Water {number}")
    assert (told, len(notices(house))) == ([], 20)
