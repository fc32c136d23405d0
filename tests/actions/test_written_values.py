"""What YAML and templates make of what a person writes: no text becomes another, and no number a stranger's."""

from datetime import date
from typing import Any

import probatio
import pytest
import yaml
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.template import Template
from homeassistant.setup import async_setup_component
from hypothesis import given, settings
from hypothesis import strategies as st

from custom_components.smsmode.actions import schemas
from custom_components.smsmode.config.yaml_schema import MESSAGE_FIELDS
from custom_components.smsmode.helpers.validation import identifier, plain_text, sentence, target, text
from tests.support.action_calls import last_params
from tests.support.house import ALICE_DIGITS, House

MISREAD = [False, True, None, 1.5, 1320, 0o612345670, date(2026, 11, 30), ["a"], {"a": 1}]
ALL_SCHEMAS = {name: schema for name, schema in vars(schemas).items() if isinstance(schema, probatio.Schema)} | {
    "MESSAGE_FIELDS": probatio.Schema(MESSAGE_FIELDS)
}
FIELDS = [
    pytest.param({key: validator}, id=f"{name}-{key}")
    for name, schema in ALL_SCHEMAS.items()
    for key, validator in schema.schema.items()
]


@pytest.mark.parametrize("field", FIELDS)
def test_no_field_of_any_action_makes_text_of_what_yaml_misread(field: dict[Any, Any]) -> None:
    (key,) = field
    schema = probatio.Schema(field)
    for value in (False, True, None, 1.5, date(2026, 11, 30)):
        try:
            read = schema({str(key): value})[str(key)]
        except probatio.Invalid:
            continue
        assert not isinstance(read, str)
        assert not (isinstance(read, int | float) and isinstance(value, bool) and not isinstance(read, bool))


@pytest.mark.parametrize("value", MISREAD, ids=str)
def test_text_that_yaml_misread_is_refused_with_what_to_do(value: object) -> None:
    for validator in (text, plain_text):
        with pytest.raises(probatio.Invalid, match="put it in quotes"):
            validator(value)


@given(st.one_of(st.text("0123456789abcdefxoyesnfXON+-_.:/~ ", max_size=14), st.from_regex(r"\A[0-9]{1,2}:[0-9]{2}\Z")))
@settings(max_examples=500)
def test_whatever_is_written_without_quotes_is_the_same_text_or_refused(written: str) -> None:
    try:
        read = yaml.safe_load(f"[{written}]")
    except yaml.YAMLError:
        return
    if not isinstance(read, list) or len(read) != 1:
        return
    try:
        assert text(read[0]) == written.strip()
    except probatio.Invalid:
        return


def test_an_id_may_be_an_integer_as_templates_make_it() -> None:
    assert identifier(4711) == "4711"
    for value in (False, -1, 1.5, None):
        with pytest.raises(probatio.Invalid, match="quotes"):
            identifier(value)


def test_an_answer_may_be_a_digit() -> None:
    assert [sentence(value) for value in (0, 9, "no")] == ["0", "9", "no"]
    for value in (10, -1, True):
        with pytest.raises(probatio.Invalid, match="quotes"):
            sentence(value)


def test_a_list_in_a_list_of_targets_is_refused() -> None:
    for value in (["Alice"], ("Alice",), {"Alice"}, {"name": "Alice"}):
        with pytest.raises(probatio.Invalid, match="one target or a list"):
            target(value)


@pytest.mark.parametrize(
    ("action", "data"),
    [
        pytest.param("send_message", {"message": False, "target": "Alice"}, id="off"),
        pytest.param("send_message", {"message": 1320, "target": "Alice"}, id="a time"),
        pytest.param("send_message", {"message": "Hi", "title": True, "target": "Alice"}, id="title"),
        pytest.param("send_message", {"message": "Hi", "sender": 4711, "target": "Alice"}, id="sender"),
        pytest.param("send_voice_message", {"message": False, "target": "Alice"}, id="voice"),
        pytest.param("send_batch", {"messages": [{"target": "Alice", "message": False}]}, id="batch"),
        pytest.param(
            "ask",
            {"question": "?", "target": "Alice", "answers": [{"id": True, "sentences": [True, "oui"]}]},
            id="answer",
        ),
        pytest.param("ask", {"question": "?", "target": "Alice", "tell_others": False}, id="tell_others"),
        pytest.param("alert", {"message": "!", "steps": {"target": "Alice"}, "alert_id": False}, id="alert_id"),
        pytest.param("add_contact", {"name": False, "number": "0612345678"}, id="contact"),
    ],
)
async def test_an_action_refuses_text_that_yaml_misread(house: House, action: str, data: dict[str, Any]) -> None:
    with pytest.raises(probatio.Invalid, match="put it in quotes"):
        await house.hass.services.async_call("smsmode", action, data, blocking=True)
    assert not await house.gateway.messages()


