"""Notices: what everybody sees who looks at Home Assistant, in its language, until it is closed."""

from homeassistant.components import persistent_notification
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import async_get_cached_translations

from ..const import DOMAIN


@callback
def async_show_notice(hass: HomeAssistant, key: str, notice_id: str, **placeholders: str) -> None:
    """Show a notice, in place of an earlier one of the same id. ``key`` is that of its title and message."""
    title, message = (common_text(hass, f"notice_{key}_{part}") for part in ("title", "message"))
    persistent_notification.async_create(
        hass, message.format(**placeholders), title.format(**placeholders), f"{DOMAIN}_{notice_id}"
    )


def common_text(hass: HomeAssistant, key: str) -> str:
    """Return a text of the translations that belongs to no form, in the language of Home Assistant."""
    words = async_get_cached_translations(hass, hass.config.language, "common", DOMAIN)
    return words.get(f"component.{DOMAIN}.common.{key}", "")
