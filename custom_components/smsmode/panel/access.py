"""Access to the panel: what a person may do with the messages of an account."""

from dataclasses import dataclass
from typing import Self

from homeassistant.auth.models import User
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import Unauthorized

from ..config.accounts import default_entry, usable_entries
from ..config.options import AccountOptions, UserAccess, read_settings
from ..runtime import SmsmodeConfigEntry, async_get_loaded_entry


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelAccess:
    """What one person may do with one account: administrators everything, others what its option allows."""

    read: bool
    write: bool
    acknowledge: bool

    @classmethod
    def of(cls, user: User, options: AccountOptions) -> Self:
        """Return the access of a user."""
        allowed = set(UserAccess) if user.is_admin else set(options.user_access)
        return cls(
            read=UserAccess.READ in allowed,
            write=UserAccess.WRITE in allowed,
            acknowledge=UserAccess.ACKNOWLEDGE in allowed,
        )

    def __bool__(self) -> bool:
        """Return whether anything is allowed."""
        return self.read or self.write or self.acknowledge

    def require(self, access: UserAccess | None) -> None:
        """Raise Unauthorized unless this is allowed; None stands for anything at all."""
        if not (self if access is None else getattr(self, access)):
            raise Unauthorized


def accessible_entries(hass: HomeAssistant, user: User) -> list[SmsmodeConfigEntry]:
    """Return the accounts of which a person may see anything, the default account first."""
    default = default_entry(hass)
    entries: list[SmsmodeConfigEntry] = sorted(usable_entries(hass), key=lambda entry: entry is not default)
    return [entry for entry in entries if PanelAccess.of(user, read_settings(hass, entry))]


async def async_find_entry(hass: HomeAssistant, user: User, entry_id: str | None) -> SmsmodeConfigEntry:
    """Return the loaded account of this id, else the first that the person may see. Raises a translated error."""
    if entry_id is None:
        accessible = accessible_entries(hass, user)
        working = [entry for entry in accessible if entry.state is ConfigEntryState.LOADED]
        entry_id = next((entry.entry_id for entry in [*working, *accessible]), None)
        if entry_id is None and usable_entries(hass):
            raise Unauthorized
    return await async_get_loaded_entry(hass, entry_id)
