"""Facts learned from what is sent and received anyway, and what follows from them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.exceptions import HomeAssistantError

from custom_components.smsmode.api import GatewayTraits
from custom_components.smsmode.state.account_facts import Fact, Verdict
from tests.support.action_calls import send
from tests.support.callback_client import PATH, CallbackClient
from tests.support.clocks import Clocks
from tests.support.house import ALICE, ALICE_DIGITS, House

PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture(autouse=True)
def begin(freezer: FrozenDateTimeFactory) -> None:
    """Set the time before the house is set up, not at a whole minute."""
    freezer.move_to(datetime(2026, 7, 14, 10, 0, 20, tzinfo=PARIS))


def verdict(house: House, fact: Fact) -> Verdict:
    """Return what the account knows."""
    return house.account.store.state.facts.verdict(fact)


async def list_sent(house: House) -> list[str]:
    """Read the list of sent messages as the action does; return its texts."""
    return [row["message"] for row in (await house.async_call("get_sent_messages"))["messages"]]


async def send_three(house: House) -> None:
    """Send three messages, some minutes apart."""
    for text in ("one", "two", "three"):
        await send(house, message=text)
        await house.async_wait(minutes=3)


@pytest.mark.parametrize(("zone", "expected"), [("Europe/Paris", Verdict.PROVEN), ("UTC", Verdict.REFUTED)])
async def test_the_zone_is_that_of_the_dates_of_what_was_sent_at_once(
    house: House, zone: str, expected: Verdict
) -> None:
    await house.gateway.set(zone=zone)
    await send_three(house)
    await list_sent(house)
    assert verdict(house, Fact.PARIS_TIME) is expected
    send_at = datetime(2026, 7, 14, 22, 0, tzinfo=PARIS)
    await send(house, message="Later", send_at=send_at)
    assert datetime.fromisoformat((await house.gateway.messages())[-1].leaves_at) == send_at


async def test_the_date_of_one_message_alone_proves_no_other_zone(house: House) -> None:
    await house.gateway.set(zone="UTC")
    await send(house)
    await list_sent(house)
    assert verdict(house, Fact.PARIS_TIME) is Verdict.UNKNOWN
    assert house.account.client.traits.zone is GatewayTraits().zone


async def test_what_is_scheduled_or_was_sent_at_an_odd_time_proves_no_zone(house: House) -> None:
    await send(house, message="Later", send_at=datetime(2026, 7, 14, 22, 0, tzinfo=PARIS))
    await list_sent(house)
    assert verdict(house, Fact.PARIS_TIME) is Verdict.UNKNOWN
    await send(house, message="Odd")
    await house.gateway.set(zone="Asia/Kathmandu")
    await list_sent(house)
    assert verdict(house, Fact.PARIS_TIME) is Verdict.UNKNOWN


@pytest.mark.parametrize("by", [timedelta(hours=3), timedelta(hours=-3)])
@pytest.mark.parametrize("restarts", [False, True])
async def test_a_clock_that_is_set_by_hours_proves_no_zone_no_lag_and_no_order(
    house: House, monkeypatch: pytest.MonkeyPatch, by: timedelta, *, restarts: bool
) -> None:
    clocks = Clocks(house, monkeypatch)
    await house.async_reload()
    await send_three(house)
    if restarts:
        await house.hass.config_entries.async_unload(house.entry.entry_id)
    clocks.set_wall(by)
    house.gateway.emulator.state.clock.advance(-by.total_seconds())
    if restarts:
        await house.async_set_up()
    await clocks.async_pass(minutes=2)
    await list_sent(house)
    assert verdict(house, Fact.PARIS_TIME) is Verdict.UNKNOWN
    assert house.account.client.traits.zone is GatewayTraits().zone
    assert verdict(house, Fact.SENT_NEWEST_FIRST) is Verdict.UNKNOWN
    assert house.account.store.state.facts.list_lag == timedelta(0)


async def test_a_zone_is_remembered(house: House) -> None:
    await house.gateway.set(zone="UTC")
    await send_three(house)
    await list_sent(house)
    await house.async_reload()
    assert house.account.client.traits.zone is not GatewayTraits().zone


@pytest.mark.parametrize(("ascending", "expected"), [(False, Verdict.PROVEN), (True, Verdict.REFUTED)])
async def test_the_order_of_the_list_is_learned(house: House, ascending: bool, expected: Verdict) -> None:
    await house.gateway.set(ascending={"smsList.do": ascending})
    await send_three(house)
    await list_sent(house)
    assert verdict(house, Fact.SENT_NEWEST_FIRST) is expected


async def test_an_order_that_is_none_proves_nothing(house: House) -> None:
    await send_three(house)
    messages = house.account.store.state.message_log.messages
    middle = list(messages.values())[1]
    messages[middle.message_id] = middle
    middle.sent_at += timedelta(minutes=30)
    await list_sent(house)
    assert verdict(house, Fact.SENT_NEWEST_FIRST) is Verdict.UNKNOWN


async def test_a_lookup_waits_as_long_as_the_list_was_seen_to_lag(house: House) -> None:
    await house.gateway.set(sent_list_lag=400)
    await send(house, message="before")
    await list_sent(house)
    await house.async_wait(minutes=7)
    await list_sent(house)
    assert house.account.store.state.outbox.list_lag == timedelta(minutes=7)
    await house.gateway.fail("sendSMS.do", "drop_after")
    await send(house, message="Water!")
    for _ in range(25):
        await house.async_wait(seconds=30)
    assert [message.text for message in await house.gateway.messages()] == ["before", "Water!"]
    assert len(house.account.store.state.outbox) == 0


async def test_a_page_that_ends_before_a_message_says_nothing_of_a_lag(house: House) -> None:
    await send(house, message="old")
    await house.async_wait(hours=2)
    await house.gateway.add_foreign_messages(3)
    await send(house, message="new")
    await house.gateway.add_foreign_messages(3)
    await house.async_call("get_sent_messages", count=2)
    await list_sent(house)
    assert house.account.store.state.facts.number(Fact.SENT_LISTED) == 0


@pytest.mark.parametrize("escaped", [False, True])
async def test_entities_in_the_sent_list_are_learned_from_a_doubt_which_they_do_not_double(
    house: House, escaped: bool
) -> None:
    await house.gateway.set(escaped={"smsList.do": escaped})
    await house.gateway.fail("sendSMS.do", "drop_after")
    await send(house, message="Leak & smoke")
    await house.async_wait(minutes=5)
    assert await list_sent(house) == ["Leak & smoke"]
    assert [message.text for message in await house.gateway.messages()] == ["Leak & smoke"]
    assert verdict(house, Fact.SENT_UNESCAPED) is (Verdict.REFUTED if escaped else Verdict.PROVEN)


@pytest.mark.parametrize("escaped", [False, True])
async def test_entities_in_the_reply_list_are_learned_from_a_callback(
    house: House, callback_client: CallbackClient, escaped: bool
) -> None:
    replies = house.capture("smsmode_reply")
    await house.gateway.set(escaped={"responseList.do": escaped})
    for text in ("A & B", "déjà & ça"):
        reply = await house.gateway.reply(ALICE_DIGITS, text, stray=True, callback=False)
        fields = {"emetteur": ALICE_DIGITS, "message": text, "responseID": reply["id"], "numero": "36034"}
        await callback_client.get(PATH, params=fields)
        await house.async_settle()
        await house.async_wait(seconds=10)
    assert verdict(house, Fact.REPLIES_LISTED) is Verdict.PROVEN
    assert verdict(house, Fact.REPLIES_UNESCAPED) is (Verdict.REFUTED if escaped else Verdict.PROVEN)
    assert verdict(house, Fact.CALLBACKS_UTF8) is Verdict.PROVEN
    assert replies[-1].data["message"] == "déjà & ça"


async def test_a_reply_without_an_id_is_compared_with_none(house: House, callback_client: CallbackClient) -> None:
    await callback_client.get(PATH, params={"emetteur": ALICE_DIGITS, "message": "OK", "numero": "36034"})
    await house.async_settle()
    assert verdict(house, Fact.CALLBACKS_COME) is Verdict.PROVEN
    assert verdict(house, Fact.REPLIES_LISTED) is Verdict.UNKNOWN


async def test_memory_of_what_was_announced_or_is_expected_is_bounded(
    house: House, callback_client: CallbackClient
) -> None:
    learner = house.account.learner
    for number in range(30):
        learner.async_expect(f"text {number}")
        fields = {"emetteur": ALICE_DIGITS, "message": "OK", "responseID": f"R{number}", "numero": "36034"}
        await callback_client.get(PATH, params=fields)
        await send(house, message=f"message {number}")
        await list_sent(house)
    await house.async_settle()
    assert verdict(house, Fact.PARIS_TIME) is Verdict.PROVEN


async def test_a_later_page_and_a_message_that_waits_prove_nothing(house: House) -> None:
    await send(house, message="one")
    await house.async_call("get_sent_messages", start=1)
    assert verdict(house, Fact.SENT_LISTED) is Verdict.UNKNOWN
    await house.gateway.fail("sendSMS.do", "code:31")
    await send(house, message="A & B")
    await list_sent(house)
    assert verdict(house, Fact.SENT_UNESCAPED) is Verdict.UNKNOWN


async def test_reports_are_proven_by_the_first_that_comes(house: House) -> None:
    message_id = await send(house)
    await house.async_wait(seconds=20)
    await house.gateway.report(message_id, ALICE.removeprefix("+"), 11, callback=False)
    await house.async_wait(seconds=10)
    await house.async_poll()
    assert verdict(house, Fact.REPORTS_COME) is Verdict.PROVEN
    assert house.account.store.state.facts.number(Fact.REPORTS_COME) == 30


async def test_a_clock_that_differs_is_a_fact(house: House) -> None:
    await house.async_poll()
    assert verdict(house, Fact.CLOCKS_AGREE) is Verdict.PROVEN
    await house.gateway.advance(600)
    for _ in range(3):
        await house.async_poll()
    assert verdict(house, Fact.CLOCKS_AGREE) is Verdict.REFUTED
    assert house.account.store.state.facts.number(Fact.CLOCKS_AGREE) == 10


@pytest.mark.parametrize(("by_post", "expected"), [(True, Verdict.PROVEN), (False, Verdict.REFUTED)])
async def test_whoever_creates_a_key_learns_whether_the_old_one_stood_in_an_address(
    house: House, by_post: bool, expected: Verdict
) -> None:
    await house.gateway.set(key_by_post=by_post)
    await house.async_call("create_api_key")
    assert verdict(house, Fact.KEY_BY_POST) is expected


async def test_a_key_that_is_not_created_proves_nothing(house: House) -> None:
    await house.gateway.fail("createAuthorisation.do", "http:403")
    with pytest.raises(HomeAssistantError):
        await house.async_call("create_api_key")
    assert verdict(house, Fact.KEY_BY_POST) is Verdict.UNKNOWN
