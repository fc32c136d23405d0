"""Filter of triggers and conditions: the accounts, and the recipients or numbers, that options and target name.

It is validated when an automation is, and resolved anew each time: accounts are reloaded, recipients get other names
and numbers, and the automation stays.
"""

from collections.abc import Iterable, Mapping
from typing import Any, cast

import probatio
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import CONF_OPTIONS, CONF_TARGET
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.target import TargetSelection
from homeassistant.helpers.typing import ConfigType, VolDictType

from .config.notify_targets import find_notify_entities
from .config.options import default_region, read_settings
from .config.phone_numbers import NumberError, looks_like_number, parse_number
from .config.recipients import Failure, Recipients, Resolved
from .const import ATTR_CONFIG_ENTRY_ID, CONF_NUMBER, DOMAIN
from .errors import no_target, validation_error
from .helpers.redaction import mask_numbers
from .helpers.text_match import comparison_key
from .helpers.validation import plain_text
from .runtime import SmsmodeRuntimeData

type ConfigSchema = probatio.Schema | probatio.All[Any]

CONF_RECIPIENT = "recipient"

TEXTS = probatio.All(cv.ensure_list, [plain_text])
ACCOUNT_FIELDS: VolDictType = {probatio.Optional(ATTR_CONFIG_ENTRY_ID): TEXTS}
# Secret, because Home Assistant logs what is wrong with an automation.
RECIPIENT_FIELDS: VolDictType = {
    probatio.Optional(probatio.Secret(CONF_RECIPIENT)): TEXTS,
    probatio.Optional(probatio.Secret(CONF_NUMBER)): TEXTS,
}


class AutomationFilter:
    """The accounts, and the recipients and numbers, that a trigger or a condition names."""

    def __init__(
        self, hass: HomeAssistant, options: Mapping[str, Any], target: Mapping[str, Any] | None = None
    ) -> None:
        """Read what the options and the target name; nothing named means all."""
        self._hass = hass
        self._accounts = {comparison_key(account) for account in options.get(ATTR_CONFIG_ENTRY_ID, ())}
        self._written: list[str] = [*options.get(CONF_RECIPIENT, ()), *options.get(CONF_NUMBER, ())]
        self._selection = TargetSelection(dict(target or {}))

    def accounts(self) -> list[ConfigEntry]:
        """Return the accounts that are meant, loaded or not; disabled ones only if they are named."""
        entries = self._hass.config_entries.async_entries(DOMAIN, include_disabled=bool(self._accounts))
        return [entry for entry in entries if self._means(entry)]

    def numbers(self, entry: ConfigEntry) -> tuple[str, ...]:
        """Return the numbers that an account resolves the names to."""
        return _resolve(self._hass, entry, self._named()).numbers

    def unknown(self) -> list[str]:
        """Return the names for which no account has a number."""
        accounts = self.accounts()
        return [name for name in self._named() if not any(_resolve(self._hass, it, [name]).numbers for it in accounts)]

    def includes(self, entry_id: str, number: str) -> bool:
        """Return whether this number is meant, at this account."""
        entry = self._hass.config_entries.async_get_entry(entry_id)
        if entry is None or not self._means(entry):
            return False
        is_narrowed = self._written or self._selection.has_any_target
        return not is_narrowed or number in self.numbers(entry)

    def _named(self) -> list[str]:
        """Return the names, numbers and entities; areas and labels have other ones from time to time."""
        if not self._selection.has_any_target:
            return self._written
        return [*self._written, *find_notify_entities(self._hass, self._selection)]

    def _means(self, entry: ConfigEntry) -> bool:
        return not self._accounts or not self._accounts.isdisjoint(map(comparison_key, (entry.entry_id, entry.title)))


def validate_filter(hass: HomeAssistant, schema: ConfigSchema, config: ConfigType, *, voice: bool) -> ConfigType:
    """Return the checked options of a trigger or a condition, numbers as MSISDNs, fixed lines only for ``voice``.

    Raises translated errors. Whether accounts and recipients exist is checked only while Home Assistant runs: those of
    YAML come late in its start.
    """
    valid = cast(ConfigType, schema(config))
    options = valid[CONF_OPTIONS]
    accounts = AutomationFilter(hass, options).accounts()
    region = read_settings(hass, accounts[0]).region if accounts else default_region(hass)
    checked = dict(options)
    for key in {CONF_RECIPIENT, CONF_NUMBER} & options.keys():
        checked[key] = [_normalize(text, region, key, voice=voice) for text in options[key]]
    if hass.state is CoreState.running:
        _ensure_known(hass, checked, valid.get(CONF_TARGET))
    return valid | {CONF_OPTIONS: checked}


def _normalize(text: str, region: str, key: str, *, voice: bool) -> str:
    """Return a number as MSISDN; a recipient may be a name as well."""
    if key == CONF_RECIPIENT and not looks_like_number(text):
        return text
    try:
        return parse_number(text, region, voice=voice)
    except NumberError as err:
        raise no_target([Failure(text, err.problem)]) from None


def _ensure_known(hass: HomeAssistant, options: Mapping[str, Any], target: Mapping[str, Any] | None) -> None:
    """Raise for accounts and recipients that do not exist, and for groups: only the gateway knows who is in one."""
    for account in options.get(ATTR_CONFIG_ENTRY_ID, ()):
        if not AutomationFilter(hass, {ATTR_CONFIG_ENTRY_ID: [account]}).accounts():
            raise validation_error("account_not_found", account=mask_numbers(account))
    named = AutomationFilter(hass, options, target)
    # Without any account numbers are unknown too, and will not stay so.
    for name in (name for name in named.unknown() if not looks_like_number(name)):
        if any(_resolve(hass, entry, [name], voice=False).groups for entry in named.accounts()):
            raise validation_error("recipient_is_group", recipient=mask_numbers(name))
        raise validation_error("recipient_not_found", recipient=mask_numbers(name))


def _resolve(hass: HomeAssistant, entry: ConfigEntry, names: Iterable[str], *, voice: bool = True) -> Resolved:
    return _recipients(hass, entry).resolve(names, voice=voice)


def _recipients(hass: HomeAssistant, entry: ConfigEntry) -> Recipients:
    """Return the recipients of an account; of a loaded one, which is reloaded when they change, as it indexed them."""
    if entry.state is ConfigEntryState.LOADED:
        account: SmsmodeRuntimeData = entry.runtime_data
        return account.recipients
    return Recipients(hass, entry, read_settings(hass, entry).region)
