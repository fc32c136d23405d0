"""What messages cost in money, if the owner says what a credit costs."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from custom_components.smsmode.helpers.money import price_note
from tests.support.dialogs import alert
from tests.support.house import BOB, House
from tests.support.sends import send

TODAY, THIS_MONTH = "sensor.home_cost_today", "sensor.home_cost_this_month"
PARIS = ZoneInfo("Europe/Paris")


async def set_price(house: House, price: float | None) -> None:
    options = {} if price is None else {"credit_price": price}
    house.hass.config_entries.async_update_entry(house.entry, options=options)
    await house.async_settle()


@pytest.fixture
async def priced_house(hass: HomeAssistant, house: House, freezer: FrozenDateTimeFactory) -> House:
    """Return a house in Paris, on the last evening but one of a month, whose credits have a price."""
    await hass.config.async_update(time_zone="Europe/Paris", currency="CHF")
    freezer.move_to(datetime(2026, 7, 30, 22, 0, tzinfo=PARIS))
    await set_price(house, 0.1)
    return house


def costs(house: House) -> tuple[float, float]:
    return float(house.state(TODAY).state), float(house.state(THIS_MONTH).state)


async def test_without_a_price_there_are_no_costs(house: House) -> None:
    assert house.hass.states.get(TODAY) is house.hass.states.get(THIS_MONTH) is None
    preview = await house.async_call("preview_message", message="x", target=["Alice"])
    assert {"price", "currency"}.isdisjoint(preview)


async def test_costs_are_money_and_begin_anew_at_midnight_and_with_the_month(priced_house: House) -> None:
    house = priced_house
    await send(house, target=["Alice", BOB], message="x" * 200)
    # No rounding error, as by 4 * 0.1 and 3 * 0.1 there could be.
    assert costs(house) == (0.4, 0.4)
    attributes = house.state(TODAY).attributes
    assert (attributes["device_class"], attributes["state_class"]) == ("monetary", "total")
    assert attributes["unit_of_measurement"] == "CHF"
    assert attributes["last_reset"] == "2026-07-30T00:00:00+02:00"
    await house.async_wait(hours=3)
    assert costs(house) == (0.0, 0.4)
    await send(house, "y")
    assert costs(house) == (0.1, 0.5)
    await house.async_wait(hours=24)
    assert costs(house) == (0.0, 0.0)
    assert house.state(THIS_MONTH).attributes["last_reset"] == "2026-08-01T00:00:00+02:00"


async def test_costs_survive_a_restart_and_what_is_refunded_costs_nothing(priced_house: House) -> None:
    house = priced_house
    await send(house)
    async with house.gateway.offline():
        await send(house, "y")
        assert costs(house) == (0.2, 0.2)
        await house.async_call("flush", mode="drop")
    await house.async_reload()
    assert costs(house) == (0.1, 0.1)


async def test_without_a_price_any_more_the_costs_go(priced_house: House, entity_registry: er.EntityRegistry) -> None:
    await set_price(priced_house, None)
    assert entity_registry.async_get(TODAY) is entity_registry.async_get(THIS_MONTH) is None
    await set_price(priced_house, 0.2)
    assert costs(priced_house) == (0.0, 0.0)


async def test_previews_say_what_it_costs(priced_house: House) -> None:
    preview = await priced_house.async_call("preview_message", message="x" * 200, target=["Alice", BOB])
    assert (preview["cost"], preview["price"], preview["currency"]) == (4, 0.4, "CHF")
    plan = await alert(priced_house, steps=[{"target": ["Alice", BOB]}, {"target": ["Alice"]}], preview=True)
    assert (plan["cost_at_least"], plan["price_at_least"], plan["currency"]) == (2, 0.2, "CHF")
    assert plan["price_at_most"] == pytest.approx(plan["cost_at_most"] * 0.1)


@pytest.mark.parametrize(
    ("language", "amount", "note"),
    [
        ("en", 0.06, " (0.06\u00a0EUR)"),
        ("fr", 0.045, " (0,045\u00a0EUR)"),
        ("en-GB", 1.5, " (1.50\u00a0EUR)"),
        ("fr", None, ""),
    ],
)
def test_a_price_reads_as_in_the_language_of_the_house(
    hass: HomeAssistant, language: str, amount: float | None, note: str
) -> None:
    hass.config.language = language
    assert price_note(hass, amount) == note
