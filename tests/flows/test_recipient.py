"""Adding, editing and removing recipients."""

from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import (
    SOURCE_IMPORT,
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigEntryState,
    ConfigSubentry,
    SubentryFlowContext,
    SubentryFlowResult,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smsmode.const import DOMAIN
from custom_components.smsmode.flows import recipient as recipient_flow
from tests.support.flow_forms import count_starts, section_of, suggested
from tests.support.gateway import Gateway
from tests.support.house import ALICE, BOB, House

type Written = dict[str, Any]

WRONG = [
    pytest.param({"number": BOB}, "name", "name_missing", id="no name"),
    pytest.param({"name": "  ", "number": BOB}, "name", "name_missing", id="blank name"),
    pytest.param({"name": "\u200b\ufeff", "number": BOB}, "name", "name_missing", id="name that is not seen"),
    pytest.param({"name": "06 98 76 54 32", "number": BOB}, "name", "name_is_number", id="number as name"),
    pytest.param({"name": "+1", "number": BOB}, "name", "name_is_number", id="digit as name"),
    pytest.param({"name": "group:Amis", "group": "Amis"}, "name", "name_is_group", id="group as name"),
    pytest.param({"name": "GROUP:x", "group": "x"}, "name", "name_is_group", id="group in capitals"),
    pytest.param({"name": "B" * 101, "number": BOB}, "name", "name_too_long", id="endless name"),
    pytest.param({"name": "Bob", "group": "06 98 76 54 32"}, "group", "group_is_number", id="number as group"),
    pytest.param({"name": "Us", "group": "Amis, Voisins"}, "group", "group_invalid", id="two groups"),
    pytest.param({"name": "Us", "group": "Amis 🔥"}, "group", "group_invalid", id="emoji in group"),
    pytest.param({"name": "Us", "group": "group:"}, "group", "group_invalid", id="group without name"),
    pytest.param({"name": "Bob"}, "number", "number_or_group", id="neither"),
    pytest.param({"name": "Bob", "number": " ", "group": ""}, "number", "number_or_group", id="both blank"),
    pytest.param({"name": "Bob", "number": BOB, "group": "Amis"}, "group", "number_and_group", id="both"),
    pytest.param({"name": "Bob", "number": "Bob"}, "number", "not_a_number", id="name as number"),
    pytest.param({"name": "Bob", "number": "06 98 76 54 3x"}, "number", "not_a_number", id="letter"),
    pytest.param({"name": "Bob", "number": "☎ 0698765432"}, "number", "not_a_number", id="emoji"),
    pytest.param({"name": "Bob", "number": "https://wa.me/33698765432"}, "number", "not_a_number", id="address"),
    pytest.param({"name": "Bob", "number": "bob@example.org"}, "number", "not_a_number", id="mail address"),
    pytest.param({"name": "Bob", "number": "06 98 76 54 32, 06 12 34 56 78"}, "number", "not_a_number", id="two"),
    pytest.param({"name": "Bob", "number": "9" * 200}, "number", "impossible", id="200 digits"),
    pytest.param({"name": "Bob", "number": "06 98 76 54"}, "number", "impossible", id="too short"),
    pytest.param({"name": "Bob", "number": "06 98 76 54 32 10"}, "number", "impossible", id="too long"),
    pytest.param({"name": "Bob", "number": "+999 123456789"}, "number", "impossible", id="no country"),
    pytest.param({"name": "Bob", "number": "01 42 68 53 00"}, "number", "fixed_line", id="fixed line"),
    pytest.param({"name": "Bob", "number": "08 99 70 12 34"}, "number", "premium", id="premium"),
    pytest.param({"name": "Bob", "number": "0800 12 34 56"}, "number", "premium", id="toll-free"),
]
# The house of these tests knows Alice by her number, and the group Famille as Family.
TAKEN = [
    pytest.param({"name": "Alice", "number": BOB}, "name", "name_taken", id="name"),
    pytest.param({"name": " aLICE ", "number": BOB}, "name", "name_taken", id="name in other letters"),
    *(
        pytest.param({"name": name, "number": BOB}, "name", "name_taken", id=what)
        for what, name in {
            "name with an accent": "Alicé",
            "name with a zero-width space": "Ali\N{ZERO WIDTH SPACE}ce",
            "name with punctuation": "Alice!",
        }.items()
    ),
    pytest.param({"name": "Ali", "number": "06 12 34 56 78"}, "number", "already_configured", id="number"),
    pytest.param({"name": "Us", "group": "Famille"}, "group", "already_configured", id="group"),
    pytest.param({"name": "Us", "group": "FAMILLE"}, "group", "already_configured", id="group in capitals"),
]


@pytest.fixture
def asleep(hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway, entry: MockConfigEntry) -> House:
    """Give a house whose account is not set up, which is quicker and enough for a form."""
    entry.add_to_hass(hass)
    return House(hass, freezer, gateway, entry)


def in_sections(written: Written) -> Written:
    """Give what was written as the form asks for it: a group stands in a section."""
    fields = {name: value for name, value in written.items() if name != "group"}
    return fields | ({"gateway": {"group": written["group"]}} if "group" in written else {})


async def open_form(house: House, subentry: ConfigSubentry | None = None) -> SubentryFlowResult:
    """Open the form, empty or on a recipient."""
    if subentry is not None:
        result: SubentryFlowResult = await house.entry.start_subentry_reconfigure_flow(house.hass, subentry.subentry_id)
        return result
    return await house.hass.config_entries.subentries.async_init(
        (house.entry.entry_id, "recipient"), context={"source": SOURCE_USER}
    )


async def submit(house: House, form: SubentryFlowResult, written: Written) -> SubentryFlowResult:
    """Send the form off."""
    result = await house.hass.config_entries.subentries.async_configure(form["flow_id"], in_sections(written))
    await house.async_settle()
    return result


async def add(house: House, written: Written) -> SubentryFlowResult:
    """Add a recipient without a test."""
    menu = await submit(house, await open_form(house), written)
    assert menu["type"] is FlowResultType.MENU
    return await submit(house, menu, {"next_step_id": "add"})


def recipient(house: House, name: str) -> ConfigSubentry:
    """Give the recipient of a name."""
    found: ConfigSubentry = next(subentry for subentry in house.entry.subentries.values() if subentry.title == name)
    return found


@pytest.mark.parametrize(
    ("number", "kept"),
    [
        ("06 98 76 54 32", BOB),
        ("0698765432", BOB),
        ("06.98.76.54.32", BOB),
        ("06-98-76-54-32", BOB),
        ("+33 6 98 76 54 32", BOB),
        ("+33 (0)6 98 76 54 32", BOB),
        ("0033 6 98 76 54 32", BOB),
        (" +33698765432\n", BOB),
        ("06\u00a098\u00a076\u00a054\u00a032", BOB),
        ("\u202a+33698765432\u202c", BOB),
        ("０６９８７６５４３２", BOB),  # noqa: RUF001
        ("＋３３ ６ ９８ ７６ ５４ ３２", BOB),  # noqa: RUF001
        ("0692 12 34 56", "+262692123456"),
        ("+44 7911 123456", "+447911123456"),
    ],
)
async def test_a_number_in_any_usual_form_is_kept_in_one(asleep: House, number: str, kept: str) -> None:
    result = await add(asleep, {"name": " Bob ", "number": number})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    bob = recipient(asleep, "Bob")
    assert (dict(bob.data), bob.unique_id, bob.subentry_type) == ({"number": kept}, kept, "recipient")


async def test_a_number_without_country_is_of_the_country_of_the_account(house: House) -> None:
    house.hass.config_entries.async_update_entry(house.entry, options={"region": "BE"})
    await house.async_settle()
    form = await open_form(house)
    assert form["description_placeholders"] == {"region": "Belgium", "code": "+32"}
    await add(house, {"name": "Bob", "number": "0470 12 34 56"})
    assert recipient(house, "Bob").data == {"number": "+32470123456"}


async def test_a_group_is_a_recipient_too(asleep: House) -> None:
    result = await add(asleep, {"name": "Friends", "group": " Amis "})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    friends = recipient(asleep, "Friends")
    assert (dict(friends.data), friends.unique_id) == ({"group": "Amis"}, "group:Amis")


async def test_a_new_recipient_can_be_written_to_at_once(house: House) -> None:
    starts = count_starts(house.entry)
    await add(house, {"name": "Bob", "number": BOB})
    assert starts == [ConfigEntryState.LOADED]
    assert house.state("notify.bob").state == "unknown"
    await house.async_call("send_message", message="Hello", target=["Bob"])
    (message,) = await house.gateway.messages()
    assert message.numbers == [BOB.removeprefix("+")]


async def test_a_removed_recipient_leaves_nothing_behind(house: House) -> None:
    house.hass.config_entries.async_remove_subentry(house.entry, recipient(house, "Alice").subentry_id)
    await house.async_settle()
    assert house.hass.states.get("notify.alice") is None
    assert not er.async_get(house.hass).async_get("notify.alice")


@pytest.mark.parametrize(("written", "field", "problem"), WRONG + TAKEN)
async def test_a_wrong_recipient_is_explained_at_its_field_and_what_was_written_is_kept(
    asleep: House, written: Written, field: str, problem: str
) -> None:
    before = dict(asleep.entry.subentries)
    form = await submit(asleep, await open_form(asleep), written)
    assert form["type"] is FlowResultType.FORM
    assert form["errors"] == {"gateway" if field == "group" else field: problem}
    assert suggested(form) == {"name": "", **in_sections(written)}
    assert asleep.entry.subentries == before
    menu = await submit(asleep, form, {"name": "Bob", "number": BOB})
    assert menu["type"] is FlowResultType.MENU


async def test_a_recipient_is_shown_the_way_people_read_numbers(asleep: House) -> None:
    alice = await open_form(asleep, recipient(asleep, "Alice"))
    assert suggested(alice) == {"name": "Alice", "number": "+33 6 12 34 56 78"}
    family = await open_form(asleep, recipient(asleep, "Family"))
    assert suggested(family) == {"name": "Family", "gateway": {"group": "Famille"}}
    assert section_of(family, "gateway").options == {"collapsed": False}
    assert section_of(alice, "gateway").options == {"collapsed": True}


async def test_a_recipient_keeps_its_entities_when_name_and_number_change(house: House) -> None:
    alice = recipient(house, "Alice")
    registry = er.async_get(house.hass)
    entities = {entity.id for entity in registry.entities.values() if entity.config_subentry_id == alice.subentry_id}
    assert entities
    starts = count_starts(house.entry)
    result = await submit(house, await open_form(house, alice), {"name": "Bob", "number": "06 98 76 54 32"})
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reconfigure_successful"
    bob = recipient(house, "Bob")
    assert (bob.subentry_id, bob.unique_id, dict(bob.data)) == (alice.subentry_id, BOB, {"number": BOB})
    assert {e.id for e in registry.entities.values() if e.config_subentry_id == bob.subentry_id} == entities
    assert starts == [ConfigEntryState.LOADED]


async def test_a_person_can_become_a_group(asleep: House) -> None:
    await submit(asleep, await open_form(asleep, recipient(asleep, "Alice")), {"name": "Alice", "group": "Amis"})
    assert dict(recipient(asleep, "Alice").data) == {"group": "Amis"}


async def test_a_recipient_left_as_it_is_is_no_duplicate_of_itself(asleep: House) -> None:
    form = await open_form(asleep, recipient(asleep, "Alice"))
    result = await submit(asleep, form, suggested(form))
    assert result["reason"] == "reconfigure_successful"
    assert recipient(asleep, "Alice").unique_id == ALICE


@pytest.mark.parametrize(
    ("written", "field", "problem"),
    [
        pytest.param({"name": "", "number": ALICE}, "name", "name_missing", id="no name"),
        pytest.param({"name": "Alice"}, "number", "number_or_group", id="neither"),
        pytest.param({"name": "Alice", "number": "01 42 68 53 00"}, "number", "fixed_line", id="fixed line"),
        pytest.param({"name": "family", "number": ALICE}, "name", "name_taken", id="name"),
        pytest.param({"name": "Alice", "group": "Famille"}, "group", "already_configured", id="group"),
    ],
)
async def test_a_wrong_change_is_explained_and_changes_nothing(
    asleep: House, written: Written, field: str, problem: str
) -> None:
    form = await submit(asleep, await open_form(asleep, recipient(asleep, "Alice")), written)
    assert form["errors"] == {"gateway" if field == "group" else field: problem}
    assert suggested(form) == {"name": "", **in_sections(written)}
    assert dict(recipient(asleep, "Alice").data) == {"number": ALICE}
    result = await submit(asleep, form, {"name": "Bob", "number": BOB})
    assert result["reason"] == "reconfigure_successful"


@pytest.mark.parametrize("editing", [False, True], ids=["add", "edit"])
async def test_the_recipients_of_yaml_are_changed_in_yaml(
    hass: HomeAssistant, entry: MockConfigEntry, editing: bool
) -> None:
    from_yaml = MockConfigEntry(
        domain=DOMAIN,
        source=SOURCE_IMPORT,
        data=dict(entry.data),
        subentries_data=[subentry.as_dict() for subentry in entry.subentries.values()],
    )
    from_yaml.add_to_hass(hass)
    context = SubentryFlowContext(source=SOURCE_USER)
    if editing:
        context = SubentryFlowContext(source=SOURCE_RECONFIGURE, subentry_id=next(iter(from_yaml.subentries)))
    result = await hass.config_entries.subentries.async_init((from_yaml.entry_id, "recipient"), context=context)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "managed_by_yaml"


async def test_more_recipients_than_home_assistant_has_room_for_are_refused_before_the_form(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recipient_flow, "MAX_RECIPIENTS", 2)
    flows = house.hass.config_entries.subentries
    result = await flows.async_init((house.entry.entry_id, "recipient"), context={"source": SOURCE_USER})
    assert result["type"] is FlowResultType.ABORT
    assert (result["reason"], result["description_placeholders"]) == ("too_many", {"limit": "2"})
