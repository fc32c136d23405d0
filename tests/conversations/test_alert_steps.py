"""Steps of an alert that Home Assistant does by itself: notifications and scripts, beside SMS and calls."""

import asyncio
from typing import Any

import pytest
from homeassistant.core import Context, HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_mock_service

from custom_components.smsmode.const import DOMAIN, EVENT_ALERT_CHANGED
from tests.support.dialogs import ALERT, LEAK, TAKEN_CARE_OF, active, alert, last, reply, report, sent, spent
from tests.support.house import ALICE_DIGITS, House

PHONE = "notify.mobile_app_alice"
TABLET = "notify.tablet"
CLEAR = "The water is gone."
PUSH = {"how": "notify", "target": PHONE, "answer_timeout": 120}
SMS = {"target": "Alice"}


@pytest.fixture
def pushes(hass: HomeAssistant) -> list[ServiceCall]:
    """Collect the notifications of a telephone with the companion app."""
    calls: list[ServiceCall] = async_mock_service(hass, "notify", "mobile_app_alice")
    return calls


@pytest.fixture
def broken(hass: HomeAssistant) -> None:
    """Have a notify action that fails."""
    async_mock_service(hass, "notify", "broken", raise_exception=RuntimeError("no network"))


@pytest.fixture
async def siren(hass: HomeAssistant) -> list[Any]:
    """Set up a script, and collect the variables with which it runs."""
    calls: list[Any] = async_mock_service(hass, "test", "siren")
    sequence = {"action": "test.siren", "data": {"text": "{{ message }}|{{ alert_id }}|{{ step }}"}}
    await async_setup_component(hass, "script", {"script": {"siren": {"sequence": [sequence]}}})
    return calls


def pushed(calls: list[ServiceCall]) -> list[str]:
    return [call.data["message"] for call in calls]


async def press(house: House, call: ServiceCall, user_id: str | None = None) -> None:
    """Press the button of a notification, on the telephone of a user."""
    (button,) = call.data["data"]["actions"]
    house.hass.bus.async_fire(
        "mobile_app_notification_action", {"action": button["action"]}, context=Context(user_id=user_id)
    )
    await house.async_settle()


async def minutes(house: House, count: int) -> None:
    for _ in range(count):
        await house.async_wait(minutes=1)


async def test_a_notification_costs_nothing_and_the_sms_follows_when_nobody_acts(
    house: House, pushes: list[ServiceCall]
) -> None:
    response = await alert(house, steps=[PUSH, SMS])
    assert (response["cost_at_least"], response["steps"][0]["how"], response["steps"][0]["cost"]) == (0, "notify", 0)
    assert (pushed(pushes), await spent(house)) == ([LEAK], 0)
    await minutes(house, 2)
    assert (pushed(pushes), await sent(house)) == ([LEAK], [("Water", [ALICE_DIGITS])])


async def test_the_telephone_rings_in_spite_of_silence_and_has_a_button(
    house: House, pushes: list[ServiceCall]
) -> None:
    await alert(house, steps=[PUSH])
    data = pushes[0].data["data"]
    assert data["push"]["sound"] == {"name": "default", "critical": 1, "volume": 1.0}
    assert (data["ttl"], data["priority"], data["channel"]) == (0, "high", "alarm_stream")
    assert [button["title"] for button in data["actions"]] == ["I take care of it"]


async def test_the_button_acknowledges_and_the_notification_gives_way_to_the_news(
    house: House, pushes: list[ServiceCall]
) -> None:
    changes = house.capture(EVENT_ALERT_CHANGED)
    await alert(house, steps=[PUSH, SMS])
    await press(house, pushes[0])
    assert (active(house), changes[-1].data["state"]) == (0, "acknowledged")
    assert pushes[-1].data["message"] == TAKEN_CARE_OF.format(house.hass.config.location_name)
    assert pushes[-1].data["data"] == {"tag": pushes[0].data["data"]["tag"]}
    await minutes(house, 10)
    assert await sent(house) == []


async def test_the_button_names_whose_telephone_it_is(house: House, pushes: list[ServiceCall]) -> None:
    changes = house.capture(EVENT_ALERT_CHANGED)
    user = await house.hass.auth.async_create_user("Emma")
    await alert(house, steps=[PUSH, SMS])
    await minutes(house, 2)
    await press(house, pushes[0], user.id)
    assert changes[-1].data["acknowledged_by"] == "Emma"
    assert (await last(house)).text == TAKEN_CARE_OF.format("Emma")


