"""Runs of blueprints for tests: an automation made of a blueprint, and the calls it makes."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.setup import async_setup_component

from .gateway import GatewayMessage
from .house import House

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "blueprints" / "automation" / "smsmode"
SCRIPTS = ROOT / "blueprints" / "script" / "smsmode"
ALARM = [{"trigger": "event", "event_type": "alarm"}]
DONE = [{"action": "test.done", "data": {"said": "done"}}]
both_languages = pytest.mark.parametrize("edition", ["", "fr/"], ids=["english", "french"])


def said(done: list[ServiceCall]) -> list[str]:
    return [str(call.data["said"]) for call in done]


async def use_blueprint(hass: HomeAssistant, blueprint: str, **inputs: Any) -> None:
    """Set up an automation with a blueprint of the repository."""
    there = Path(hass.config.path("blueprints", "automation", "smsmode"))
    await hass.async_add_executor_job(shutil.copytree, FOLDER, there)
    used = {"path": f"smsmode/{blueprint}.yaml", "input": inputs}
    automation = {"id": "tried", "alias": "Tried", "use_blueprint": used}
    assert await async_setup_component(hass, "persistent_notification", {})
    assert await async_setup_component(hass, "automation", {"automation": [automation]})
    await hass.async_block_till_done()
    state = hass.states.get("automation.tried")
    assert state is not None
    assert state.state == "on"


async def use_script_blueprint(hass: HomeAssistant, blueprint: str, **inputs: Any) -> None:
    """Set up the script ``script.tried`` with a blueprint of the repository."""
    there = Path(hass.config.path("blueprints", "script", "smsmode"))
    await hass.async_add_executor_job(shutil.copytree, SCRIPTS, there)
    used = {"path": f"smsmode/{blueprint}.yaml", "input": inputs}
    assert await async_setup_component(hass, "script", {"script": {"tried": {"use_blueprint": used}}})
    await hass.async_block_till_done()


async def answer(house: House, number: str, text: str) -> None:
    """Send an answer from a phone, and poll the gateway."""
    await house.gateway.reply(number, text, callback=False)
    await house.account.coordinator.async_refresh()


async def restart_automations(hass: HomeAssistant) -> None:
    """Stop all runs of the automation, as a restart does."""
    for action in ("turn_off", "turn_on"):
        await hass.services.async_call("automation", action, {"entity_id": "automation.tried"}, blocking=True)


def to(message: GatewayMessage) -> list[str]:
    return sorted(message.numbers)
