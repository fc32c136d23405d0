"""Sentences of errors in a language that is chosen: Home Assistant itself keeps those of its exceptions in English."""

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.translation import async_get_translations

from ..const import DOMAIN


async def async_error_sentence(hass: HomeAssistant, err: HomeAssistantError, language: str) -> str:
    """Return the sentence of an error; of one that is none of ours, what it says itself."""
    words = await async_get_translations(hass, language.partition("-")[0], "exceptions", {DOMAIN})
    sentence = words.get(f"component.{DOMAIN}.exceptions.{err.translation_key}.message")
    if err.translation_domain != DOMAIN or sentence is None:
        return str(err)
    return sentence.format(**(err.translation_placeholders or {}))
