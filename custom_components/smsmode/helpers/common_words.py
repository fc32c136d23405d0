"""Words that stand in no form and no error, in the language of Home Assistant."""

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import async_get_cached_translations

from ..const import DOMAIN


@callback
def common_word(hass: HomeAssistant, key: str) -> str:
    """Return a word of the loaded translations, or its key where these are not loaded."""
    words = async_get_cached_translations(hass, hass.config.language, "common", DOMAIN)
    return words.get(f"component.{DOMAIN}.common.{key}", key)
