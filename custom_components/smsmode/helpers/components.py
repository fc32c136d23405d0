"""Components of Home Assistant that an account uses if they are there."""

import sys
from types import ModuleType

from homeassistant.core import HomeAssistant


def find_component(hass: HomeAssistant, domain: str) -> ModuleType | None:
    """Return the module of a component that is set up, else None.

    It is neither imported nor named in the manifest. Home Assistant refuses to set up an integration if one of its
    ``after_dependencies`` is configured and fails; and messages must leave without a cloud or an assistant.
    """
    if domain not in hass.config.components:
        return None
    return sys.modules.get(f"homeassistant.components.{domain}")