@pytest.mark.parametrize(
    ("action", "number"),
    [
        ("send_message", 0o612345670),
        ("send_voice_message", 0o612345670),
        ("send_message", 612345678),
        ("send_message", 6.12345678),
        ("send_message", True),
        ("send_message", date(2026, 11, 30)),
    ],
)
async def test_a_target_that_may_be_somebody_else_is_refused(house: House, action: str, number: object) -> None:
    with pytest.raises(ServiceValidationError, match="Put it in quotes") as refused:
        await house.async_call(action, message="Water!", target=number)
    assert refused.value.translation_key == "target_unquoted"
    assert not await house.gateway.messages()


async def test_a_target_that_cannot_be_read_does_not_keep_others_from_being_written_to(house: House) -> None:
    response = await house.async_call("send_message", message="Water!", target=["Alice", 0o612345670])
    assert [failure["reason"] for failure in response["failed"]] == ["unquoted"]
    (message,) = await house.gateway.messages()
    assert message.numbers == [ALICE_DIGITS]


@pytest.mark.parametrize("action", ["smsmode.send_message", "notify.home"])
async def test_a_number_from_a_template_that_lost_its_plus_is_international(house: House, action: str) -> None:
    script = {"sequence": [{"action": action, "data": {"message": "Bula", "target": "{{ '+687751234' }}"}}]}
    assert await async_setup_component(house.hass, "script", {"script": {"test": script}})
    await house.hass.services.async_call("script", "test", blocking=True)
    await house.async_settle()
    (message,) = await house.gateway.messages()
    assert message.numbers == ["687751234"]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param({"message": False, "target": "Alice"}, id="message"),
        pytest.param({"message": "Hi", "title": 1320}, id="title"),
        pytest.param({"message": "Hi", "target": 0o612345670}, id="target"),
        pytest.param({"message": "Hi", "target": [["Alice"]]}, id="list in a list"),
        pytest.param({"message": "Hi", "target": "Alice", "data": {"sender": False}}, id="sender"),
    ],
)
async def test_a_notify_service_refuses_what_yaml_misread(house: House, data: dict[str, Any]) -> None:
    with pytest.raises((probatio.Invalid, HomeAssistantError), match=r"quotes|list in a list"):
        await house.async_notify(**data)
    assert not await house.gateway.messages()


@pytest.mark.parametrize("nobody", [[], "", "  ", ["", " "], None], ids=str)
@pytest.mark.parametrize("action", ["send_message", "send_voice_message"])
async def test_an_empty_target_is_nobody_and_not_everybody(house: House, action: str, nobody: object) -> None:
    with pytest.raises(ServiceValidationError, match="notify entity of the account") as refused:
        await house.async_call(action, message="Water!", target=nobody)
    assert refused.value.translation_key == "no_recipients"
    with pytest.raises(ServiceValidationError, match="notify entity of the account"):
        await house.async_notify(message="Water!", target=nobody)
    assert not await house.gateway.messages()


async def test_a_notify_service_without_a_target_writes_to_all(hass: HomeAssistant, house: House) -> None:
    await house.async_call("add_contact", name="Bob", number="0698765432", groups=["Famille"])
    await house.async_notify(message="Water!")
    assert len(await house.gateway.messages()) == 2
    assert hass.services.has_service("notify", "home")


@pytest.mark.parametrize("number", [33639981234, "+33 6 39 98 12 34"])
async def test_a_single_number_is_read_by_the_same_rule(house: House, number: object) -> None:
    await house.async_call("add_contact", name="Bob", number=number)
    assert (await last_params(house.gateway, "addContact.do"))["mobile"] == "33639981234"


@pytest.mark.parametrize("number", [0o612345670, False, 6.1])
async def test_a_single_number_that_may_be_another_is_refused(house: House, number: object) -> None:
    for action, data in (("add_contact", {"name": "Bob"}), ("delete_message", {})):
        with pytest.raises(ServiceValidationError, match="Put it in quotes"):
            await house.async_call(action, number=number, **data)


async def test_a_row_of_a_batch_with_such_a_number_is_named(house: House) -> None:
    rows = [{"target": "Alice", "message": "Hi"}, {"target": 0o612345670, "message": "Hi"}]
    response = await house.async_call("send_batch", messages=rows)
    assert [failure["reason"] for failure in response["failed"]] == ["unquoted"]


async def test_a_number_of_no_known_range_is_written_to_with_a_warning(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    fields: dict[str, Any] = {"message": "Hi", "target": ["+46 719 123 456 789", "Alice"]}
    warned = [{"reason": "unknown_range", "target": "+46719123456789"}]
    assert (await house.async_call("preview_message", **fields))["warnings"] == warned
    assert (await house.async_call("send_message", **fields))["warnings"] == warned
    assert "unknown_range" in caplog.text
    assert "46719123456789" not in caplog.text
    rows = [{"target": "0700 12 34 56 78 90", "message": "Hi"}, {"target": "Alice", "message": "Hi"}]
    response = await house.async_call("send_batch", messages=rows)
    assert response["warnings"] == [{"reason": "unknown_range", "target": "+337001234567890"}]
    assert "warnings" not in await house.async_call("send_message", message="Hi", target="Alice", repeat=True)


def test_a_list_that_a_template_rendered_is_the_text_that_it_was(hass: HomeAssistant) -> None:
    rendered = Template("{{ [1, 2] }}", hass).async_render()
    assert text(rendered) == "[1, 2]"
