"""Wording of what an assistant says: texts and errors of the translations, in the language of the conversation."""

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.translation import async_get_translations

from ..const import DOMAIN


async def async_say(hass: HomeAssistant, language: str, key: str, **placeholders: str) -> str:
    """Return a text of assistants."""
    words = await async_get_translations(hass, language.partition("-")[0], "common", {DOMAIN})
    return words[f"component.{DOMAIN}.common.assist_{key}"].format(**placeholders)


async def async_explain(hass: HomeAssistant, language: str, err: HomeAssistantError) -> str:
    """Return the text of an error; of one that has none here, what it says itself."""
    words = await async_get_translations(hass, language.partition("-")[0], "exceptions", {DOMAIN})
    text = words.get(f"component.{DOMAIN}.exceptions.{err.translation_key}.message")
    return str(err) if text is None else text.format(**err.translation_placeholders or {})
