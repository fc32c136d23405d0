"""Links in the SMS of an alert: each person of a step gets one, and takes care with one tap."""

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smsmode.const import DOMAIN, EVENT_ALERT_CHANGED
from tests.support.dialogs import LEAK, TAKEN_CARE_OF, active, alert, last, reply, report, sent, spent, texts
from tests.support.gateway import Gateway
from tests.support.house import ALICE_DIGITS, BOB, BOB_DIGITS, House, account_entry
from tests.support.links import OUTSIDE, Browser, links, reach_from_outside, title

ABROAD = "+447400123456"
STEP = {"target": ["Alice", BOB], "acknowledge_link": True}
OPEN, THANKS, OVER, INVALID = "Do you take care of it?", "Thank you", "This alert is over", "This link does not work"


@pytest.fixture
def entry(gateway: Gateway) -> MockConfigEntry:
    """Return an account whose SMS may have links."""
    return account_entry(gateway, links=True)


@pytest.fixture(autouse=True)
def outside(hass: HomeAssistant) -> None:
    """Let the house be reached from outside."""
    reach_from_outside(hass)


def missing(house: House) -> bool:
    """Return whether a repair issue says that links are missing."""
    return ir.async_get(house.hass).async_get_issue(DOMAIN, f"links_missing_{house.entry.entry_id}") is not None


async def test_a_link_is_opened_and_pressed_and_everybody_is_told(house: House, browser: Browser) -> None:
    changes = house.capture(EVENT_ALERT_CHANGED)
    await alert(house, steps=[STEP])
    (alice, path), (bob, others) = await links(house)
    assert (alice, bob, path == others) == (ALICE_DIGITS, BOB_DIGITS, False)
    assert title((await browser.opens(path))[1]) == OPEN
    assert active(house) == 1
    assert title((await browser.presses(path))[1]) == THANKS
    assert (active(house), changes[-1].data["state"]) == (0, "acknowledged")
    assert (changes[-1].data["acknowledged_by"], changes[-1].data["acknowledged_how"]) == ("Alice", "link")
    assert (await texts(house))[-1] == (TAKEN_CARE_OF.format("Alice"), [BOB_DIGITS])


async def test_the_link_is_one_short_line_that_is_counted(house: House) -> None:
    preview = await alert(house, steps=[STEP], preview=True)
    await alert(house, steps=[STEP])
    (_, path), _ = await links(house)
    assert (await house.gateway.messages())[0].text == f"{LEAK}\nOK {OUTSIDE}{path}"
    assert (preview["cost_at_least"], await spent(house)) == (2, 2)
    long = "Water! " * 20
    preview = await alert(house, steps=[STEP], message=long, preview=True)
    assert preview["cost_at_least"] == 4


async def test_a_long_text_is_cut_and_its_link_is_whole(house: House) -> None:
    await alert(house, steps=[STEP], message="Water everywhere! " * 80)
    assert len(await links(house)) == 2
    assert (await last(house)).text.count("...\nOK https") == 1


async def test_the_reports_and_replies_of_each_person_count(house: House) -> None:
    await alert(house, steps=[STEP, {"target": "Alice"}])
    first, second = await house.gateway.messages()
    await report(house, 3998, message_id=second.id, number=BOB_DIGITS)
    assert house.account.alerts.alerts.running[0].position == 0
    await report(house, 11, message_id=first.id, number=ALICE_DIGITS)
    assert house.account.alerts.alerts.running[0].phase == "waiting"
    await reply(house, "OK", message_id=first.id)
    assert active(house) == 0


async def test_when_nobody_of_several_can_be_reached_the_next_step_follows_at_once(house: House) -> None:
    await alert(house, steps=[STEP, {"target": "Alice"}])
    for message in await house.gateway.messages():
        await report(house, 3998, message_id=message.id, number=message.numbers[0])
    assert len(await house.gateway.messages()) == 3


async def test_whoever_is_abroad_cannot_reply_and_takes_care_by_link(house: House, browser: Browser) -> None:
    response = await alert(house, steps=[{"target": ABROAD, "acknowledge_link": True}])
    assert "failed" not in response
    (request,) = await house.gateway.requests("sendSMS.do")
    assert request.params["classe_msg"] != "4"
    ((_, path),) = await links(house)
    await browser.presses(path)
    assert active(house) == 0


async def test_a_call_is_followed_by_an_sms_with_a_link(house: House, browser: Browser) -> None:
    steps = [{"target": "Alice", "how": "voice", "acknowledge_link": True}]
    preview = await alert(house, steps=steps, preview=True)
    await alert(house, steps=steps)
    assert (preview["steps"][0]["cost"], await spent(house)) == (2, 2)
    assert len(await house.gateway.requests("sendVoiceMessage.do")) == 1
    ((number, path),) = await links(house)
    assert number == ALICE_DIGITS
    await browser.presses(path)
    assert active(house) == 0


