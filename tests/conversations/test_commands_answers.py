"""The answer to a command is what its script answered, and never that it worked if it did not."""

from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component

from tests.support.command_house import CommandHouse, command_entry
from tests.support.gateway import Gateway
from tests.support.house import House

type Steps = list[dict[str, Any]]
DONE, FAILED = "Status: done.", "Status: that did not work."
STOP_WITH_ERROR = {"stop": "the pump is stuck", "error": True}


def answering(answer: Any) -> Steps:
    """Return the steps of a script that answers this."""
    return [{"variables": {"result": {"answer": answer}}}, {"stop": "", "response_variable": "result"}]


async def answer_to(hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway, steps: Steps) -> str:
    """Start a script by the command "Status", and return the SMS that answers."""
    assert await async_setup_component(hass, "script", {"script": {"status": {"sequence": steps}}})
    house = House(hass, freezer, gateway, command_entry(gateway))
    await house.async_set_up()
    command_house = CommandHouse(house, [], house.capture("smsmode_command"))
    await command_house.hear("status")
    (answer,) = await command_house.answers()
    assert command_house.outcomes == [("Status", "failed" if answer == FAILED else "done")]
    return answer


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ("{{ 0 }}", "0"),
        (0, "0"),
        (0.0, "0.0"),
        ("{{ false }}", "False"),
        ("{{ [] }}", "[]"),
        ("21 degrees", "21 degrees"),
        ("", DONE),
        (" ", DONE),
        ("{{ none }}", DONE),
    ],
)
async def test_an_answer_that_counts_as_false_is_an_answer_and_none_is_not(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway, answer: Any, text: str
) -> None:
    assert await answer_to(hass, freezer, gateway, answering(answer)) == text


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param([STOP_WITH_ERROR], id="stop with an error"),
        pytest.param([{"if": "{{ true }}", "then": [STOP_WITH_ERROR]}], id="in a branch"),
        pytest.param([{"sequence": [STOP_WITH_ERROR]}], id="in a sequence"),
        pytest.param([{"condition": "{{ false }}"}, *answering("never")], id="a condition does not hold"),
        pytest.param([{"action": "script.turn_off", "target": {"entity_id": "script.status"}}], id="stopped"),
        pytest.param([{"wait_template": "{{ false }}", "timeout": 0, "continue_on_timeout": False}], id="timeout"),
        pytest.param([{"action": "no.such_action"}], id="raises"),
    ],
)
async def test_a_script_that_did_not_come_to_its_end_did_not_work(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway, steps: Steps
) -> None:
    assert await answer_to(hass, freezer, gateway, steps) == FAILED


async def test_a_script_that_stops_on_purpose_worked(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway
) -> None:
    assert await answer_to(hass, freezer, gateway, [{"stop": "nothing else to do"}]) == DONE
