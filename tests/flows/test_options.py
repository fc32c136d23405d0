"""The options of an account."""

from collections.abc import Container, Mapping
from typing import Any

import pytest
from homeassistant.config_entries import SOURCE_IMPORT, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.core_config import async_process_ha_core_config
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_mock_service

from custom_components.smsmode.const import DEFAULT_BASE_URL, DOMAIN
from custom_components.smsmode.flows.options import SECTIONS
from tests.support.flow_forms import count_starts, open_options, section_of, suggested
from tests.support.house import House
from tests.support.links import reach_from_outside

CHOSEN: dict[str, Any] = {
    "sender": "DUPONT",
    "region": "BE",
    "low_balance": 7.5,
    "daily_limit": 12,
    "text": {"encoding": "gsm", "max_segments": 2, "stop": "if_free", "refuse_changed_text": True},
    "sending": {
        "fallback": "notify.mobile_app_alice",
        "repeat_urgent": True,
        "calendar_events": True,
        "default_account": True,
        "links": False,
    },
    "money": {
        "urgent_daily_limit": 6,
        "recipient_hourly_limit": 0,
        "assistant_limit": 3,
        "credit_price": 0.06,
    },
    "callbacks": {"callbacks": "off"},
    "access": {
        "user_access": ["read", "acknowledge"],
        "quick_replies": ["D’accord", "J’arrive"],
        "keep_conversations": "30",
    },
}
DEFAULTS: dict[str, Any] = {
    "region": "FR",
    "low_balance": 20,
    "daily_limit": 200,
    "text": {"encoding": "auto", "max_segments": 5, "stop": "never", "refuse_changed_text": False},
    "sending": {
        "repeat_urgent": False,
        "calendar_events": False,
        "default_account": True,
        "links": False,
    },
    "money": {
        "urgent_daily_limit": 100,
        "recipient_hourly_limit": 50,
        "assistant_limit": 10,
    },
    "callbacks": {"callbacks": "auto"},
    "access": {"user_access": [], "quick_replies": [], "keep_conversations": "off"},
}


@pytest.fixture
def asleep(hass: HomeAssistant, entry: MockConfigEntry) -> MockConfigEntry:
    """Give an account that is not set up, which is quicker and enough for a form."""
    entry.add_to_hass(hass)
    return entry


def changed(section: str, **fields: Any) -> dict[str, Any]:
    """Give what was chosen, but for some fields of a section, or of those that are in none."""
    return CHOSEN | ({section: CHOSEN[section] | fields} if section else fields)


def flat(written: Mapping[str, Any]) -> dict[str, Any]:
    """Give the fields of a form without their sections."""
    sections = (value for value in written.values() if isinstance(value, dict))
    fields = {name: value for name, value in written.items() if not isinstance(value, dict)}
    return fields | {name: value for section in sections for name, value in section.items()}


def only(fields: Mapping[str, Any], names: Container[str]) -> dict[str, Any]:
    """Give some of the fields."""
    return {field: value for field, value in fields.items() if field in names}


def choices(form: Mapping[str, Any]) -> dict[str, Any]:
    """Give what a form has filled in, but for what is only to be read."""
    values = suggested(form)
    del values["callbacks"]["callback_url"], values["callbacks"]["callback_state"]
    return values


async def test_what_holds_by_itself_is_shown(hass: HomeAssistant, asleep: MockConfigEntry) -> None:
    form = await open_options(hass, asleep.entry_id)
    assert form["type"] is FlowResultType.FORM
    assert choices(form) == DEFAULTS


async def test_the_country_is_that_of_the_house_unless_one_is_chosen(
    hass: HomeAssistant, asleep: MockConfigEntry
) -> None:
    await async_process_ha_core_config(hass, {"country": "CH"})
    form = await open_options(hass, asleep.entry_id)
    assert suggested(form)["region"] == "CH"