async def test_a_button_of_another_notification_or_of_an_alert_that_is_over_does_nothing(
    house: House, pushes: list[ServiceCall]
) -> None:
    await alert(house, steps=[PUSH, SMS])
    for action in ("OPEN_DOOR", "SMSMODE_ACKNOWLEDGE_unknown", 7):
        house.hass.bus.async_fire("mobile_app_notification_action", {"action": action})
    await house.async_settle()
    assert active(house) == 1
    await house.async_call("cancel_alert", alert_id="cellar")
    count = len(pushes)
    await press(house, pushes[0])
    assert len(pushes) == count


async def test_an_alert_that_somebody_has_taken_meanwhile_is_not_taken_again(
    house: House, pushes: list[ServiceCall]
) -> None:
    changes = house.capture(EVENT_ALERT_CHANGED)
    await alert(house, steps=[PUSH])
    manager = house.account.alerts
    (running,) = manager.alerts.running
    for name in ("Emma", "Noah"):
        user = await house.hass.auth.async_create_user(name)
        await manager.async_acknowledge_by_user(running, user.id)
    await house.async_settle()
    assert [change.data["acknowledged_by"] for change in changes if change.data["acknowledged_by"]] == ["Emma"]


async def test_the_news_that_was_being_sent_at_a_restart_is_sent_once(house: House) -> None:
    await alert(house, steps=[SMS], tell_others="{recipient} goes.")
    await house.gateway.fail("sendSMS.do", "hang_after")
    await house.hass.services.async_call(
        DOMAIN, "acknowledge", {"alert_id": "cellar", "by": "Bob"}, blocking=True, return_response=True
    )
    await house.gateway.wait_for_requests("sendSMS.do", 2)
    reload = asyncio.create_task(house.async_reload())
    await asyncio.sleep(0)
    await house.gateway.release()
    await reload
    await minutes(house, 5)
    assert await sent(house) == [("Water", [ALICE_DIGITS]), ("Bob", [ALICE_DIGITS])]


@pytest.mark.parametrize(("fields", "told"), [({"all_clear": CLEAR}, CLEAR), ({}, "clear_notification")])
async def test_the_end_of_the_cause_takes_the_place_of_the_notification(
    house: House, pushes: list[ServiceCall], fields: dict[str, Any], told: str
) -> None:
    await alert(house, steps=[PUSH, SMS], **fields)
    await house.async_call("resolve_alert", alert_id="cellar")
    assert pushed(pushes) == [LEAK, told]
    assert await sent(house) == []


async def test_a_cancelled_alert_takes_its_notification_away(house: House, pushes: list[ServiceCall]) -> None:
    await alert(house, steps=[PUSH])
    await house.async_call("cancel_alert", alert_id="cellar")
    assert pushed(pushes) == [LEAK, "clear_notification"]


async def test_a_notification_on_which_nobody_acted_stays_without_its_button(
    house: House, pushes: list[ServiceCall]
) -> None:
    changes = house.capture(EVENT_ALERT_CHANGED)
    await alert(house, steps=[PUSH])
    await minutes(house, 5)
    assert [(call.data["message"], "actions" in call.data["data"]) for call in pushes] == [(LEAK, True), (LEAK, False)]
    assert (changes[-1].data["state"], changes[-1].data["reason"]) == ("exhausted", "nobody_acted")


async def test_an_entity_that_notifies_gets_the_text_alone(house: House) -> None:
    calls = async_mock_service(house.hass, "notify", "send_message")
    house.hass.states.async_set(TABLET, "unknown")
    await alert(house, steps=[{"notify": [TABLET]}, SMS], all_clear=CLEAR)
    await house.async_call("resolve_alert", alert_id="cellar")
    assert [dict(call.data) for call in calls] == [
        {"message": LEAK, "entity_id": TABLET},
        {"message": CLEAR, "entity_id": TABLET},
    ]


async def test_an_entity_that_notifies_has_nothing_to_be_taken_away(house: House) -> None:
    calls = async_mock_service(house.hass, "notify", "send_message")
    house.hass.states.async_set(TABLET, "unknown")
    await alert(house, steps=[{"notify": TABLET}])
    await house.async_call("cancel_alert", alert_id="cellar")
    assert len(calls) == 1


async def test_the_entity_of_a_telephone_means_its_action_which_has_the_button(
    house: House, pushes: list[ServiceCall]
) -> None:
    phone = MockConfigEntry(domain="mobile_app", data={"device_name": "Alice"})
    phone.add_to_hass(house.hass)
    entity = er.async_get(house.hass).async_get_or_create("notify", "mobile_app", "1", config_entry=phone)
    house.hass.states.async_set(entity.entity_id, "unknown")
    await alert(house, steps=[{"notify": entity.entity_id}])
    assert "actions" in pushes[0].data["data"]


