"""The name of an account, which is also that of its notify service."""

from enum import StrEnum
from itertools import count

from homeassistant.components.notify import DOMAIN as NOTIFY_DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.util import slugify

from ..const import DOMAIN, MANUFACTURER

MAX_LENGTH = 50
# What Home Assistant spells a name as in which it finds no letter and no digit.
_NOTHING = slugify("?")


class NameProblem(StrEnum):
    """Why an account cannot be called like that; the value names the explanation."""

    MISSING = "name_missing"
    TOO_LONG = "name_too_long"
    TAKEN = "name_taken"


def find_problem(hass: HomeAssistant, name: str) -> NameProblem | None:
    """Say why an account cannot have a name, if so."""
    if slugify(name) in ("", _NOTHING):
        return NameProblem.MISSING
    if len(name) > MAX_LENGTH:
        return NameProblem.TOO_LONG
    return NameProblem.TAKEN if _is_taken(hass, name) else None


def free_name(hass: HomeAssistant) -> str:
    """Give a name to begin with."""
    names = (MANUFACTURER if number == 1 else f"{MANUFACTURER} {number}" for number in count(1))
    return next(name for name in names if not _is_taken(hass, name))


def _is_taken(hass: HomeAssistant, name: str) -> bool:
    """Tell whether an account has this name, or one that is spelled alike, or the action of something else."""
    spelled = slugify(name)
    accounts = {slugify(entry.title) for entry in hass.config_entries.async_entries(DOMAIN)}
    return spelled in accounts or hass.services.has_service(NOTIFY_DOMAIN, spelled)