async def test_options_are_kept_without_their_sections_and_applied_at_once(hass: HomeAssistant, house: House) -> None:
    starts = count_starts(house.entry)
    form = await open_options(hass, house.entry.entry_id)
    result = await hass.config_entries.options.async_configure(form["flow_id"], CHOSEN)
    await house.async_settle()
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert dict(house.entry.options) == flat(CHOSEN)
    assert isinstance(house.entry.options["max_segments"], int)
    assert isinstance(house.entry.options["daily_limit"], int)
    assert starts == [ConfigEntryState.LOADED]
    assert house.account.options.sender == "DUPONT"
    form = await open_options(hass, house.entry.entry_id)
    assert choices(form) == CHOSEN


async def test_links_are_turned_on_where_there_is_an_address_from_outside(hass: HomeAssistant, house: House) -> None:
    reach_from_outside(hass)
    form = await open_options(hass, house.entry.entry_id)
    await hass.config_entries.options.async_configure(form["flow_id"], changed("sending", links=True))
    await house.async_settle()
    assert house.account.options.links


async def test_an_emptied_sender_and_country_are_those_of_the_gateway_and_the_house(
    hass: HomeAssistant, house: House
) -> None:
    hass.config_entries.async_update_entry(house.entry, options={"sender": "DUPONT", "region": "BE"})
    await house.async_settle()
    form = await open_options(hass, house.entry.entry_id)
    written = {field: value for field, value in CHOSEN.items() if field != "region"}
    await hass.config_entries.options.async_configure(form["flow_id"], written | {"sender": " "})
    await house.async_settle()
    assert "sender" not in house.entry.options
    assert house.account.options.sender is None
    assert house.account.options.region == "FR"


async def test_spaces_around_a_sender_do_not_matter(hass: HomeAssistant, asleep: MockConfigEntry) -> None:
    form = await open_options(hass, asleep.entry_id)
    await hass.config_entries.options.async_configure(form["flow_id"], changed("", sender=" DUPONT "))
    assert asleep.options["sender"] == "DUPONT"


WRONG = [
    *(
        pytest.param(changed("", sender=sender), {"sender": "invalid_sender"}, id=kind)
        for kind, sender in {
            "accent": "ÉCOLE",
            "emoji": "DUPONT🏠",
            "twelve": "DUPONTDUBOIS",
            "endless": "M" * 200,
            "space": "MA DUPONT",
            "unbreakable space": "MA\u00a0DUPONT",
            "sign": "MA-DUPONT",
            "digits": "36034",
            "number": "+33612345678",
            "line break": "MA\nDUPONT",
        }.items()
    ),
    *(
        pytest.param(changed("sending", fallback=fallback), {"sending": "invalid_fallback"}, id=f"fall-back {fallback}")
        for fallback in ("notify.home", "light.kitchen", "Alice", "notify.")
    ),
    pytest.param(changed("sending", links=True), {"sending": "invalid_links"}, id="links without an address"),
    pytest.param(changed("", low_balance=-1), {"low_balance": "invalid_low_balance"}, id="negative balance"),
    pytest.param(changed("money", credit_price=-0.1), {"money": "invalid_credit_price"}, id="negative price"),
    pytest.param(changed("", low_balance=1e9), {"low_balance": "invalid_low_balance"}, id="endless balance"),
    *(
        pytest.param(changed("money", **{limit: amount}), {"money": f"invalid_{limit}"}, id=f"{limit} {amount}")
        for limit in ("urgent_daily_limit", "recipient_hourly_limit", "assistant_limit")
        for amount in (-1, 2.5, 1_000_001)
    ),
    *(
        pytest.param(changed("", daily_limit=amount), {"daily_limit": "invalid_daily_limit"}, id=f"daily {amount}")
        for amount in (-1, 2.5, 1_000_001)
    ),
    *(
        pytest.param(changed("access", quick_replies=replies), {"access": "invalid_quick_replies"}, id=kind)
        for kind, replies in (("nine replies", [str(number) for number in range(9)]), ("a long reply", ["x" * 161]))
    ),
    pytest.param(
        changed("money", urgent_daily_limit=-5) | {"sender": "É", "daily_limit": -5},
        {"sender": "invalid_sender", "daily_limit": "invalid_daily_limit", "money": "invalid_urgent_daily_limit"},
        id="two fields and a section",
    ),
]


