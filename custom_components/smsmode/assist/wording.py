"""Wording of what an assistant says: texts of the translations, in the language of the conversation."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations

from ..const import DOMAIN


async def async_say(hass: HomeAssistant, language: str, key: str, **placeholders: str) -> str:
    """Return a text of assistants."""
    words = await async_get_translations(hass, language.partition("-")[0], "common", {DOMAIN})
    return words[f"component.{DOMAIN}.common.assist_{key}"].format(**placeholders)
