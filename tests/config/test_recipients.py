import pytest
from homeassistant.config_entries import ConfigSubentryData
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smsmode.config.phone_numbers import NumberProblem
from custom_components.smsmode.config.recipients import (
    GROUP_VOICE,
    UNKNOWN_RECIPIENT,
    Failure,
    Recipients,
    Resolved,
)
from custom_components.smsmode.const import DOMAIN

ALICE, BOB, CAROL = "+33612345678", "+33698765432", "+33756123456"


def subentry(name: str, **data: str) -> ConfigSubentryData:
    return ConfigSubentryData(subentry_type="recipient", title=name, data=data, unique_id=name)


@pytest.fixture
def account(hass: HomeAssistant) -> MockConfigEntry:
    """An account with two people and a group."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Home",
        subentries_data=[
            subentry("Alice", number=ALICE),
            subentry("Zoé Straße", number=BOB),
            subentry("Family", group="Famille"),
        ],
    )
    entry.add_to_hass(hass)
    return entry


@pytest.fixture
def recipients(hass: HomeAssistant, account: MockConfigEntry) -> Recipients:
    return Recipients(hass, account, "FR")


def reach(recipients: Recipients, *targets: str, voice: bool = False) -> Resolved:
    return recipients.resolve(targets, voice=voice)


def test_without_targets_all_recipients_are_meant(recipients: Recipients) -> None:
    assert recipients.resolve(None) == Resolved((ALICE, BOB), ("Famille",), ())


def test_an_empty_list_of_targets_is_nobody(recipients: Recipients) -> None:
    assert recipients.resolve([]) == Resolved((), (), ())


@pytest.mark.parametrize(
    ("written", "number"),
    [
        pytest.param("Alice", ALICE, id="name"),
        pytest.param("ALICE", ALICE, id="capitals"),
        pytest.param(" alice\n", ALICE, id="white space around"),
        pytest.param("zoé STRASSE", BOB, id="letters that fold into others"),
        pytest.param("06 12 34 56 78", ALICE, id="national number"),
        pytest.param("07 56 12 34 56", CAROL, id="number of nobody known"),
    ],
)
def test_a_person_is_reached_by_name_or_number(recipients: Recipients, written: str, number: str) -> None:
    assert reach(recipients, written) == Resolved((number,), (), ())


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("Zoe\N{COMBINING DIAERESIS} D'Œuvre", id="accent apart"),
        pytest.param("Zoe d'oeuvre", id="accent and ligature left out"),
        pytest.param("ZOË D’ŒUVRE", id="capitals and a curly apostrophe"),
        pytest.param("Zoë\N{NO-BREAK SPACE}D'Œuvre", id="no-break space"),
        pytest.param("Zoë  D`Œuvre", id="two spaces and a grave accent"),
        pytest.param("Zo\N{ZERO WIDTH SPACE}ë D'Œuvre\ufeff", id="zero-width characters"),
    ],
)
def test_a_name_is_understood_however_it_is_written(hass: HomeAssistant, written: str) -> None:
    entry = MockConfigEntry(domain=DOMAIN, subentries_data=[subentry("Zoë D'Œuvre", number=BOB)])
    assert reach(Recipients(hass, entry, "FR"), written) == Resolved((BOB,), (), ())


def test_of_two_names_that_are_alike_each_is_reached_as_it_is_written_and_neither_otherwise(
    hass: HomeAssistant,
) -> None:
    # No form takes the second, but Home Assistant lets a person rename what was added.
    people = [subentry("Zoé", number=ALICE), subentry("ZOÉ", number=BOB)]
    recipients = Recipients(hass, MockConfigEntry(domain=DOMAIN, subentries_data=people), "FR")
    assert reach(recipients, "Zoé", "ZOÉ").numbers == (ALICE, BOB)
    assert reach(recipients, "zoe").failures == (Failure("zoe", UNKNOWN_RECIPIENT),)


def test_a_name_never_stands_in_for_a_number_a_group_or_an_entity(hass: HomeAssistant) -> None:
    people = [
        subentry("#0612345678", number=BOB),
        subentry("Group Famille", number=BOB),
        subentry("Notify Alice", number=BOB),
        subentry("Group", number=BOB),
    ]
    entry = MockConfigEntry(domain=DOMAIN, subentries_data=[*people, subentry("Alice", number=CAROL)])
    entry.add_to_hass(hass)
    alice = next(each.subentry_id for each in entry.subentries.values() if each.title == "Alice")
    er.async_get(hass).async_get_or_create(
        "notify", DOMAIN, "x", config_entry=entry, config_subentry_id=alice, suggested_object_id="alice"
    )
    recipients = Recipients(hass, entry, "FR")
    assert reach(recipients, "0612345678", "group:Famille", "notify.alice") == Resolved(
        (ALICE, CAROL), ("Famille",), ()
    )
    assert reach(recipients, "group:").failures == (Failure("group:", UNKNOWN_RECIPIENT),)


@pytest.mark.parametrize(
    ("written", "group"),
    [
        pytest.param("Family", "Famille", id="name of the recipient"),
        pytest.param("famille", "Famille", id="its name at the gateway"),
        pytest.param("group:Famille", "Famille", id="marked"),
        pytest.param("group: Famille ", "Famille", id="marked, with spaces"),
        pytest.param("group:Voisins", "Voisins", id="a group of the gateway that is no recipient"),
        pytest.param("group:0612345678", "0612345678", id="named like a number"),
        pytest.param("group:Alice", "Alice", id="named like a person"),
    ],
)
def test_a_group_is_reached_by_its_names(recipients: Recipients, written: str, group: str) -> None:
    assert reach(recipients, written) == Resolved((), (group,), ())


async def test_a_recipient_is_reached_by_its_entities_and_everybody_by_that_of_the_account(
    hass: HomeAssistant, account: MockConfigEntry, recipients: Recipients
) -> None:
    registry = er.async_get(hass)
    people = {subentry.title: subentry_id for subentry_id, subentry in account.subentries.items()}
    for name in ("Alice", "Family"):
        registry.async_get_or_create(
            "notify",
            DOMAIN,
            people[name],
            config_entry=account,
            config_subentry_id=people[name],
            suggested_object_id=name.lower(),
        )
    registry.async_get_or_create("notify", DOMAIN, "all", config_entry=account, suggested_object_id="home")
    assert reach(recipients, "notify.alice", "notify.family") == Resolved((ALICE,), ("Famille",), ())
    assert reach(recipients, "notify.home", "Alice") == recipients.resolve(None)
    registry.async_get_or_create("sensor", DOMAIN, "balance", config_entry=account, suggested_object_id="home")
    # Another entity of the account, one of nobody, one of another integration.
    registry.async_get_or_create("light", "demo", "1", suggested_object_id="lamp")
    for entity_id in ("sensor.home", "notify.bob", "light.lamp"):
        assert reach(recipients, entity_id).failures == (Failure(entity_id, UNKNOWN_RECIPIENT),)


async def test_the_entity_of_another_account_is_nobody_here(hass: HomeAssistant, recipients: Recipients) -> None:
    other = MockConfigEntry(domain=DOMAIN, title="Other", subentries_data=[subentry("Carol", number=CAROL)])
    other.add_to_hass(hass)
    er.async_get(hass).async_get_or_create(
        "notify",
        DOMAIN,
        "carol",
        config_entry=other,
        config_subentry_id=next(iter(other.subentries)),
        suggested_object_id="carol",
    )
    assert reach(recipients, "notify.carol").failures == (Failure("notify.carol", UNKNOWN_RECIPIENT),)


def test_whoever_is_named_twice_is_written_to_once_in_the_order_of_the_first(recipients: Recipients) -> None:
    resolved = reach(
        recipients, "zoé strasse", "Alice", "0612345678", "+33 6 12 34 56 78", "Family", "Famille", "group:Famille"
    )
    assert resolved == Resolved((BOB, ALICE), ("Famille",), ())


def test_the_impossible_targets_are_named_as_written_and_the_others_reached(recipients: Recipients) -> None:
    resolved = reach(recipients, "Alise", "Alice", "06 12", "01 23 45 67 89", "0899123456", "group:", "group: ", "")
    assert resolved.numbers == (ALICE,)
    assert resolved.failures == (
        Failure("Alise", UNKNOWN_RECIPIENT),
        Failure("06 12", NumberProblem.IMPOSSIBLE),
        Failure("01 23 45 67 89", NumberProblem.FIXED_LINE),
        Failure("0899123456", NumberProblem.PREMIUM),
        Failure("group:", UNKNOWN_RECIPIENT),
        Failure("group: ", UNKNOWN_RECIPIENT),
        Failure("", UNKNOWN_RECIPIENT),
    )


def test_a_voice_message_reaches_fixed_lines_and_no_groups(recipients: Recipients) -> None:
    resolved = reach(recipients, "Alice", "01 23 45 67 89", "Family", "group:Voisins", "Alise", voice=True)
    assert resolved.numbers == (ALICE, "+33123456789")
    assert resolved.groups == ()
    assert resolved.failures == (
        Failure("Family", GROUP_VOICE),
        Failure("group:Voisins", GROUP_VOICE),
        Failure("Alise", UNKNOWN_RECIPIENT),
    )


def test_a_voice_message_to_all_reaches_all_people(recipients: Recipients) -> None:
    resolved = recipients.resolve(None, voice=True)
    assert resolved.numbers == (ALICE, BOB)
    assert [failure.reason for failure in resolved.failures] == [GROUP_VOICE]


def test_national_numbers_are_those_of_the_region(hass: HomeAssistant, account: MockConfigEntry) -> None:
    assert Recipients(hass, account, "GB").resolve(["07400 123456"]).numbers == ("+447400123456",)


def test_a_number_is_known_by_the_name_that_the_house_gave_it(recipients: Recipients) -> None:
    assert recipients.name_of(ALICE) == "Alice"
    assert recipients.name_of("+33611111111") is None
    assert recipients.name_of("Famille") is None
    assert recipients.name_of(None) is None
    assert recipients.name_of("") is None


def test_each_recipient_is_given_by_its_subentry(account: MockConfigEntry, recipients: Recipients) -> None:
    assert [recipients.get(subentry_id) for subentry_id in account.subentries] == recipients.all
    assert [(each.name, each.target) for each in recipients.all] == [
        ("Alice", ALICE),
        ("Zoé Straße", BOB),
        ("Family", "group:Famille"),
    ]


def test_an_account_without_recipients_reaches_whoever_is_named(hass: HomeAssistant) -> None:
    entry = MockConfigEntry(domain=DOMAIN)
    recipients = Recipients(hass, entry, "FR")
    assert recipients.resolve(None) == Resolved((), (), ())
    assert recipients.resolve(["0612345678", "group:Famille"]) == Resolved((ALICE,), ("Famille",), ())