@pytest.mark.parametrize(("written", "errors"), WRONG)
async def test_what_cannot_be_is_asked_for_again_and_the_rest_is_kept(
    hass: HomeAssistant, asleep: MockConfigEntry, written: dict[str, Any], errors: dict[str, str]
) -> None:
    before = dict(asleep.options)
    form = await open_options(hass, asleep.entry_id)
    form = await hass.config_entries.options.async_configure(form["flow_id"], written)
    assert form["type"] is FlowResultType.FORM
    assert form["errors"] == errors
    asked = flat(suggested(form))
    assert asked.keys() == {error.removeprefix("invalid_") for error in errors.values()}
    assert asked == {field: flat(written)[field] for field in asked}
    assert all(section_of(form, name).options == {"collapsed": False} for name in errors if name in SECTIONS)
    assert dict(asleep.options) == before
    corrected = {name: CHOSEN[name] if name in flat(CHOSEN) else only(CHOSEN[name], asked) for name in errors}
    result = await hass.config_entries.options.async_configure(form["flow_id"], corrected)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert dict(asleep.options) == flat(CHOSEN)


async def test_a_wrong_sender_may_be_left_out(hass: HomeAssistant, asleep: MockConfigEntry) -> None:
    form = await open_options(hass, asleep.entry_id)
    form = await hass.config_entries.options.async_configure(form["flow_id"], changed("", sender="ÉCOLE"))
    await hass.config_entries.options.async_configure(form["flow_id"], {})
    assert "sender" not in asleep.options
    assert asleep.options["max_segments"] == 2


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(changed("text", max_segments=0), id="no segment"),
        pytest.param(changed("text", max_segments=6), id="six segments"),
        pytest.param(changed("text", encoding="utf-8"), id="encoding"),
        pytest.param(changed("text", stop="maybe"), id="stop"),
        pytest.param(changed("", region="AQ"), id="no telephones"),
        pytest.param(changed("money", recipient_hourly_limit="many"), id="word"),
        pytest.param(changed("callbacks", callbacks="always"), id="callbacks"),
        pytest.param(changed("access", keep_conversations="7"), id="seven days"),
        pytest.param({}, id="nothing"),
    ],
)
async def test_what_the_form_does_not_offer_is_refused(
    hass: HomeAssistant, asleep: MockConfigEntry, written: dict[str, Any]
) -> None:
    form = await open_options(hass, asleep.entry_id)
    with pytest.raises(InvalidData):
        await hass.config_entries.options.async_configure(form["flow_id"], written)
    assert dict(asleep.options) == {}


async def test_the_address_for_callbacks_is_shown_to_be_pasted(hass: HomeAssistant, asleep: MockConfigEntry) -> None:
    await async_process_ha_core_config(hass, {"external_url": "https://house.example"})
    hass.config_entries.async_update_entry(asleep, options={"callbacks": "external"})
    form = await open_options(hass, asleep.entry_id)
    url = suggested(form)["callbacks"]["callback_url"]
    assert url.endswith(f"/api/webhook/{asleep.data['webhook_id']}")
    await hass.config_entries.options.async_configure(form["flow_id"], suggested(form))
    assert set(asleep.options) == set(flat(DEFAULTS))


async def test_a_house_without_callbacks_shows_no_address(hass: HomeAssistant, asleep: MockConfigEntry) -> None:
    hass.config_entries.async_update_entry(asleep, options={"callbacks": "off"})
    form = await open_options(hass, asleep.entry_id)
    assert suggested(form)["callbacks"] == {"callbacks": "off", "callback_state": "turned_off", "callback_url": ""}


