"""Import of all accounts of YAML: each is imported; one that is gone is removed by a reload."""

from homeassistant.config_entries import SOURCE_IMPORT, ConfigEntry
from homeassistant.const import CONF_NAME
from homeassistant.core import HomeAssistant
from homeassistant.helpers.typing import ConfigType

from ..const import DOMAIN
from ..helpers.repair_issues import IssueType, async_clear_issue, async_raise_issue
from .yaml_account import yaml_unique_id
from .yaml_subentries import async_sync_yaml_subentries


async def async_apply_yaml(hass: HomeAssistant, config: ConfigType, *, reloaded: bool) -> None:
    """Update the config entries that came from YAML to what YAML says now.

    A mistake elsewhere in YAML can make all of ``smsmode:`` vanish for one start, and with an entry goes what waits in
    its outbox. So an account is removed only by a reload whose YAML still has others; else a repair issue asks.
    """
    accounts = config.get(DOMAIN, [])
    wanted = {yaml_unique_id(account[CONF_NAME]) for account in accounts}
    for entry in hass.config_entries.async_entries(DOMAIN):
        if entry.source != SOURCE_IMPORT:
            continue
        if entry.unique_id not in wanted and reloaded and accounts:
            await hass.config_entries.async_remove(entry.entry_id)
        else:
            _update_missing_issue(hass, entry, is_missing=entry.unique_id not in wanted)
    for account in accounts:
        await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_IMPORT}, data=account)
        imported = hass.config_entries.async_entry_for_domain_unique_id(DOMAIN, yaml_unique_id(account[CONF_NAME]))
        if imported is not None:
            await async_sync_yaml_subentries(hass, imported, account)


def _update_missing_issue(hass: HomeAssistant, entry: ConfigEntry, *, is_missing: bool) -> None:
    if is_missing:
        async_raise_issue(hass, entry, IssueType.MISSING_IN_YAML)
    else:
        async_clear_issue(hass, entry, IssueType.MISSING_IN_YAML)
