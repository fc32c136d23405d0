"""Sentences of the translations that code puts into others, in the language of the house."""

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.translation import async_get_translations

from ..api import MessageStatus
from ..const import DOMAIN


async def async_explain_error(hass: HomeAssistant, err: HomeAssistantError) -> str:
    """Give the sentence of an error of ours, which Home Assistant itself keeps in English."""
    sentence = await _async_find(hass, "exceptions", f"{err.translation_key}.message")
    return sentence.format(**(err.translation_placeholders or {}))


async def async_name_status(hass: HomeAssistant, status: MessageStatus) -> str:
    """Give the name of a status of the annex, as the sensors show it."""
    return await _async_find(hass, "entity", f"sensor.last_status.state.{status}")


async def _async_find(hass: HomeAssistant, category: str, key: str) -> str:
    words = await async_get_translations(hass, hass.config.language, category, [DOMAIN])
    return words[f"component.{DOMAIN}.{category}.{key}"]
