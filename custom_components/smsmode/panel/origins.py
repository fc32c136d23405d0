"""Origins by name: which automation, script, person or alert sent a message."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.core import HomeAssistant

from ..helpers.origins import name_of_origin
from ..sending.origin import ALERT_ORIGIN, USER_ORIGIN

type Json = dict[str, Any]
type UserNames = Mapping[str, str | None]
"""The names of the users of Home Assistant, by their ids."""

_ACTORS: Final = ("automation", "script")


async def async_read_users(hass: HomeAssistant) -> UserNames:
    """Return the names of all users."""
    return {user.id: user.name for user in await hass.auth.async_get_users()}


def show_origin(hass: HomeAssistant, users: UserNames, origin: str) -> Json:
    """Return the kind and the name of what sent a message; who is not there any more has no name."""
    if origin.startswith(ALERT_ORIGIN):
        return {"kind": "alert", "name": origin.removeprefix(ALERT_ORIGIN)}
    if origin.startswith(USER_ORIGIN):
        return {"kind": "user", "name": users.get(origin.removeprefix(USER_ORIGIN))}
    kind = next((actor for actor in _ACTORS if origin.startswith(f"{actor}.")), "other")
    return {"kind": kind, "name": name_of_origin(hass, origin)}
