"""What a report, a reply and a send cost does not grow with the recipients and automations of a house.

Counted in calls of Python functions, which are the same on every machine.
"""

from collections.abc import Awaitable, Callable
from types import MappingProxyType
from uuid import uuid4

import pytest
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_platform
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component

from custom_components.smsmode.state.account_facts import Fact
from tests.support.action_calls import send
from tests.support.automations import reply
from tests.support.house import ALICE_DIGITS, House
from tests.support.work import counted_calls

PEOPLE = 100
TRIGGERS = 50
# Of one trigger that names somebody else; building the recipients anew takes more than ten for each of them.
CALLS_OF_A_TRIGGER = 60
# Of one callback of the event loop; the entities of a hundred recipients take 400,000, those of the account 24,000.
CALLS_OF_A_BLOCK = 45_000


async def add_people(house: House) -> None:
    """Add a hundred recipients to a house, which is set up anew."""
    await house.hass.config_entries.async_unload(house.entry.entry_id)
    for index in range(PEOPLE):
        data = MappingProxyType({"number": f"+33612{index:06}"})
        person = ConfigSubentry(data=data, subentry_type="recipient", title=f"Person {index}", unique_id=data["number"])
        house.hass.config_entries.async_add_subentry(house.entry, person)
    await house.async_set_up()


async def listen(hass: HomeAssistant, *names: str) -> None:
    """Set up one automation with many triggers that name a recipient."""
    triggers = [
        {"trigger": f"smsmode.{name}", "options": {"recipient": "Alice"}} for name in names for _ in range(TRIGGERS)
    ]
    automation = {"triggers": triggers, "actions": [], "mode": "queued"}
    assert await async_setup_component(hass, "automation", {"automation": [automation]})
    await hass.async_block_till_done()


async def cost(house: House, act: Callable[[], Awaitable[object]]) -> int:
    """Return the calls that it takes until all is done, the second time."""
    await act()
    await house.async_settle()
    with counted_calls() as work:
        await act()
        await house.async_settle()
    return work.calls


async def test_triggers_that_name_somebody_do_not_build_the_recipients_for_each_event(
    hass: HomeAssistant, house: House
) -> None:
    await add_people(house)

    async def hear() -> None:
        await reply(house, "OK", "33700000000")

    async def report() -> None:
        message_id = await send(house, message=str(uuid4()), target=["+33700000000"])
        await house.gateway.report(message_id, "33700000000", 11, callback=False)
        await house.async_poll()

    before = await cost(house, hear), await cost(house, report)
    await listen(hass, "reply_received", "delivery_reported")
    after = await cost(house, hear), await cost(house, report)
    added = [(new - old) / TRIGGERS for old, new in zip(before, after, strict=True)]
    # A message that is sent is reported as well, as accepted.
    assert max(added) < CALLS_OF_A_TRIGGER, added


async def test_entities_of_recipients_hear_of_their_own_number_only(house: House) -> None:
    async def live() -> None:
        message_id = await send(house, message=str(uuid4()))
        await house.gateway.report(message_id, ALICE_DIGITS, 11, callback=False)
        await house.async_poll()
        await reply(house, "OK")

    # While the order of the list of replies is not known, it costs more the longer it is.
    house.account.store.state.facts.learn(Fact.REPLIES_NEWEST_FIRST, holds=True, at=house.account.clock.now())
    few = await cost(house, live)
    await add_people(house)
    many = await cost(house, live)
    assert many - few < PEOPLE


async def test_entities_of_recipients_are_added_a_few_at_a_time(house: House) -> None:
    await add_people(house)
    await house.hass.config_entries.async_unload(house.entry.entry_id)
    with counted_calls() as work:
        await house.async_set_up()
    assert work.longest < CALLS_OF_A_BLOCK


async def test_where_there_is_no_room_for_all_entities_the_account_and_the_first_recipients_have_theirs(
    hass: HomeAssistant, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = len(hass.states.async_entity_ids())
    monkeypatch.setattr(entity_platform, "MAX_ENABLED_ENTITIES_PER_CONFIG_ENTRY", own + 8)
    er.async_get(hass).async_clear_config_entry(house.entry.entry_id)
    await add_people(house)
    ids = {entity_id.removesuffix("_2") for entity_id in hass.states.async_entity_ids()}
    assert len(ids) == own + 8
    assert {"sensor.home_spent_today", "notify.home", "notify.alice", "event.alice_reply"} <= ids
    assert sum("person_0" in entity_id for entity_id in ids) == sum("person_1" in entity_id for entity_id in ids) == 4
