"""The dashboards that are given along show what the house has, and their form sends."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigSubentryData
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.template import Template
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from homeassistant.util.yaml import load_yaml_dict
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smsmode.api import Reply
from custom_components.smsmode.const import DOMAIN
from tests.support.gateway import Gateway
from tests.support.house import ALICE, BOB, WEBHOOK_ID, House

FOLDER = Path(__file__).parents[2] / "dashboards"
CREDITS = {"en": "credit", "fr": "crédit"}
LANGUAGES = {"en": ("smsmode.yaml", "smsmode_helpers.yaml"), "fr": ("smsmode.fr.yaml", "smsmode_helpers.fr.yaml")}
ENTITY_ID = re.compile(r"\b(?:sensor|event|script|input_boolean|input_select|input_text)\.\w+")
NOT_ENTITIES = {"input_text.set_value", "script.sms_send"}
MESSAGE, RECIPIENT, REPLY = "input_text.sms_message", "input_select.sms_recipient", "input_boolean.sms_reply"


def written(language: str) -> tuple[str, str]:
    """Give both files of a language."""
    dashboard, helpers = LANGUAGES[language]
    return (FOLDER / dashboard).read_text(encoding="utf-8"), (FOLDER / helpers).read_text(encoding="utf-8")


def cards(language: str) -> list[dict[str, Any]]:
    (view,) = load_yaml_dict(str(FOLDER / LANGUAGES[language][0]))["views"]
    return [card for section in view["sections"] for card in section["cards"]]


def markdown(language: str, index: int) -> str:
    """Give the content of a markdown card: 0 is the preview, 1 the last reply."""
    content: str = [card["content"] for card in cards(language) if card["type"] == "markdown"][index]
    return content


@pytest.fixture(params=LANGUAGES)
async def home(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway, request: pytest.FixtureRequest
) -> House:
    """Give the house that the dashboards are written for, in its language, with the helpers."""
    hass.config.language = request.param
    recipients = [
        ConfigSubentryData(data={"number": number}, subentry_type="recipient", title=name, unique_id=number)
        for name, number in (("Alice", ALICE), ("Bob", BOB))
    ]
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Maison" if request.param == "fr" else "Home",
        data={"access_token": gateway.token, "base_url": gateway.url, "webhook_id": WEBHOOK_ID},
        subentries_data=recipients,
    )
    house = House(hass, freezer, gateway, entry)
    await house.async_set_up()
    helpers = load_yaml_dict(str(FOLDER / LANGUAGES[request.param][1]))
    for component in helpers:
        assert await async_setup_component(hass, component, helpers)
    await house.async_settle()
    return house


async def async_write(house: House, text: str) -> None:
    """Type a message into the form."""
    await house.hass.services.async_call(
        "input_text", "set_value", {"entity_id": MESSAGE, "value": text}, blocking=True
    )
    await house.async_settle()


async def async_send(house: House) -> None:
    """Press the button of the form."""
    await house.hass.services.async_call("script", "sms_send", blocking=True)
    await house.async_settle()


def shown(house: House, index: int) -> str:
    """Give what a markdown card shows."""
    text: str = Template(markdown(house.hass.config.language, index), house.hass).async_render(parse_result=False)
    return text


async def test_a_dashboard_shows_only_what_the_house_has(home: House) -> None:
    used = {found for text in written(home.hass.config.language) for found in ENTITY_ID.findall(text)}
    assert not [found for found in used - NOT_ENTITIES if home.hass.states.get(found) is None]
    assert home.hass.services.has_service("script", "sms_send")


async def test_what_is_written_is_previewed_and_sent_once(home: House) -> None:
    assert "**" not in shown(home, 0)
    await async_write(home, "x" * 200)
    assert home.state("sensor.sms_preview").state == "4"
    assert shown(home, 0).startswith(f"**2 SMS \u00d7 2 = 4 {CREDITS[home.hass.config.language]}s** (")
    assert not await home.gateway.messages()
    await async_send(home)
    (message,) = await home.gateway.messages()
    assert (message.numbers, message.text) == ([ALICE[1:], BOB[1:]], "x" * 200)
    assert home.state(MESSAGE).state == ""
    assert "**" not in shown(home, 0)


async def test_a_preview_says_the_price_if_a_credit_has_one(home: House) -> None:
    home.hass.config_entries.async_update_entry(home.entry, options={**home.entry.options, "credit_price": 0.06})
    await home.async_settle()
    await async_write(home, "x")
    assert {"en": "**, 0.12 EUR (", "fr": "**, 0,12 EUR ("}[home.hass.config.language] in shown(home, 0)


async def test_a_message_can_go_to_one_person_who_may_answer(home: House) -> None:
    await home.hass.services.async_call(
        "input_select", "select_option", {"entity_id": RECIPIENT, "option": "Bob"}, blocking=True
    )
    await home.hass.services.async_call("input_boolean", "turn_on", {"entity_id": REPLY}, blocking=True)
    await async_write(home, "Crème brûlée 🍮")
    assert home.state("sensor.sms_preview").attributes["changes"]
    assert all(sign in shown(home, 0) for sign in (f"**1 SMS \u00d7 1 = 1 {CREDITS[home.hass.config.language]}**", "✏️"))
    await async_send(home)
    (message,) = await home.gateway.messages()
    assert (message.numbers, message.message_class) == ([BOB[1:]], 4)


async def test_what_makes_a_message_costly_is_named(home: House) -> None:
    await async_write(home, "Fuite 🚰 *là*")
    assert "💶" in shown(home, 0)
    assert r"\*là\*" in shown(home, 0)


async def test_what_could_not_be_sent_stays_in_its_field(home: House) -> None:
    await async_write(home, "Dinner")
    await home.gateway.fail("sendSMS.do", "code:35")
    with pytest.raises(HomeAssistantError):
        await async_send(home)
    assert home.state(MESSAGE).state == "Dinner"


async def test_markdown_in_a_reply_is_shown_as_it_was_written(home: House) -> None:
    before = shown(home, 1)
    home.account.processor.async_process_reply(
        Reply(
            reply_id="R1",
            received_at=dt_util.utcnow(),
            sender=ALICE,
            text="![x](https://evil.example/a_b)\n<img src=x> # *hi* {{ 1 }}",
        ),
        verified=True,
    )
    await home.async_settle()
    after = shown(home, 1)
    assert before != after
    assert "Alice" in after
    assert r"\!\[x\]\(https\:\/\/evil\.example\/a\_b\)" in after
    assert "\n> " + r"\<img src\=x\> \# \*hi\* \{\{ 1 \}\}" in after


def shape(node: object) -> Iterator[object]:
    """Give what is the same in every language."""
    match node:
        case dict():
            for key, value in node.items():
                yield key
                if key not in {"heading", "title", "content", "name", "alias", "entity", "options"}:
                    yield from shape(value)
        case list():
            for value in node:
                yield from shape(value)
        case str():
            yield ENTITY_ID.sub("", node)
        case _:
            yield node


@pytest.mark.parametrize("index", [0, 1], ids=["dashboard", "helpers"])
def test_english_and_french_are_the_same(index: int) -> None:
    english, french = (load_yaml_dict(str(FOLDER / files[index])) for files in LANGUAGES.values())
    assert list(shape(english)) == list(shape(french))