async def test_a_restart_between_call_and_link_sends_neither_twice(house: House) -> None:
    await alert(house, steps=[{"target": "Alice", "how": "voice", "acknowledge_link": True}])
    await house.async_reload()
    assert len(await house.gateway.requests("sendVoiceMessage.do")) == 1
    assert len(await links(house)) == 1


async def test_links_of_all_rounds_work_until_the_end(house: House, browser: Browser) -> None:
    await alert(house, steps=[{"target": "Alice", "acknowledge_link": True}], repeat=2)
    await report(house, 11)
    for _ in range(6):
        await house.async_wait(minutes=1)
    (_, first), (_, second) = await links(house)
    assert first != second
    assert title((await browser.opens(second))[1]) == OPEN
    await browser.presses(first)
    assert active(house) == 0


async def test_links_survive_a_reload(house: House, browser: Browser) -> None:
    await alert(house, steps=[STEP])
    (_, path), _ = await links(house)
    await house.async_reload()
    assert title((await browser.opens(path))[1]) == OPEN
    assert title((await browser.presses(path))[1]) == THANKS
    assert active(house) == 0


@pytest.mark.parametrize(
    ("end", "told"),
    [
        ({"action": "acknowledge", "by": "Emma"}, "Emma takes care of it."),
        ({"action": "resolve_alert", "all_clear": "Dry."}, "Its cause is over."),
        ({"action": "cancel_alert"}, "There is nothing to do."),
    ],
)
async def test_the_link_of_an_alert_that_is_over_says_so_for_an_hour(
    house: House, browser: Browser, end: dict[str, str], told: str
) -> None:
    await alert(house, steps=[STEP])
    (_, path), _ = await links(house)
    await house.async_call(alert_id="cellar", **end)
    for page in ((await browser.opens(path))[1], (await browser.presses(path))[1]):
        assert (title(page), told in page) == (OVER, True)
    await house.async_wait(hours=2)
    assert title((await browser.opens(path))[1]) == INVALID


async def test_where_nobody_is_told_who_takes_care_no_page_tells_it(house: House, browser: Browser) -> None:
    await alert(house, steps=[STEP], tell_others="")
    (_, path), _ = await links(house)
    await house.async_call("acknowledge", alert_id="cellar", by="Emma")
    assert "Emma" not in (await browser.opens(path))[1]


async def test_an_alert_that_only_listens_is_still_taken_by_link(house: House, browser: Browser) -> None:
    changes = house.capture(EVENT_ALERT_CHANGED)
    await alert(house, steps=[{"target": "Alice", "acknowledge_link": True, "answer_timeout": 60}])
    await report(house, 11)
    await house.async_wait(seconds=61)
    assert changes[-1].data["state"] == "exhausted"
    ((_, path),) = await links(house)
    assert title((await browser.presses(path))[1]) == THANKS
    assert changes[-1].data["state"] == "acknowledged"


@pytest.mark.parametrize("address", [None, "http://house.example", "https://192.168.1.2", f"https://{'long' * 30}.fr"])
async def test_without_an_address_from_outside_the_sms_leaves_and_that_is_told(
    house: House, address: str | None
) -> None:
    reach_from_outside(house.hass, address)
    response = await alert(house, steps=[STEP])
    assert response["warnings"] == [{"reason": "links_without_address"}]
    assert await sent(house) == [("Water", [ALICE_DIGITS]), ("Water", [BOB_DIGITS])]
    assert (await links(house), missing(house)) == ([], True)
    await reply(house, "OK")
    reach_from_outside(house.hass)
    await house.async_reload()
    assert not missing(house)


async def test_an_account_without_links_sends_none(house: House) -> None:
    house.hass.config_entries.async_update_entry(house.entry, options={})
    await house.async_settle()
    assert (await alert(house, steps=[STEP]))["warnings"] == [{"reason": "links_off"}]
    assert (await links(house), missing(house)) == ([], True)


async def test_the_issue_of_missing_links_goes_with_the_first_that_leaves(house: House) -> None:
    reach_from_outside(house.hass, None)
    await house.async_reload()
    assert missing(house)
    reach_from_outside(house.hass)
    await alert(house, steps=[STEP])
    assert not missing(house)


async def test_the_page_is_in_the_language_of_the_house(house: House, browser: Browser) -> None:
    house.hass.config.language = "fr"
    await alert(house, steps=[STEP])
    (_, path), _ = await links(house)
    page = (await browser.opens(path))[1]
    assert 'lang="fr"' in page
    assert "Je m’en occupe" in page


async def test_while_one_of_two_messages_has_arrived_a_refused_one_tries_nobody_again(house: House) -> None:
    changes = house.capture(EVENT_ALERT_CHANGED)
    await house.gateway.fail("sendSMS.do", "code:50", 4)
    await alert(house, steps=[STEP])
    await house.gateway.fail("sendSMS.do", "code:33", 1)
    for _ in range(8):
        await house.async_wait(seconds=20)
    await house.gateway.clear_faults()
    await house.async_wait(minutes=1)
    assert "not_sent" not in [change.data["state"] for change in changes]
    assert len(await house.gateway.messages()) == 1