async def test_the_options_of_an_account_of_yaml_are_changed_in_yaml(hass: HomeAssistant) -> None:
    entry = MockConfigEntry(domain=DOMAIN, source=SOURCE_IMPORT, data={"access_token": "key"})
    entry.add_to_hass(hass)
    result = await open_options(hass, entry.entry_id)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "managed_by_yaml"


PUBLIC, INSECURE, AT_HOME = "https://house.example", "http://house.example", "https://192.168.1.2:8123"
IN_USE = [
    # The choice, the external address, what is in use, and the warning.
    pytest.param("auto", PUBLIC, "external", None, id="auto"),
    pytest.param("auto", None, "no_address", None, id="auto without address"),
    pytest.param("auto", INSECURE, "not_https", "callback_not_https", id="auto without https"),
    pytest.param("auto", AT_HOME, "not_public", "callback_not_public", id="auto at home"),
    pytest.param("auto", "https://house.local", "not_public", "callback_not_public", id="auto by a name at home"),
    pytest.param("auto", "https://house", "not_public", "callback_not_public", id="auto by a bare name"),
    pytest.param("external", PUBLIC, "external", None, id="external"),
    pytest.param("external", None, "no_address", "callback_no_address", id="external without address"),
    pytest.param("external", INSECURE, "not_https", "callback_not_https", id="external without https"),
    pytest.param("cloud", PUBLIC, "no_cloud", "callback_no_cloud", id="no cloud"),
    pytest.param("off", None, "turned_off", None, id="off"),
]


@pytest.mark.parametrize(("mode", "external", "state", "warning"), IN_USE)
async def test_it_is_said_which_address_is_in_use_and_why_none_is(
    hass: HomeAssistant, asleep: MockConfigEntry, mode: str, external: str | None, state: str, warning: str | None
) -> None:
    hass.config.external_url = external
    data = {**asleep.data, "base_url": DEFAULT_BASE_URL}
    hass.config_entries.async_update_entry(asleep, data=data, options={"callbacks": mode})
    form = await open_options(hass, asleep.entry_id)
    shown = suggested(form)["callbacks"]
    assert (shown["callback_state"], bool(shown["callback_url"])) == (state, state == "external")
    assert form["errors"] == ({"callbacks": warning} if warning else {})
    result = await hass.config_entries.options.async_configure(form["flow_id"], suggested(form))
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_a_gateway_on_this_machine_is_said_to_be(hass: HomeAssistant, asleep: MockConfigEntry) -> None:
    hass.config.internal_url = "http://127.0.0.1:8123"
    form = await open_options(hass, asleep.entry_id)
    assert suggested(form)["callbacks"]["callback_state"] == "nearby"


async def test_a_choice_that_comes_to_nothing_is_kept_only_by_who_means_it(
    hass: HomeAssistant, asleep: MockConfigEntry
) -> None:
    hass.config_entries.async_update_entry(asleep, data={**asleep.data, "base_url": DEFAULT_BASE_URL})
    form = await open_options(hass, asleep.entry_id)
    assert form["errors"] == {}
    written = changed("callbacks", callbacks="cloud")
    form = await hass.config_entries.options.async_configure(form["flow_id"], written)
    assert form["errors"] == {"callbacks": "callback_no_cloud"}
    assert choices(form) == {"callbacks": {"callbacks": "cloud"}}
    assert not asleep.options
    result = await hass.config_entries.options.async_configure(form["flow_id"], choices(form))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert asleep.options["callbacks"] == "cloud"
    assert asleep.options["sender"] == "DUPONT"


async def test_a_general_word_as_sender_is_kept_only_by_who_means_it(
    hass: HomeAssistant, asleep: MockConfigEntry
) -> None:
    form = await open_options(hass, asleep.entry_id)
    assert form["errors"] == {}
    form = await hass.config_entries.options.async_configure(form["flow_id"], changed("", sender="Alarmes2"))
    assert form["errors"] == {"sender": "generic_sender"}
    assert suggested(form) == {"sender": "Alarmes2"}
    form = await hass.config_entries.options.async_configure(form["flow_id"], {"sender": "INFO"})
    assert form["errors"] == {"sender": "generic_sender"}
    result = await hass.config_entries.options.async_configure(form["flow_id"], suggested(form))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert asleep.options["sender"] == "INFO"