async def test_an_entity_of_another_integration_gets_the_text_alone(house: House) -> None:
    calls = async_mock_service(house.hass, "notify", "send_message")
    entity = er.async_get(house.hass).async_get_or_create("notify", "telegram", "1")
    house.hass.states.async_set(entity.entity_id, "unknown")
    await alert(house, steps=[{"notify": entity.entity_id}])
    assert [dict(call.data) for call in calls] == [{"message": LEAK, "entity_id": entity.entity_id}]


async def test_the_entity_of_a_telephone_without_an_action_gets_the_text(house: House) -> None:
    calls = async_mock_service(house.hass, "notify", "send_message")
    phone = MockConfigEntry(domain="mobile_app", data={"device_name": "Carol"})
    phone.add_to_hass(house.hass)
    entity = er.async_get(house.hass).async_get_or_create("notify", "mobile_app", "1", config_entry=phone)
    house.hass.states.async_set(entity.entity_id, "unknown")
    await alert(house, steps=[{"notify": entity.entity_id}])
    assert pushed(calls) == [LEAK]


async def test_a_notification_that_fails_hands_over_at_once(
    house: House, broken: None, caplog: pytest.LogCaptureFixture
) -> None:
    changes = house.capture(EVENT_ALERT_CHANGED)
    await alert(house, steps=[{"how": "notify", "target": "notify.broken"}, SMS], all_clear=CLEAR)
    assert await sent(house) == [("Water", [ALICE_DIGITS])]
    assert changes[-1].data["step"] == 2
    assert "no network" not in caplog.text
    await house.async_call("resolve_alert", alert_id="cellar")
    assert (await last(house)).numbers == [ALICE_DIGITS]


async def test_what_is_not_there_yet_is_looked_for_again_when_its_turn_comes(house: House) -> None:
    steps = [{**SMS, "answer_timeout": 60}, {"notify": [PHONE, "notify.nobody"]}, {"script": "script.siren"}]
    response = await alert(house, steps=steps)
    assert [each["target"] for each in response["failed"]] == [PHONE, "notify.nobody", "script.siren"]
    late: list[ServiceCall] = async_mock_service(house.hass, "notify", "mobile_app_alice")
    await report(house, 11)
    await minutes(house, 2)
    assert pushed(late) == [LEAK]
    await house.async_call("resolve_alert", alert_id="cellar", all_clear=CLEAR)
    assert pushed(late) == [LEAK, CLEAR]


async def test_an_entity_that_is_unavailable_hands_over_at_once(house: House) -> None:
    async_mock_service(house.hass, "notify", "send_message")
    house.hass.states.async_set(TABLET, "unavailable")
    await alert(house, steps=[{"notify": TABLET}, SMS])
    assert await sent(house) == [("Water", [ALICE_DIGITS])]


async def test_who_could_be_notified_is_waited_for_though_another_could_not(
    house: House, pushes: list[ServiceCall], broken: None
) -> None:
    changes = house.capture(EVENT_ALERT_CHANGED)
    await alert(house, steps=[{"how": "notify", "target": [PHONE, "notify.broken"]}, SMS])
    assert (await sent(house), changes[-1].data["recipients"]) == ([], [PHONE])


async def test_a_notification_that_hangs_is_given_up_when_a_delivery_would_be(house: House) -> None:
    called = asyncio.Event()

    async def hang(_call: ServiceCall) -> None:
        called.set()
        await asyncio.Event().wait()

    house.hass.services.async_register("notify", "hanging", hang)
    steps = [{"how": "notify", "target": "notify.hanging", "delivery_timeout": 30}, SMS]
    raised = asyncio.create_task(alert(house, steps=steps))
    await called.wait()
    house.freezer.tick(31)
    await raised
    assert await sent(house) == [("Water", [ALICE_DIGITS])]


async def test_an_alert_that_ends_while_somebody_is_being_notified_stays_ended(house: House) -> None:
    called, released = asyncio.Event(), asyncio.Event()

    async def hang(_call: ServiceCall) -> None:
        called.set()
        await released.wait()

    house.hass.services.async_register("notify", "hanging", hang)
    changes = house.capture(EVENT_ALERT_CHANGED)
    raised = asyncio.create_task(alert(house, steps=[{"notify": "notify.hanging"}, SMS]))
    await called.wait()
    await house.hass.services.async_call(DOMAIN, "cancel_alert", {"alert_id": "cellar"}, blocking=True)
    released.set()
    await raised
    assert (changes[-1].data["state"], await sent(house)) == ("cancelled", [])


