"""Import of an account of YAML: the config entry it becomes, and how later edits are synchronised."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentry, ConfigSubentryData
from homeassistant.const import CONF_ACCESS_TOKEN, CONF_NAME
from homeassistant.core import HomeAssistant
from homeassistant.util import slugify

from ..const import CONF_BASE_URL, CONF_GROUPS, CONF_RECIPIENTS, DEFAULT_BASE_URL, DEFAULT_REGION, SUBENTRY_RECIPIENT
from ..helpers.text_match import comparison_key
from .entry_update import async_update_and_reload, create_subentry
from .recipient_validation import read_recipient
from .yaml_subentries import CONF_WATCHDOGS

_NO_OPTIONS = {CONF_NAME, CONF_ACCESS_TOKEN, CONF_BASE_URL, CONF_RECIPIENTS, CONF_GROUPS, CONF_WATCHDOGS}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class YamlAccount:
    """An account of YAML, as the parts of a config entry."""

    title: str
    unique_id: str
    data: Mapping[str, str]
    options: Mapping[str, Any]
    recipients: list[ConfigSubentryData]


def yaml_unique_id(name: str) -> str:
    """Return the unique id of the entry of an account of YAML. Its name is its identity, for the key may change."""
    return f"yaml_{slugify(name)}"


def read_account(account: Mapping[str, Any]) -> YamlAccount:
    """Split an account that the schema has validated into the parts of a config entry."""
    return YamlAccount(
        title=account[CONF_NAME],
        unique_id=yaml_unique_id(account[CONF_NAME]),
        data={
            CONF_ACCESS_TOKEN: account[CONF_ACCESS_TOKEN],
            CONF_BASE_URL: account.get(CONF_BASE_URL, DEFAULT_BASE_URL),
        },
        options={field: value for field, value in account.items() if field not in _NO_OPTIONS},
        # The numbers are MSISDNs already, which any region understands.
        recipients=[read_recipient(written, DEFAULT_REGION) for written in account.get(CONF_RECIPIENTS, ())],
    )


async def async_sync_entry(hass: HomeAssistant, entry: ConfigEntry, account: YamlAccount) -> None:
    """Update an entry to what YAML says; one that is loaded is reloaded once if anything changed."""
    if _differs(entry, account):
        await async_update_and_reload(hass, entry, partial(_write, hass, entry, account))


def _differs(entry: ConfigEntry, account: YamlAccount) -> bool:
    pairs = _pair(entry, account.recipients)
    return (
        (entry.title, dict(entry.data), dict(entry.options))
        != (account.title, {**entry.data, **account.data}, account.options)
        or len(pairs) != len(_recipients(entry))
        or any(subentry is None or _parts(subentry) != _written(recipient) for subentry, recipient in pairs)
    )


def _pair(
    entry: ConfigEntry, recipients: Iterable[ConfigSubentryData]
) -> list[tuple[ConfigSubentry | None, ConfigSubentryData]]:
    """Find the subentry of each recipient, by its number or group, else by its name, so that its entities survive."""
    wanted = {recipient["unique_id"] for recipient in recipients}
    subentries = _recipients(entry)
    by_id = {subentry.unique_id: subentry for subentry in subentries}
    by_name = {comparison_key(subentry.title): subentry for subentry in subentries if subentry.unique_id not in wanted}
    return [
        (by_id.get(recipient["unique_id"]) or by_name.get(comparison_key(recipient["title"])), recipient)
        for recipient in recipients
    ]


def _recipients(entry: ConfigEntry) -> list[ConfigSubentry]:
    """Return the subentries that YAML manages; all others are left alone."""
    return list(entry.get_subentries_of_type(SUBENTRY_RECIPIENT))


def _parts(subentry: ConfigSubentry) -> tuple[str, dict[str, Any], str | None]:
    return subentry.title, dict(subentry.data), subentry.unique_id


def _written(recipient: ConfigSubentryData) -> tuple[str, dict[str, Any], str | None]:
    return recipient["title"], dict(recipient["data"]), recipient["unique_id"]


def _write(hass: HomeAssistant, entry: ConfigEntry, account: YamlAccount) -> None:
    """Write what differs. Removals come first, since a number may go from one recipient to another."""
    manager = hass.config_entries
    pairs = _pair(entry, account.recipients)
    kept = {subentry.subentry_id for subentry, _ in pairs if subentry}
    for subentry in _recipients(entry):
        if subentry.subentry_id not in kept:
            manager.async_remove_subentry(entry, subentry.subentry_id)
    for known, recipient in pairs:
        title, data, unique_id = _written(recipient)
        if known is None:
            manager.async_add_subentry(entry, create_subentry(recipient))
        else:
            manager.async_update_subentry(entry, known, title=title, data=data, unique_id=unique_id)
    manager.async_update_entry(entry, title=account.title, data={**entry.data, **account.data}, options=account.options)
