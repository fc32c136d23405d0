"""Which account acts: the one that is named, else the only one that knows all recipients, else the default account."""

from collections.abc import Iterable
from typing import TypeIs

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from ..const import CONF_DEFAULT_ACCOUNT, DOMAIN
from .options import read_settings
from .recipients import Recipients, is_recipient_name


class AmbiguousAccountError(ValueError):
    """Several accounts know the recipients, and none of them is the default account."""


def usable_entries(hass: HomeAssistant) -> list[ConfigEntry]:
    """Return the config entries of the accounts that are not disabled, loaded or not, the oldest first."""
    entries = hass.config_entries.async_entries(DOMAIN, include_ignore=False, include_disabled=False)
    return sorted(entries, key=lambda entry: entry.created_at)


def default_entry(hass: HomeAssistant) -> ConfigEntry | None:
    """Return the default account: the one that was chosen, else the first one made; None without accounts."""
    entries = usable_entries(hass)
    chosen = (entry for entry in entries if entry.options.get(CONF_DEFAULT_ACCOUNT))
    return next(chosen, entries[0] if entries else None)


def clear_default_of_others(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Take the choice of the default account from all others; what YAML says of its own stays until it is changed."""
    for other in hass.config_entries.async_entries(DOMAIN):
        if other is not entry and other.options.get(CONF_DEFAULT_ACCOUNT):
            hass.config_entries.async_update_entry(other, options={**other.options, CONF_DEFAULT_ACCOUNT: False})


def choose_entry(hass: HomeAssistant, targets: Iterable[object]) -> ConfigEntry | None:
    """Return the account for targets as written; None without accounts.

    That is the only one that knows all recipients that are named, else the default account. Raises
    AmbiguousAccountError.
    """
    entries, default = usable_entries(hass), default_entry(hass)
    if len(entries) <= 1:
        return default
    known = {entry.entry_id: Recipients(hass, entry, read_settings(hass, entry).region) for entry in entries}
    names = [target for target in targets if _is_name(target, known.values())]
    knowing = [entry for entry in entries if names and all(map(known[entry.entry_id].knows, names))]
    if not knowing or default in knowing:
        return default
    if len(knowing) > 1:
        raise AmbiguousAccountError
    return knowing[0]


def _is_name(target: object, accounts: Iterable[Recipients]) -> TypeIs[str]:
    """Return whether a target is a name that accounts know or not: ``group:`` and a name only if one of them does."""
    return is_recipient_name(target) or any(recipients.find_group(target) is not None for recipients in accounts)