async def test_a_first_round_that_reaches_nobody_is_refused_aloud(house: House, broken: None) -> None:
    with pytest.raises(HomeAssistantError) as refused:
        await alert(house, steps=[{"how": "notify", "target": "notify.broken"}])
    assert refused.value.translation_key == "alert_step_failed"
    assert active(house) == 0


async def test_a_script_runs_with_the_text_the_name_and_the_step(house: House, siren: list[Any]) -> None:
    await alert(house, steps=[SMS, {"how": "script", "target": "script.siren"}])
    await report(house, 3998)
    assert [call.data["text"] for call in siren] == [f"{LEAK}|cellar|2"]


async def test_a_script_that_is_gone_hands_over_at_once(house: House, siren: list[Any]) -> None:
    house.hass.states.async_set("script.siren", "unavailable")
    await alert(house, steps=[{"script": ["script.siren"]}, SMS])
    assert (siren, await sent(house)) == ([], [("Water", [ALICE_DIGITS])])


async def test_what_cannot_be_called_is_left_out_and_named(house: House) -> None:
    steps = [{"notify": ["notify.nobody", "notify.home"]}, {"script": "script.unknown"}, {"script": "light.hall"}, SMS]
    response = await alert(house, steps=steps)
    assert response["failed"] == [
        {"target": "notify.nobody", "reason": "not_notifier"},
        {"target": "notify.home", "reason": "not_notifier"},
        {"target": "script.unknown", "reason": "unknown_script"},
        {"target": "light.hall", "reason": "unknown_script"},
    ]
    assert await sent(house) == [("Water", [ALICE_DIGITS])]


@pytest.mark.parametrize(
    ("step", "key"),
    [({"notify": "notify.nobody"}, "target_not_notifier"), ({"script": "script.unknown"}, "target_unknown_script")],
)
async def test_an_alert_that_can_call_nothing_is_refused(house: House, step: dict[str, Any], key: str) -> None:
    with pytest.raises(ServiceValidationError) as refused:
        await alert(house, steps=[step])
    assert refused.value.translation_key == key


async def test_a_refused_account_does_not_keep_a_later_step_waiting(house: House, pushes: list[ServiceCall]) -> None:
    await house.gateway.set(balance=0)
    await alert(house, steps=[SMS, PUSH])
    assert (pushed(pushes), active(house)) == ([LEAK], 1)


async def test_a_message_that_the_gateway_could_not_pay_for_does_not_keep_it_waiting_either(
    house: House, pushes: list[ServiceCall]
) -> None:
    await alert(house, steps=[SMS, PUSH])
    await report(house, 33)
    assert pushed(pushes) == [LEAK]


async def test_a_gateway_that_is_away_does_not_keep_a_later_step_waiting_and_the_sms_leaves_when_it_is_back(
    house: House, pushes: list[ServiceCall]
) -> None:
    async with house.gateway.offline():
        await alert(house, steps=[SMS, PUSH])
        await minutes(house, 3)
        assert pushed(pushes) == [LEAK]
    await minutes(house, 5)
    assert await sent(house) == [("Water", [ALICE_DIGITS])]


async def test_a_restart_goes_on_where_the_notification_waits_for_an_answer(
    house: House, pushes: list[ServiceCall]
) -> None:
    await alert(house, steps=[PUSH, SMS])
    await house.async_reload()
    await press(house, pushes[0])
    assert pushed(pushes) == [LEAK, TAKEN_CARE_OF.format(house.hass.config.location_name)]
    await minutes(house, 5)
    assert await sent(house) == []


async def test_a_reply_by_sms_ends_the_notifications_too(house: House, pushes: list[ServiceCall]) -> None:
    await alert(house, steps=[PUSH, SMS])
    await minutes(house, 2)
    await reply(house, "OK")
    assert pushed(pushes) == [LEAK, TAKEN_CARE_OF.format("Alice")]
    assert len(await sent(house)) == 1


async def test_a_notification_that_cannot_be_taken_away_is_no_obstacle(
    house: House, broken: None, caplog: pytest.LogCaptureFixture
) -> None:
    async_mock_service(house.hass, "notify", "mobile_app_bob")
    await alert(house, steps=[{"notify": "notify.mobile_app_bob"}])
    async_mock_service(house.hass, "notify", "mobile_app_bob", raise_exception=RuntimeError("no network"))
    await house.async_call("cancel_alert", alert_id="cellar")
    assert (active(house), "no network" in caplog.text) == (0, False)


async def test_a_call_is_written_by_its_switch(house: House) -> None:
    response = await house.async_call("preview_alert", **ALERT | {"steps": [SMS | {"call": True}]})
    assert response["steps"][0]["how"] == "voice"
