"""Alerts that somebody took care of: those who were alarmed are told as well when the cause is over."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import ServiceValidationError
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_mock_service

from custom_components.smsmode.const import DOMAIN, EVENT_ALERT_CHANGED
from custom_components.smsmode.state.active_alerts import MAX_ALERTS
from tests.support.dialogs import LEAK, TAKEN_CARE_OF, active, alert, last, reply, report, spent, texts
from tests.support.gateway import Gateway
from tests.support.house import ALICE_DIGITS, BOB, BOB_DIGITS, House, account_entry
from tests.support.links import Browser, links, reach_from_outside
from tests.support.people import CAROL

CLEAR = "The water is gone."
PHONE = "notify.mobile_app_alice"
STEPS = [
    {"how": "notify", "target": PHONE, "answer_timeout": 60},
    {"target": ["Alice", BOB], "acknowledge_link": True},
    {"target": CAROL},
]
BOTH = [ALICE_DIGITS, BOB_DIGITS]

type Take = Callable[[House, Browser, list[ServiceCall]], Awaitable[object]]


@pytest.fixture
def entry(gateway: Gateway) -> MockConfigEntry:
    """Return an account whose SMS may have links."""
    return account_entry(gateway, links=True)


@pytest.fixture(autouse=True)
def outside(hass: HomeAssistant) -> None:
    """Let the house be reached from outside."""
    reach_from_outside(hass)


@pytest.fixture
def pushes(hass: HomeAssistant) -> list[ServiceCall]:
    """Collect the notifications of a telephone with the companion app."""
    calls: list[ServiceCall] = async_mock_service(hass, "notify", "mobile_app_alice")
    return calls


async def by_reply(house: House, _browser: Browser, _pushes: list[ServiceCall]) -> None:
    await reply(house, "ok")


async def by_link(house: House, browser: Browser, _pushes: list[ServiceCall]) -> None:
    await browser.presses((await links(house))[0][1])


async def by_button(house: House, _browser: Browser, pushes: list[ServiceCall]) -> None:
    (button,) = pushes[0].data["data"]["actions"]
    house.hass.bus.async_fire("mobile_app_notification_action", {"action": button["action"]})
    await house.async_settle()


async def by_action(house: House, *_: object) -> None:
    await house.async_call("acknowledge", alert_id="cellar", by="Zoé")


async def resolve(house: House, **fields: str) -> None:
    """Say that the cause is over."""
    await house.async_call("resolve_alert", alert_id="cellar", **fields)


async def is_unknown(house: House, action: str = "resolve_alert") -> None:
    """Check that there is nothing to end."""
    with pytest.raises(ServiceValidationError) as refused:
        await house.async_call(action, alert_id="cellar")
    assert refused.value.translation_key == "alert_unknown"


async def told(house: House, text: str = CLEAR) -> list[list[str]]:
    """Return to whom each message with a text went."""
    return [numbers for said, numbers in await texts(house) if said == text]


def kept(house: House) -> int:
    """Return how many alerts the account remembers."""
    return len(house.account.store.state.alerts.all)


async def taken(house: House, **fields: object) -> None:
    """Raise an alert with an all-clear, and have somebody at home take care of it."""
    await alert(house, **{"all_clear": CLEAR} | fields)
    await by_action(house)


@pytest.mark.parametrize("restart", [False, True])
@pytest.mark.parametrize("take", [by_reply, by_link, by_button, by_action])
async def test_exactly_those_who_were_alarmed_get_the_all_clear_once(
    house: House, browser: Browser, pushes: list[ServiceCall], take: Take, *, restart: bool
) -> None:
    changes = house.capture(EVENT_ALERT_CHANGED)
    await alert(house, steps=STEPS, all_clear=CLEAR)
    await house.async_wait(minutes=1)
    await take(house, browser, pushes)
    assert (active(house), changes[-1].data["state"], await told(house)) == (0, "acknowledged", [])
    if restart:
        await house.async_reload()
    await resolve(house)
    await house.async_wait(hours=1)
    assert (await told(house), active(house), kept(house)) == ([BOTH], 0, 0)
    assert [push.data["message"] for push in pushes].count(CLEAR) == 1
    assert pushes[-1].data["message"] == CLEAR
    assert [change.data["state"] for change in changes][-2:] == ["acknowledged", "resolved"]
    await is_unknown(house)


@pytest.mark.parametrize(("text", "said"), [(None, [CLEAR]), ("It is over.", ["It is over."]), ("", [])])
async def test_the_text_of_the_end_takes_the_place_of_the_first(
    house: House, text: str | None, said: list[str]
) -> None:
    changes = house.capture(EVENT_ALERT_CHANGED)
    await taken(house)
    await resolve(house, **({} if text is None else {"all_clear": text}))
    assert [each for each, _ in (await texts(house))[2:]] == said
    assert (changes[-1].data["state"], kept(house)) == ("resolved", 0)


async def test_whoever_was_called_gets_it_as_an_sms(house: House) -> None:
    await taken(house, steps=[{"target": "Alice", "how": "voice"}])
    await resolve(house)
    assert await texts(house) == [(LEAK, [ALICE_DIGITS]), (CLEAR, [ALICE_DIGITS])]


async def test_whoever_was_not_alarmed_any_more_when_somebody_took_it_is_told_nothing(house: House) -> None:
    await alert(house, all_clear=CLEAR)
    async with house.gateway.offline():
        # Bob's SMS waits in the queue.
        await house.async_wait(minutes=3)
        await by_action(house)
        await resolve(house)
    for _ in range(4):
        await house.async_wait(minutes=5)
    assert await texts(house) == [(LEAK, [ALICE_DIGITS]), (CLEAR, [ALICE_DIGITS])]


async def test_who_takes_care_is_told_in_a_message_of_its_own_before(house: House) -> None:
    await taken(house)
    await resolve(house)
    said = [LEAK, TAKEN_CARE_OF.format("Zoé"), CLEAR]
    assert await texts(house) == [(text, [ALICE_DIGITS]) for text in said]


@pytest.mark.parametrize("restart", [False, True])
async def test_a_cause_that_is_over_while_the_others_are_told_is_not_lost(house: House, *, restart: bool) -> None:
    await alert(house, all_clear=CLEAR)
    async with house.gateway.offline():
        await by_action(house)
        if restart:
            await house.async_reload()
        await resolve(house)
    for _ in range(4):
        await house.async_wait(minutes=5)
    assert await texts(house) == [(LEAK, [ALICE_DIGITS]), (CLEAR, [ALICE_DIGITS])]
    assert kept(house) == 0


async def test_a_cause_that_is_over_while_the_gateway_takes_its_time_is_told_as_well(house: House) -> None:
    await alert(house, all_clear=CLEAR)
    await house.gateway.fail("sendSMS.do", "hang_before")
    for count, action in enumerate(("acknowledge", "resolve_alert"), 2):
        await house.hass.services.async_call(DOMAIN, action, {"alert_id": "cellar"}, blocking=True)
        await house.gateway.wait_for_requests("sendSMS.do", count)
    await house.gateway.release()
    await house.async_settle()
    assert sorted(await texts(house)) == sorted(
        (text, [ALICE_DIGITS]) for text in (LEAK, TAKEN_CARE_OF.format("test home"), CLEAR)
    )
    assert kept(house) == 0
    await house.async_reload()
    assert len(await told(house)) == 1


async def test_what_was_to_be_told_when_the_house_fell_is_told_once(house: House) -> None:
    await alert(house, all_clear=CLEAR)
    alerts = house.account.store.state.alerts
    (one,) = alerts.running
    # On the disk, and then the house fell.
    one.acknowledge(None, "Bob")
    alerts.all.mark_changed(one.key)
    for _ in range(2):
        await house.async_reload()
    assert (len(await texts(house)), kept(house)) == (2, 1)
    alerts = house.account.store.state.alerts
    (one,) = alerts.all.values()
    assert one.pending_notice is None
    one.resolve(None)
    alerts.all.mark_changed(one.key)
    for _ in range(2):
        await house.async_reload()
    said = [LEAK, TAKEN_CARE_OF.format("Bob"), CLEAR]
    assert await texts(house) == [(text, [ALICE_DIGITS]) for text in said]
    assert kept(house) == 0


async def test_without_an_all_clear_it_has_ended(house: House) -> None:
    await taken(house, all_clear="")
    assert kept(house) == 0
    await is_unknown(house)


async def test_it_does_not_run(house: House) -> None:
    changes = house.capture(EVENT_ALERT_CHANGED)
    await taken(house)
    before, count = await spent(house), len(changes)
    assert (active(house), house.account.processor.awaits_answers) == (0, False)
    await is_unknown(house, "acknowledge")
    for text in ("What?", "ok"):
        await reply(house, text)
    for _ in range(10):
        await house.async_wait(minutes=5)
    assert (await spent(house), len(changes), kept(house)) == (before, count, 1)


async def test_its_picture_and_its_links_are_not_kept(house: House, browser: Browser) -> None:
    await alert(house, steps=[{"target": "Alice", "acknowledge_link": True}], all_clear=CLEAR)
    ((_, path),) = await links(house)
    await browser.presses(path)
    (one,) = house.account.store.state.alerts.all.values()
    assert one.links == ()
    taken_page = await browser.opens(path)
    await resolve(house)
    assert await browser.opens(path) == taken_page


async def test_it_is_forgotten_after_seven_days(house: House) -> None:
    await taken(house)
    await house.async_wait(days=6, hours=23)
    await house.async_reload()
    assert kept(house) == 1
    await house.async_wait(hours=1, minutes=1)
    assert kept(house) == 0
    await is_unknown(house)


async def test_the_same_alert_takes_its_place_and_its_people_alone_are_told(house: House) -> None:
    await taken(house)
    assert (await alert(house, steps=[{"target": [BOB]}], all_clear=CLEAR))["started"] is True
    assert kept(house) == 1
    await resolve(house)
    assert await told(house) == [[BOB_DIGITS]]
    await is_unknown(house)


async def test_the_same_alert_takes_its_place_while_the_others_are_still_to_be_told(house: House) -> None:
    await alert(house, all_clear=CLEAR)
    alerts = house.account.store.state.alerts
    (one,) = alerts.running
    one.acknowledge(None, "Zoé")
    await alert(house, steps=[{"target": [BOB]}], all_clear=CLEAR)
    await house.async_reload()
    assert kept(house) == 1
    await resolve(house)
    assert await told(house) == [[BOB_DIGITS]]
    await is_unknown(house)


async def test_another_alert_leaves_it(house: House) -> None:
    await taken(house)
    await alert(house, alert_id="attic")
    await house.async_call("cancel_alert", alert_id="attic")
    await resolve(house)
    assert await told(house) == [[ALICE_DIGITS]]


async def test_whoever_cancels_it_tells_nobody(house: House) -> None:
    changes = house.capture(EVENT_ALERT_CHANGED)
    await taken(house)
    await house.async_call("cancel_alert", alert_id="cellar")
    assert (await told(house), kept(house), changes[-1].data["state"]) == ([], 0, "cancelled")
    await is_unknown(house)


async def exhausted(house: House, **fields: object) -> None:
    """Have an alert to Alice listen for an answer in vain."""
    await alert(house, steps=[{"target": "Alice"}], **fields)
    await report(house, 11)
    for _ in range(12):
        await house.async_wait(minutes=1)


async def test_those_of_whom_nobody_acted_are_told_for_seven_days(house: House) -> None:
    changes = house.capture(EVENT_ALERT_CHANGED)
    await exhausted(house, all_clear=CLEAR)
    assert (kept(house), active(house), house.account.processor.awaits_answers) == (1, 0, False)
    await reply(house, "ok")
    assert changes[-1].data["state"] == "exhausted"
    await house.async_wait(days=6)
    await house.async_reload()
    await resolve(house)
    assert (await told(house), kept(house), changes[-1].data["state"]) == ([[ALICE_DIGITS]], 0, "resolved")


async def test_one_that_listens_gives_its_all_clear_up_to_the_next(house: House) -> None:
    await alert(house, steps=[{"target": "Alice"}], all_clear=CLEAR)
    await report(house, 11)
    for _ in range(5):
        await house.async_wait(minutes=1)
    await alert(house, steps=[{"target": [BOB]}], all_clear=CLEAR)
    await resolve(house)
    assert len(house.account.store.state.alerts.listening) == 1
    await is_unknown(house)
    for _ in range(6):
        await house.async_wait(minutes=1)
    assert (await told(house), kept(house)) == ([[BOB_DIGITS]], 0)


async def test_a_late_answer_has_an_all_clear_as_well(house: House) -> None:
    await alert(house, steps=[{"target": "Alice"}], all_clear=CLEAR)
    await report(house, 11)
    for _ in range(6):
        await house.async_wait(minutes=1)
    await reply(house, "ok")
    await resolve(house)
    assert await told(house) == [[ALICE_DIGITS]]


async def test_those_that_are_kept_make_room_for_those_that_run(house: House) -> None:
    await taken(house)
    alerts = house.account.store.state.alerts
    (one,) = alerts.all.values()
    for number in range(MAX_ALERTS - 1):
        other = replace(one, key=f"a{number}", alert_id=f"a{number}", kept_until=one.started_at + timedelta(days=7))
        alerts.all[other.key] = other
    await alert(house, alert_id="attic")
    assert (kept(house), active(house), one.key in alerts.all) == (MAX_ALERTS, 1, False)
    assert (await last(house)).text == LEAK