async def test_a_general_word_that_is_in_use_is_named_when_the_form_opens(
    hass: HomeAssistant, asleep: MockConfigEntry
) -> None:
    hass.config_entries.async_update_entry(asleep, options={"sender": "ALERT"})
    form = await open_options(hass, asleep.entry_id)
    assert form["errors"] == {"sender": "generic_sender"}


async def test_the_default_account_is_one_alone(hass: HomeAssistant, house: House) -> None:
    other = MockConfigEntry(domain=DOMAIN, title="Chalet", data=house.entry.data, options={"default_account": True})
    other.add_to_hass(hass)
    form = await open_options(hass, house.entry.entry_id)
    assert suggested(form)["sending"]["default_account"] is False
    await hass.config_entries.options.async_configure(form["flow_id"], CHOSEN)
    await house.async_settle()
    assert house.entry.options["default_account"] is True
    assert other.options["default_account"] is False
    form = await open_options(hass, house.entry.entry_id)
    await hass.config_entries.options.async_configure(form["flow_id"], changed("sending", default_account=False))
    await house.async_settle()
    # Nobody chose one, so the first one made is it.
    form = await open_options(hass, house.entry.entry_id)
    assert suggested(form)["sending"]["default_account"] is True


async def test_the_fall_back_is_chosen_from_what_notifies_but_for_the_account_itself(
    hass: HomeAssistant, house: House
) -> None:
    async_mock_service(hass, "notify", "mobile_app_alice")
    hass.states.async_set("notify.phone", "unknown")
    form = await open_options(hass, house.entry.entry_id)
    fields = section_of(form, "sending").schema.schema
    (selector,) = [selector for field, selector in fields.items() if str(field) == "fallback"]
    assert {"notify.mobile_app_alice", "notify.phone"} <= set(selector.config["options"])
    assert not {"notify.home", "notify.alice", "notify.send_message"} & set(selector.config["options"])
    result = await hass.config_entries.options.async_configure(form["flow_id"], changed("sending", fallback=" "))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await house.async_settle()
    assert house.account.options.fallback is None


async def test_four_fields_stand_first_and_the_others_are_folded(hass: HomeAssistant, asleep: MockConfigEntry) -> None:
    form = await open_options(hass, asleep.entry_id)
    schema = form["data_schema"]
    assert schema is not None
    names = list(map(str, schema.schema))
    assert names == [
        "sender",
        "region",
        "low_balance",
        "daily_limit",
        "text",
        "sending",
        "money",
        "callbacks",
        "access",
    ]
    assert all(section_of(form, name).options == {"collapsed": True} for name in names[4:])


async def test_a_section_that_is_warned_about_is_open_from_the_first(
    hass: HomeAssistant, asleep: MockConfigEntry
) -> None:
    data = {**asleep.data, "base_url": DEFAULT_BASE_URL}
    hass.config_entries.async_update_entry(asleep, data=data, options={"callbacks": "cloud"})
    form = await open_options(hass, asleep.entry_id)
    assert section_of(form, "callbacks").options == {"collapsed": False}
    assert section_of(form, "text").options == {"collapsed": True}


@pytest.mark.parametrize(("options", "price"), [({}, ""), ({"credit_price": 0.06}, " (0.06\u00a0EUR)")])
async def test_limits_are_told_what_a_segment_costs_if_a_credit_has_a_price(
    hass: HomeAssistant, asleep: MockConfigEntry, options: dict[str, float], price: str
) -> None:
    hass.config_entries.async_update_entry(asleep, options=options)
    form = await open_options(hass, asleep.entry_id)
    assert (form["description_placeholders"] or {})["segment_price"] == price
