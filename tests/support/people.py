"""Recipients and groups of recipients for tests, and what is sent to them."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigSubentry, ConfigSubentryData, ConfigSubentryDataWithId
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smsmode.const import DOMAIN

from .gateway import Gateway
from .house import ALICE, BOB, WEBHOOK_ID, House

CAROL = "+33611223344"
CAROL_DIGITS = CAROL.removeprefix("+")


def recipient(name: str, number: str, **data: Any) -> ConfigSubentryDataWithId:
    """Return a recipient whose id is its name."""
    return ConfigSubentryDataWithId(
        data={"number": number, **data},
        subentry_id=name.lower(),
        subentry_type="recipient",
        title=name,
        unique_id=number,
    )


def group(name: str, *members: str) -> ConfigSubentryDataWithId:
    """Return a group of recipients whose id is its name, with members by their ids."""
    return ConfigSubentryDataWithId(
        data={"members": list(members)}, subentry_id=name.lower(), subentry_type="group", title=name, unique_id=None
    )


def people_entry(gateway: Gateway, *more: ConfigSubentryDataWithId, **options: Any) -> MockConfigEntry:
    """Return an account with Alice, Bob, Carol and the gateway's own group Famille, and more."""
    people = [recipient("Alice", ALICE), recipient("Bob", BOB), recipient("Carol", CAROL)]
    family = ConfigSubentryDataWithId(
        data={"group": "Famille"},
        subentry_id="family",
        subentry_type="recipient",
        title="Family",
        unique_id="group:Famille",
    )
    return MockConfigEntry(
        domain=DOMAIN,
        title="Home",
        data={"access_token": gateway.token, "base_url": gateway.url, "webhook_id": WEBHOOK_ID},
        options=options,
        subentries_data=[*people, family, *more],
    )


def titled(house: House, title: str) -> ConfigSubentry:
    """Return the subentry of a title."""
    found: ConfigSubentry = next(each for each in house.entry.subentries.values() if each.title == title)
    return found


async def written_to(house: House) -> list[str]:
    """Return the numbers that got anything, one for each message."""
    return [delivery.number for message in await house.gateway.messages() for delivery in message.deliveries]


def household_entry(gateway: Gateway, **data: dict[str, Any]) -> MockConfigEntry:
    """Return an account with Alice, Bob and the gateway's own group Famille, called Family; ``data`` adds by name."""
    recipients: list[tuple[str, dict[str, Any], str]] = [
        ("Alice", {"number": ALICE}, ALICE),
        ("Bob", {"number": BOB}, BOB),
        ("Family", {"group": "Famille"}, "group:Famille"),
    ]
    return MockConfigEntry(
        domain=DOMAIN,
        title="Home",
        data={"access_token": gateway.token, "base_url": gateway.url, "webhook_id": "hook"},
        subentries_data=[
            ConfigSubentryData(
                data=fields | data.get(name, {}), subentry_type="recipient", title=name, unique_id=unique_id
            )
            for name, fields, unique_id in recipients
        ],
    )


async def house_in_paris(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway, entry: MockConfigEntry, moment: str
) -> House:
    """Return a house in Paris, at a moment, whose account is set up."""
    await hass.config.async_set_time_zone("Europe/Paris")
    freezer.move_to(moment)
    house = House(hass, freezer, gateway, entry)
    await house.async_set_up()
    return house
