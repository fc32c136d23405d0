"""Everything that one account is made of, put together."""

from collections.abc import Sequence
from dataclasses import dataclass

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_ACCESS_TOKEN
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.util import dt as dt_util

from .api import SmsmodeClient
from .config.commands import CommandAccess, read_accesses
from .config.options import Settings, read_settings
from .config.recipients import Recipients
from .const import CONF_BASE_URL, DEFAULT_BASE_URL
from .coordinator import SmsmodeCoordinator
from .receiving.processor import Inbox
from .receiving.reply_verifier import Doorbell
from .sending.attempt import Carrier
from .sending.dispatcher import Messenger
from .sending.schedule_tracker import Timetable
from .sending.worker import Postman
from .state.store import AccountStorage
from .watchdog.gateway import WatchdogHands
from .watchdog.manager import WatchdogKeeper
from .watchdog.notifier import WatchdogNews


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The runtime data of a config entry."""

    settings: Settings
    recipients: Recipients
    accesses: Sequence[CommandAccess]
    client: SmsmodeClient
    storage: AccountStorage
    inbox: Inbox
    coordinator: SmsmodeCoordinator
    doorbell: Doorbell
    postman: Postman
    messenger: Messenger
    timetable: Timetable
    watchdogs: WatchdogKeeper


type SmsmodeConfigEntry = ConfigEntry[Account]


async def async_open_account(hass: HomeAssistant, entry: SmsmodeConfigEntry) -> Account:
    """Read what was kept on disk and put the parts together; nothing asks the gateway yet."""
    settings = read_settings(hass, entry)
    storage = AccountStorage(hass, entry)
    await storage.async_open(settings, dt_util.utcnow())
    client = SmsmodeClient(
        async_get_clientsession(hass),
        entry.data[CONF_ACCESS_TOKEN],
        base_url=entry.data.get(CONF_BASE_URL, DEFAULT_BASE_URL),
    )
    recipients = Recipients(hass, entry, settings.region)
    accesses = read_accesses(entry)
    inbox = Inbox(hass, entry.entry_id, storage, recipients, {each.number for each in accesses})
    coordinator = SmsmodeCoordinator(hass, entry, client, inbox, settings)
    carrier = Carrier(hass, entry, client, storage, inbox)
    postman = Postman(hass, entry, client, storage, carrier)
    messenger = Messenger(hass, entry, storage, postman, carrier)
    hands = WatchdogHands(hass, client, messenger, recipients, settings)
    watchdogs = WatchdogKeeper(hass, entry, storage, hands, WatchdogNews(hass, entry, storage, inbox))
    carrier.async_on_held(watchdogs.async_hear)
    return Account(
        settings=settings,
        recipients=recipients,
        accesses=accesses,
        client=client,
        storage=storage,
        inbox=inbox,
        coordinator=coordinator,
        doorbell=Doorbell(hass, entry, inbox, coordinator.replies.async_fetch),
        postman=postman,
        messenger=messenger,
        timetable=Timetable(hass, entry, client, storage, inbox, postman),
        watchdogs=watchdogs,
    )
