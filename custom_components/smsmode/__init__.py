"""Send and receive SMS through the sMsmode gateway."""

from contextlib import AsyncExitStack
from functools import partial

from homeassistant.const import CONF_ACCESS_TOKEN, CONF_WEBHOOK_ID, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.start import async_at_started
from homeassistant.helpers.typing import ConfigType
from homeassistant.util.hass_dict import HassKey

from .assist.conversation import async_setup_assist
from .config.unknown_recipients import async_watch_recipients
from .config.yaml_import import async_apply_yaml
from .config.yaml_schema import CONFIG_SCHEMA
from .const import DOMAIN
from .entity import account_device, async_add_recipients
from .flows.report_download import async_register_report
from .helpers.log_filter import hide_from_logs
from .helpers.origins import async_watch_origins
from .helpers.repair_issues import IssueType, async_clear_all_issues, async_raise_issue, async_restore_issues
from .legacy_notify import async_offer_notify_service, async_withdraw_notify_service
from .links.view import async_register_links
from .panel.registration import async_setup_panel
from .receiving.callback_url import async_forget_cloud_url, async_tidy_cloud_url
from .runtime import SmsmodeConfigEntry
from .runtime_factory import async_create_runtime
from .sending.pictures import async_remove_pictures
from .services import async_setup_services
from .state.store import async_remove_storage
from .watchdog.cleanup import async_delete_all_held

__all__ = ["CONFIG_SCHEMA"]

PLATFORMS = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.CALENDAR,
    Platform.EVENT,
    Platform.NOTIFY,
    Platform.SENSOR,
    Platform.SWITCH,
]
HASS_CONFIG: HassKey[ConfigType] = HassKey(f"{DOMAIN}_config")


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register the actions, and turn the accounts of YAML into config entries."""
    hass.data[HASS_CONFIG] = config
    async_watch_origins(hass)
    async_setup_services(hass)
    async_setup_assist(hass)
    async_setup_panel(hass)
    async_register_links(hass)
    async_register_report(hass)
    # Not awaited: a config entry is set up only after this function has returned.
    hass.async_create_task(async_apply_yaml(hass, config, reloaded=False), f"{DOMAIN} YAML")
    return True


async def async_setup_entry(hass: HomeAssistant, entry: SmsmodeConfigEntry) -> bool:
    """Set up an account, which never waits for the gateway: an alert needs its services at once.

    Whether the gateway refuses the key is found out in the background, and asks the user for another.
    """
    hide_from_logs(entry.data[CONF_ACCESS_TOKEN], entry.data[CONF_WEBHOOK_ID])
    async_restore_issues(hass, entry)
    async with AsyncExitStack() as on_failure:
        account = await async_create_runtime(hass, entry)
        on_failure.push_async_callback(account.async_stop)
        account.coordinator.async_start()
        entry.runtime_data = account
        dr.async_get(hass).async_get_or_create(config_entry_id=entry.entry_id, **account_device(entry))
        account.watchdogs.async_start()
        await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
        on_failure.push_async_callback(hass.config_entries.async_unload_platforms, entry, PLATFORMS)
        await async_add_recipients(entry)
        await async_offer_notify_service(hass, entry, hass.data[HASS_CONFIG])
        account.async_start(hass)
        entry.async_on_unload(async_watch_recipients(hass, entry, account.recipients))
        entry.async_on_unload(entry.add_update_listener(_async_reload))
        # The cloud is there by then, if it ever is.
        entry.async_on_unload(async_at_started(hass, partial(async_tidy_cloud_url, entry=entry)))
        on_failure.pop_all()
    return True


async def _async_reload(hass: HomeAssistant, entry: SmsmodeConfigEntry) -> None:
    """Reload the entry: options, recipients or names have changed."""
    hass.config_entries.async_schedule_reload(entry.entry_id)


async def async_unload_entry(hass: HomeAssistant, entry: SmsmodeConfigEntry) -> bool:
    """Unload the entities of an account, then stop it."""
    if entry.disabled_by:
        await entry.runtime_data.watchdogs.async_suspend()
        entry.runtime_data.pictures.async_forget_all()
        await async_withdraw_notify_service(hass, entry.entry_id)
    are_unloaded = await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
    await entry.runtime_data.async_stop()
    return are_unloaded


async def async_remove_entry(hass: HomeAssistant, entry: SmsmodeConfigEntry) -> None:
    """Delete everything of a removed account: messages held at the gateway, files, webhook, issues."""
    await async_withdraw_notify_service(hass, entry.entry_id)
    is_left = not await async_delete_all_held(hass, entry)
    await async_remove_storage(hass, entry.entry_id)
    await async_remove_pictures(hass, entry.entry_id)
    await async_forget_cloud_url(hass, entry.data[CONF_WEBHOOK_ID])
    async_clear_all_issues(hass, entry)
    if is_left:
        async_raise_issue(hass, entry, IssueType.WATCHDOG_LEFT_BEHIND)
