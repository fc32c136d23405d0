"""What YAML says of commands and watchdogs, as subentries that follow it. Those of the UI are never touched."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentry, ConfigSubentryData
from homeassistant.const import CONF_NAME
from homeassistant.core import HomeAssistant

from ..const import CONF_NUMBER, CONF_RECIPIENTS, LOGGER, SUBENTRY_COMMANDS, SUBENTRY_RECIPIENT, SUBENTRY_WATCHDOG
from ..helpers.text_match import comparison_key
from .commands import CONF_COMMANDS, CONF_PIN, CONF_RECIPIENT, hash_pin, verify_pin
from .entry_update import async_update_and_reload, create_subentry
from .yaml_subentries import CONF_WATCHDOGS, commands_id, form_of, is_of_yaml, watchdog_id


async def async_sync_yaml_subentries(hass: HomeAssistant, entry: ConfigEntry, account: Mapping[str, Any]) -> None:
    """Make the commands and watchdogs of an account what YAML says; it is reloaded once if anything changed."""
    wanted = [*await _async_commands(hass, entry, account), *_watchdogs(entry, account)]
    kept = _of_yaml(entry)
    same = [each for each in wanted if (known := kept.get(each["unique_id"])) and known.data == each["data"]]
    if len(same) < len(wanted) or len(wanted) < len(kept):
        await async_update_and_reload(hass, entry, partial(_write, hass, entry, wanted))


def _of_yaml(entry: ConfigEntry) -> dict[str | None, ConfigSubentry]:
    return {subentry.unique_id: subentry for subentry in entry.subentries.values() if is_of_yaml(subentry)}


def _write(hass: HomeAssistant, entry: ConfigEntry, wanted: list[ConfigSubentryData]) -> None:
    manager, kept = hass.config_entries, _of_yaml(entry)
    for unique_id in kept.keys() - {each["unique_id"] for each in wanted}:
        manager.async_remove_subentry(entry, kept[unique_id].subentry_id)
    for each in wanted:
        if (known := kept.get(each["unique_id"])) is None:
            manager.async_add_subentry(entry, create_subentry(each))
        else:
            manager.async_update_subentry(entry, known, title=each["title"], data=each["data"])


async def _async_commands(
    hass: HomeAssistant, entry: ConfigEntry, account: Mapping[str, Any]
) -> list[ConfigSubentryData]:
    """Give what each recipient may command, with the PIN as a hash."""
    people = {person.unique_id: person for person in entry.get_subentries_of_type(SUBENTRY_RECIPIENT)}
    rivals = {
        each.data[CONF_RECIPIENT] for each in entry.get_subentries_of_type(SUBENTRY_COMMANDS) if not is_of_yaml(each)
    }
    commands = []
    for recipient in account[CONF_RECIPIENTS]:
        if CONF_COMMANDS not in recipient:
            continue
        person = people[recipient[CONF_NUMBER]]
        if person.subentry_id in rivals:
            LOGGER.warning("Commands of YAML are left out: those that were set up in the UI for the same person stay")
            continue
        data = form_of(recipient[CONF_COMMANDS]) | {CONF_RECIPIENT: person.subentry_id}
        if CONF_PIN in data:
            data[CONF_PIN] = await _async_hash(hass, entry, data[CONF_PIN], person)
        commands.append(_subentry(SUBENTRY_COMMANDS, person.title, data, commands_id(person.subentry_id)))
    return commands


async def _async_hash(hass: HomeAssistant, entry: ConfigEntry, pin: str, person: ConfigSubentry) -> Mapping[str, str]:
    """Give the hash that is kept if it is of this PIN, else a new one."""
    known = _of_yaml(entry).get(commands_id(person.subentry_id))
    kept: Mapping[str, str] | None = known.data.get(CONF_PIN) if known else None
    return await hass.async_add_executor_job(_hash, pin, kept)


def _hash(pin: str, kept: Mapping[str, str] | None) -> Mapping[str, str]:
    return kept if kept and verify_pin(pin, kept) else hash_pin(pin)


def _watchdogs(entry: ConfigEntry, account: Mapping[str, Any]) -> list[ConfigSubentryData]:
    rivals = {
        comparison_key(each.title) for each in entry.get_subentries_of_type(SUBENTRY_WATCHDOG) if not is_of_yaml(each)
    }
    watchdogs = []
    for written in account.get(CONF_WATCHDOGS, ()):
        name: str = written[CONF_NAME]
        if comparison_key(name) in rivals:
            LOGGER.warning("A watchdog of YAML is left out: one of its name was set up in the UI, and stays")
            continue
        data = {field: value for field, value in written.items() if field != CONF_NAME}
        watchdogs.append(_subentry(SUBENTRY_WATCHDOG, name, data, watchdog_id(name)))
    return watchdogs


def _subentry(kind: str, title: str, data: Mapping[str, Any], unique_id: str) -> ConfigSubentryData:
    return ConfigSubentryData(subentry_type=kind, title=title, data=data, unique_id=unique_id)
